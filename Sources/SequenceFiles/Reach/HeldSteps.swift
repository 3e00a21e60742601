import DripCore
import Foundation

/// Which steps the day's limit or the sequence's `gap` holds for a person who stays silent, and what becomes of them. Asks
/// the forecast, with the limits and without.
struct HeldSteps {
    /// What becomes of one step after one start.
    struct Case {
        /// `day` or `gap`.
        let reason: WaitReason
        /// Local times: `mon at 12:00`.
        let start: String
        let wanted: String
        /// nil: the standard window has closed by then.
        let sent: String?
    }

    let dailyLimit: DailyLimit?
    /// The first of its kind for each step.
    private(set) var lost: [String: Case] = [:]
    private(set) var delayed: [String: Case] = [:]
    /// Sent after some start, limits or not.
    private var reached: Set<String> = []

    /// A file has 200 steps, and a start is looked at for each of them.
    private static let mostStarts = 48

    init(of sequence: DripSequence, defaultZone: TimeZone, settings: CatalogSettings) {
        dailyLimit = settings.dailyLimit
        // All others wait for the person anyhow.
        let steps = sequence.steps.filter { step in
            step.hasTemplate
                || StartMoments.earliest(step).milliseconds
                    < StandardWindow.length.milliseconds + (step.pullIntoWindow ?? .zero).milliseconds
        }
        guard steps.count > 1 else { return }
        let zone = sequence.zone ?? defaultZone
        let limited = sequence.keeping(steps, gap: sequence.gap)
        let free = sequence.keeping(steps, gap: .zero)
        var unlimited = settings
        unlimited.dailyLimit = nil
        let catalogs = (
            Catalog(zone: defaultZone, sequences: [limited]).with(settings),
            Catalog(zone: defaultZone, sequences: [free]).with(unlimited)
        )
        for anchor in Self.starts(steps, limited, zone) {
            for person in Self.people(limited, anchor) {
                guard let way = Self.way(of: person, in: limited, anchor: anchor, zone: zone) else { continue }
                compare(
                    catalogs.0.forecasts(of: [way], after: [], now: anchor)[0],
                    with: catalogs.1.forecasts(of: [way], after: [], now: anchor)[0],
                    anchor,
                    zone
                )
            }
        }
    }

    /// With what the limits leave of it.
    func correct(_ reach: Reach) -> Reach {
        guard let lost = lost[reach.step], !reached.contains(reach.step) else { return reach }
        switch reach.verdict {
        case .always, .sometimes, .whileWindowIsOpen:
            return Reach(step: reach.step, verdict: .ifPersonWrites(.held(lost.reason)), canBePulled: false)
        case .ifPersonWrites, .ifSubscribed, .never: return reach
        }
    }

    private mutating func compare(_ forecast: Forecast, with free: Forecast, _ anchor: Instant, _ zone: TimeZone) {
        let limited = Dictionary(forecast.steps.map { ($0.step, $0) }, uniquingKeysWith: { first, _ in first })
        var reason: WaitReason?
        for wanted in free.steps {
            let step = limited[wanted.step]
            let isSent = step?.verdict == .sent
            if isSent { reached.insert(wanted.step) }
            guard wanted.verdict == .sent, let from = wanted.at else { continue }
            // A step that another one keeps back waits for what that one waits for.
            reason = step?.waits.last { $0.reason == .day || $0.reason == .gap }?.reason ?? reason
            guard let reason, !isSent || step?.at ?? from > from else { continue }
            let found = Case(
                reason: reason,
                start: ReachSurvey.text(anchor, zone),
                wanted: ReachSurvey.text(from, zone),
                sent: isSent ? step?.at.map { ReachSurvey.text($0, zone) } : nil
            )
            if isSent {
                if delayed[wanted.step] == nil { delayed[wanted.step] = found }
            } else if lost[wanted.step] == nil {
                lost[wanted.step] = found
            }
        }
    }

    private static func starts(_ steps: [Step], _ sequence: DripSequence, _ zone: TimeZone) -> [Instant] {
        let all = Set(steps.flatMap { StartMoments(of: $0, in: sequence, zone: zone).anchors }).sorted()
        let stride = max(1, (all.count + mostStarts - 1) / mostStarts)
        return all.indices.filter { $0.isMultiple(of: stride) }.map { all[$0] }
    }

    /// One for whom every condition holds that can, and one who has nothing that a condition asks for.
    private static func people(_ sequence: DripSequence, _ anchor: Instant) -> [Person] {
        var person = Person(
            id: PersonID(rawValue: 1),
            lane: LaneID(rawValue: 1),
            page: sequence.pages?.min() ?? "1",
            address: "1",
            firstMessageAt: anchor,
            windowEnds: anchor + StandardWindow.length,
            lastWroteAt: anchor
        )
        for name in Set(sequence.steps.flatMap(\.variables)) { person.attributes[name] = "x" }
        var receptive = person
        for condition in sequence.steps.compactMap(\.onlyIf) {
            switch condition {
            case .tag(let tag): receptive.tags.insert(tag)
            case .has(let name): receptive.attributes[name] = "x"
            case .notTag, .replied: continue
            }
        }
        return receptive == person ? [person] : [receptive, person]
    }

    private static func way(
        of person: Person,
        in sequence: DripSequence,
        anchor: Instant,
        zone: TimeZone
    ) -> PendingWay? {
        guard let first = sequence.next(anchor: anchor, position: nil, over: [], zone: zone) else { return nil }
        let isByOthers = sequence.start.allSatisfy { rule in
            switch rule {
            case .manual, .tag: true
            case .firstMessage, .ref, .message, .comment, .postback: false
            }
        }
        let job = Job(
            enrollment: Enrollment(
                id: EnrollmentID(rawValue: 1),
                person: person.id,
                sequence: sequence.id,
                round: 1,
                anchor: anchor,
                position: nil
            ),
            person: person,
            step: first.step.id,
            scheduled: first.due,
            attempt: 0,
            part: 0,
            waitingFor: nil
        )
        return PendingWay(
            job: job,
            due: first.lookAt,
            cause: "\(isByOthers ? StartCause.manual : .firstMessage)",
            over: [],
            isSending: false
        )
    }
}

extension DripSequence {
    /// The same with some of its steps, and another gap.
    fileprivate func keeping(_ steps: [Step], gap: Span) -> DripSequence {
        var sequence = DripSequence(id: id, title: title, start: start, steps: steps, hash: hash)
        sequence.purpose = purpose
        sequence.pages = pages
        sequence.zone = zone
        sequence.quiet = quiet
        sequence.days = days
        sequence.late = late
        sequence.gap = gap
        return sequence
    }
}
