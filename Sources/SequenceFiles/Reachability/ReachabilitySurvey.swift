import Channels
import DripCore
import Foundation

/// Determines which people a sequence's steps reach. It asks `Catalog.admit` itself, for a person who starts at a certain
/// moment and never writes again.
struct ReachabilitySurvey {
    private let sequence: DripSequence
    private let catalog: Catalog
    private let zone: TimeZone
    /// Whether at least one start is an action of the person, which opens the standard window.
    private let opensWindow: Bool
    private let startsByComment: Bool
    /// False for the author of a comment, who may never have written to the page.
    private var hasWritten: Bool { opensWindow || !startsByComment }

    /// - Parameter taps: the taps on all buttons and quick replies of all sequences: a tap opens the window too.
    init(of sequence: DripSequence, taps: Set<Tap>, defaultZone: TimeZone) {
        self.sequence = sequence
        var catalog = Catalog(zone: defaultZone, sequences: [sequence])
        catalog.channels = ChannelRegistry.all.map { ConfiguredChannel(rules: $0, accounts: []) }
        self.catalog = catalog
        zone = sequence.zone ?? defaultZone
        opensWindow =
            taps.contains(.start(sequence.id))
            || sequence.start.contains { rule in
                switch rule {
                case .firstMessage, .ref, .message, .postback: true
                case .tag(let tag): taps.contains(.tag(tag))
                case .comment, .manual: false
                }
            }
        startsByComment = sequence.start.contains { rule in
            if case .comment = rule { true } else { false }
        }
    }

    func reach(of step: Step) -> Reachability {
        reach(of: step, from: StartMoments(of: step, in: sequence, zone: zone).anchors)
    }

    /// - Parameter anchors: the starts to check.
    func reach(of step: Step, from anchors: [Instant]) -> Reachability {
        Reachability(
            step: step.id,
            verdict: verdict(on: step, from: anchors),
            canBePulled: canBePulled(step),
            otherWays: catalog.channels(of: step, in: sequence, cameBy: .messenger).filter { $0 != .messenger }
        )
    }

    /// Returns whether `pull_into_window` could bring the step into the window: it comes soon enough after the window
    /// closes, and long enough after the previous step.
    private func canBePulled(_ step: Step) -> Bool {
        let open = StandardWindow.length.milliseconds - StandardWindow.margin.milliseconds
        let before = sequence.steps.last { $0.position < step.position }?.position ?? .zero
        let longest = min(StandardWindow.length.milliseconds, step.position.milliseconds - before.milliseconds)
        return StartMoments.earliest(step).milliseconds - open < longest
    }

    private func verdict(on step: Step, from anchors: [Instant]) -> Reachability.Verdict {
        let isForWriters = step.onlyIf == .replied(true)
        if isForWriters, sequence.stop.contains(.replied) { return .never(.repliedEndsIt) }
        var (ways, waysWithoutWindow): (Set<Reachability.Route>, Set<Reachability.Route>) = ([], [])
        var missed: Miss?
        var needsWindow = !opensWindow
        for anchor in anchors {
            let due = sequence.due(step, anchor: anchor, zone: zone)
            if startsByComment, step == sequence.steps.first,
                let way = way(of: step, anchor: anchor, due: due, windowIsOpen: false, comment: "1_1")
            {
                ways.insert(way)
                if !opensWindow { continue }
            }
            if let way = way(of: step, anchor: anchor, due: due, windowIsOpen: true) {
                ways.insert(way)
            } else if missed == nil {
                missed = Miss(start: Self.text(anchor, zone), due: Self.text(due, zone))
            }
            guard !opensWindow else { continue }
            if let way = way(of: step, anchor: anchor, due: due, windowIsOpen: false) {
                waysWithoutWindow.insert(way)
                needsWindow = false
            }
        }
        ways.formUnion(waysWithoutWindow)
        guard !ways.isEmpty else { return closed(step) }
        if isForWriters { return .ifPersonWrites(.onlyForWriters) }
        if ways.contains(.privateReply), !opensWindow { return .always(ways.sorted()) }
        guard !needsWindow else {
            return startsByComment ? .ifPersonWrites(.noConversation) : .whileWindowIsOpen(ways.sorted())
        }
        return missed.map { .sometimes(ways.sorted(), missed: $0) } ?? .always(ways.sorted())
    }

    /// Returns the verdict on a step that comes after the window closes, whatever the start.
    private func closed(_ step: Step) -> Reachability.Verdict {
        let waits = step.outsideWindow.compactMap { way in
            if case .wait(let time) = way { time } else { nil }
        }
        if !step.outsideWindow.isEmpty, waits.isEmpty { return .ifSubscribed }
        if sequence.stop.contains(.replied) { return .ifPersonWrites(.writingStops) }
        if step.onlyIf == .replied(false) { return .ifPersonWrites(.onlyForTheSilent) }
        if let wait = waits.first { return .ifPersonWrites(.waits(wait)) }
        return .ifPersonWrites(.windowClosed)
    }

    /// Returns how the step is sent; nil if it waits for the person or is skipped.
    private func way(
        of step: Step,
        anchor: Instant,
        due: Instant,
        windowIsOpen: Bool,
        comment: String? = nil
    ) -> Reachability.Route? {
        let job = Job(
            enrollment: Enrollment(
                id: EnrollmentID(rawValue: 1),
                person: PersonID(rawValue: 1),
                sequence: sequence.id,
                round: 1,
                anchor: anchor,
                position: nil,
                comment: comment
            ),
            person: person(
                for: step,
                anchor: anchor,
                windowIsOpen: windowIsOpen,
                hasWritten: hasWritten || windowIsOpen
            ),
            step: step.id,
            scheduled: due,
            attempt: 0,
            part: 0,
            waitingFor: nil
        )
        var now = max(anchor, DueStep(step: step, due: due).firstCheck)
        // Quiet hours, the earliest time for a pull, the due time: eight rounds are more than enough.
        for _ in 0..<8 {
            switch catalog.admit(job, now: now) {
            case .send(let dispatch):
                return switch dispatch.permission {
                case .standardWindow: now < due ? .pulled : .window
                case .utilityTemplate: .utility
                case .privateReply: .privateReply
                // The person of this survey has no subscription.
                case .marketing, .oneTime, .consent, .relation: nil
                }
            case .wait(let until, .quiet), .wait(let until, .time): now = until
            case .wait, .skip, .fail, .move, .refused: return nil
            }
        }
        return nil
    }

    /// Returns a person who meets all other conditions of the step, so that only the window can prevent it.
    private func person(for step: Step, anchor: Instant, windowIsOpen: Bool, hasWritten: Bool) -> Person {
        var person = Person(
            id: PersonID(rawValue: 1),
            address: Address(
                id: AddressID(rawValue: 1),
                account: Account(
                    id: AccountID(rawValue: 1),
                    channel: .messenger,
                    externalID: sequence.pages?.first ?? "1"
                ),
                externalID: "1",
                windowEnds: windowIsOpen ? anchor + StandardWindow.length : nil
            ),
            firstMessageAt: hasWritten ? anchor : nil,
            lastWroteAt: hasWritten ? anchor : nil
        )
        for name in step.variables { person.attributes[name] = "x" }
        switch step.onlyIf {
        case .tag(let tag): person.tags = [tag]
        case .has(let name): person.attributes[name] = "x"
        case .replied(true): person.lastWroteAt = anchor + Milliseconds(1)
        case .replied(false), .notTag, .can, nil: break
        }
        return person
    }

    static func text(_ moment: Instant, _ zone: TimeZone) -> String {
        let calendar = LocalCalendar(zone)
        return "\(calendar.weekday(moment)) at \(TimeOfDay.text(calendar.minuteOfDay(moment)))"
    }
}

extension Step {
    /// The variables that its texts use.
    var variables: Set<String> {
        var texts = variants.map(\.text)
        for case .utility(let template) in outsideWindow { texts += template.parameters.map(\.text) }
        return Set(
            texts.flatMap(\.segments).compactMap { segment in
                if case .variable(let name, _) = segment { name } else { nil }
            }
        )
    }
}

extension DripSequence {
    /// The taps on its buttons and quick replies.
    var taps: [Tap] {
        steps.flatMap { step in
            step.quickReplies.compactMap { reply in
                if case .answer(_, let tap) = reply { tap } else { nil }
            }
                + (step.buttons + step.cards.flatMap(\.buttons)).compactMap { button in
                    if case .tap(let tap) = button.action { tap } else { nil }
                }
        }
    }
}

/// The starts for which a step must be checked. Between two of them, a later start only shifts the step in time. The result
/// changes where the start, the earliest time for a pull or the due time passes the end of a day or of the quiet hours.
struct StartMoments {
    let anchors: [Instant]

    init(of step: Step, in sequence: DripSequence, zone: TimeZone) {
        // Monday, 5 January 2026: no zone changes its clocks around then.
        let utc = Instant(milliseconds: 1_767_571_200_000)
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(utc.milliseconds) / 1000))
        let monday = utc - .seconds(Int64(offset))
        let pull = step.pullIntoWindow ?? .zero
        let isFar = Self.earliest(step) - pull >= StandardWindow.length - StandardWindow.margin
        guard !isFar, sequence.quiet != nil || sequence.days != .all || step.at != nil else {
            anchors = [monday + .hours(12)]
            return
        }
        let week: Int64 = 7 * 1440
        let after = step.after.nominal.milliseconds / 60_000
        var minutes: Set<Int64> = []
        for end in Self.ends(step, sequence) {
            for day in 0..<(sequence.days == .all ? 1 : 7) as Range<Int64> {
                let end = day * 1440 + Int64(end)
                for start in [end, end - after, end - after + pull.milliseconds / 60_000] {
                    for beside in -1...1 as ClosedRange<Int64> {
                        minutes.insert(((start + beside) % week + week) % week)
                    }
                }
            }
        }
        anchors = minutes.sorted().map { monday + .minutes($0) }
    }

    /// Returns the shortest time after the start at which the step can be due.
    static func earliest(_ step: Step) -> Milliseconds {
        let days = step.after.unit == .month ? Milliseconds.days(Int64(step.after.count) * 28) : step.after.nominal
        // For a step with a time of day, a person who starts at the end of a day waits nearly a day less.
        return step.at.map { days - .days(1) + .minutes(Int64($0)) } ?? days
    }

    /// Returns the minutes of the day at which the result may change.
    private static func ends(_ step: Step, _ sequence: DripSequence) -> Set<Int> {
        Set([0, step.at, sequence.quiet?.start, sequence.quiet?.end].compactMap { $0 })
    }
}

extension Milliseconds {
    fileprivate static func - (left: Milliseconds, right: Milliseconds) -> Milliseconds {
        Milliseconds(left.milliseconds - right.milliseconds)
    }

    fileprivate static func + (left: Milliseconds, right: Milliseconds) -> Milliseconds {
        Milliseconds(left.milliseconds + right.milliseconds)
    }
}
