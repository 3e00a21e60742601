import DripCore
import Foundation

/// Works out whom a sequence's steps reach, by asking the rules themselves: what `Catalog.admit` would do for somebody
/// who starts at one moment or another and stays silent.
struct ReachSurvey {
    private let sequence: DripSequence
    private let catalog: Catalog
    private let zone: TimeZone
    /// Every start, or one of them, is something that the person does: it opens the standard window.
    private let opensWindow: Bool
    private let startsByComment: Bool
    /// The author of a comment may never have written.
    private var hasWritten: Bool { opensWindow || !startsByComment }

    /// - Parameter taps: all buttons' and quick replies' of all sequences: a tap opens the window, too.
    init(of sequence: DripSequence, taps: Set<Tap>, defaultZone: TimeZone) {
        self.sequence = sequence
        catalog = Catalog(zone: defaultZone, sequences: [sequence])
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

    func reach(of step: Step) -> Reach {
        reach(of: step, from: StartMoments(of: step, in: sequence, zone: zone).anchors)
    }

    /// - Parameter anchors: the starts to look at.
    func reach(of step: Step, from anchors: [Instant]) -> Reach {
        Reach(step: step.id, verdict: verdict(on: step, from: anchors), canBePulled: canBePulled(step))
    }

    /// Whether it comes so soon behind the window, and so long behind the step before it, that a pull could mend it.
    private func canBePulled(_ step: Step) -> Bool {
        let open = StandardWindow.length.milliseconds - StandardWindow.margin.milliseconds
        let before = sequence.steps.last { $0.position < step.position }?.position ?? .zero
        let longest = min(StandardWindow.length.milliseconds, step.position.milliseconds - before.milliseconds)
        return StartMoments.earliest(step).milliseconds - open < longest
    }

    private func verdict(on step: Step, from anchors: [Instant]) -> Reach.Verdict {
        let isForWriters = step.onlyIf == .replied(true)
        if isForWriters, sequence.stop.contains(.replied) { return .never(.writersLeft) }
        var (ways, waysWithoutWindow): (Set<Reach.Way>, Set<Reach.Way>) = ([], [])
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

    /// Behind the window from every start.
    private func closed(_ step: Step) -> Reach.Verdict {
        let waits = step.outsideWindow.compactMap { way in
            if case .wait(let time) = way { time } else { nil }
        }
        if !step.outsideWindow.isEmpty, waits.isEmpty { return .ifSubscribed }
        if sequence.stop.contains(.replied) { return .ifPersonWrites(.writingStops) }
        if step.onlyIf == .replied(false) { return .ifPersonWrites(.onlyForTheSilent) }
        if let wait = waits.first { return .ifPersonWrites(.waits(wait)) }
        return .ifPersonWrites(.windowClosed)
    }

    /// How the step goes out; nil: it waits for the person, or is skipped.
    private func way(
        of step: Step,
        anchor: Instant,
        due: Instant,
        windowIsOpen: Bool,
        comment: String? = nil
    ) -> Reach.Way? {
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
        var now = max(anchor, DueStep(step: step, due: due).lookAt)
        // Quiet hours, then the time to be pulled at, then the due time: more looks than that there are not.
        for _ in 0..<8 {
            switch catalog.admit(job, now: now) {
            case .send(let dispatch):
                return switch dispatch.permission {
                case .standardWindow: now < due ? .pulled : .window
                case .utilityTemplate: .utility
                case .privateReply: .privateReply
                // Whom it looks at has no subscription.
                case .marketing, .oneTime: nil
                }
            case .wait(let until, .quiet), .wait(let until, .time): now = until
            case .wait, .skip, .fail: return nil
            }
        }
        return nil
    }

    /// Somebody for whom nothing but the window can be in the step's way.
    private func person(for step: Step, anchor: Instant, windowIsOpen: Bool, hasWritten: Bool) -> Person {
        var person = Person(
            id: PersonID(rawValue: 1),
            lane: LaneID(rawValue: 1),
            page: sequence.pages?.first ?? "1",
            address: "1",
            firstMessageAt: hasWritten ? anchor : nil,
            windowEnds: windowIsOpen ? anchor + StandardWindow.length : nil,
            lastWroteAt: hasWritten ? anchor : nil
        )
        for name in step.variables { person.attributes[name] = "x" }
        switch step.onlyIf {
        case .tag(let tag): person.tags = [tag]
        case .has(let name): person.attributes[name] = "x"
        case .replied(true): person.lastWroteAt = anchor + Span(milliseconds: 1)
        case .replied(false), .notTag, nil: break
        }
        return person
    }

    static func text(_ moment: Instant, _ zone: TimeZone) -> String {
        let calendar = LocalCalendar(zone)
        return "\(calendar.weekday(moment)) at \(TimeOfDay.text(calendar.minuteOfDay(moment)))"
    }
}

extension Step {
    /// All that its texts name.
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
    /// What its buttons and quick replies do.
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
