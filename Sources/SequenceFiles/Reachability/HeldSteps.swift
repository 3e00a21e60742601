import DripCore
import Foundation

/// The steps that the daily limit or the sequence's `gap` delays for a person who never writes again, and the result. Compares
/// the forecast with the limits to the forecast without them.
struct HeldSteps {
    /// The result for one step after one start.
    struct Case {
        /// `day` or `gap`.
        let reason: WaitReason
        /// The local time of the start: `mon at 12:00`.
        let start: String
        /// The local time of the step without the limits.
        let wanted: String
        /// The local time of the step with the limits; nil if the standard window has closed by then.
        let sent: String?
    }

    let dailyLimit: DailyLimit?
    /// For each step, the first start after which the limits make it miss the window.
    private(set) var lost: [String: Case] = [:]
    /// For each step, the first start after which the limits only delay it.
    private(set) var delayed: [String: Case] = [:]
    /// The steps that are sent after some start despite the limits.
    private var reached: Set<String> = []

    /// The most starts to check: a file can have 200 steps, and each step has starts of its own.
    private static let mostStarts = 48

    init(of sequence: DripSequence, defaultZone: TimeZone, settings: CatalogSettings) {
        dailyLimit = settings.dailyLimit
        // The other steps wait for the person in any case.
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

    /// Returns the reachability after the limits are applied.
    func correct(_ reach: Reachability) -> Reachability {
        guard let lost = lost[reach.step], !reached.contains(reach.step) else { return reach }
        switch reach.verdict {
        case .always, .sometimes, .whileWindowIsOpen:
            return Reachability(step: reach.step, verdict: .ifPersonWrites(.held(lost.reason)), canBePulled: false)
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
            // A step that an earlier step holds up waits for the same reason as that step.
            reason = step?.waits.last { $0.reason == .day || $0.reason == .gap }?.reason ?? reason
            guard let reason, !isSent || step?.at ?? from > from else { continue }
            let found = Case(
                reason: reason,
                start: ReachabilitySurvey.text(anchor, zone),
                wanted: ReachabilitySurvey.text(from, zone),
                sent: isSent ? step?.at.map { ReachabilitySurvey.text($0, zone) } : nil
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

    /// Returns a person for whom as many conditions hold as possible, and one without the tags and attributes that conditions
    /// require.
    private static func people(_ sequence: DripSequence, _ anchor: Instant) -> [Person] {
        var person = Person(
            id: PersonID(rawValue: 1),
            address: Address(
                id: AddressID(rawValue: 1),
                account: Account(
                    id: AccountID(rawValue: 1),
                    channel: .messenger,
                    externalID: sequence.pages?.min() ?? "1"
                ),
                externalID: "1",
                windowEnds: anchor + StandardWindow.length
            ),
            firstMessageAt: anchor,
            lastWroteAt: anchor
        )
        for name in Set(sequence.steps.flatMap(\.variables)) { person.attributes[name] = "x" }
        var receptive = person
        for condition in sequence.steps.compactMap(\.onlyIf) {
            switch condition {
            case .tag(let tag): receptive.tags.insert(tag)
            case .has(let name): receptive.attributes[name] = "x"
            case .notTag, .replied, .can: continue
            }
        }
        return receptive == person ? [person] : [receptive, person]
    }

    private static func way(
        of person: Person,
        in sequence: DripSequence,
        anchor: Instant,
        zone: TimeZone
    ) -> PendingEnrollment? {
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
        return PendingEnrollment(
            job: job,
            due: first.firstCheck,
            cause: "\(isByOthers ? StartCause.manual : .firstMessage)",
            over: [],
            isSending: false
        )
    }
}

extension DripSequence {
    /// Returns the sequence with only some of its steps, and with another gap.
    fileprivate func keeping(_ steps: [Step], gap: Milliseconds) -> DripSequence {
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
