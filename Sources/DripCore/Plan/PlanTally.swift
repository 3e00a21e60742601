import Foundation

/// Adds up the effects of a set of files on all people under way. Finds next steps with `DripSequence.nextStep`, as an
/// adoption does.
package struct PlanTally: Sendable {
    private let before: Catalog
    private let after: Catalog
    private let now: Instant
    private let hash: String
    private var sequences: [String: SequencePlan] = [:]
    private var effects: [String: [Effect: EffectCount]] = [:]
    private var messages: [String: PageMessages] = [:]
    private var ahead = AheadCache()
    private var gains: [String: [String: Int]] = [:]
    private var losses: [String: [String: Int]] = [:]
    private var calendars: [TimeZone: LocalCalendar] = [:]

    private var reach: [String: [String: StepReach]] = [:]

    private static let day = Milliseconds.hours(24)
    /// The maximum number of people of each sequence for whom every step ahead is foreseen.
    package static let mostForeseen = 10_000

    /// - Parameter known: the versions in force, by sequence.
    package init(before: Catalog, after: Catalog, known: [String: String], now: Instant) {
        self.before = before
        self.after = after
        self.now = now
        hash = after.planHash(from: known)
        for id in Set(known.keys).union(after.sequences.keys) {
            guard known[id] != after[id].map(after.version) else { continue }
            sequences[id] = SequenceDifference(before: before[id], after: after[id]).plan
        }
    }

    /// The sequences whose enrollments must be checked.
    package var changed: [String] { sequences.keys.sorted() }

    /// Returns whether finished enrollments of this sequence may continue with appended steps.
    package func reopens(_ sequence: String) -> Bool {
        after[sequence]?.extend == .finished
    }

    /// - Parameter known: returns what decides about the steps ahead, if they are to be foreseen; nil for most of very many
    ///   people.
    package mutating func add(
        _ item: EnrollmentState,
        known: () throws -> (person: Person, ways: Ways)?
    ) rethrows -> PersonPlan? {
        let id = item.enrollment.sequence
        if item.job != nil { sequences[id]?.underWay += 1 }
        guard item.person.stoppedAt == nil else { return nil }
        let effect = item.isSending ? nil : effect(on: item)
        if let job = item.job, let known = try known() {
            foresee(
                item,
                effect.map { effect in effect.next.map { job.with(step: $0) } } ?? job,
                known.person,
                known.ways
            )
        }
        guard let effect else { return nil }
        count(item, effect.effect, effect.next)
        return PersonPlan(
            page: item.person.address.account.externalID,
            person: item.person.address.externalID,
            sequence: id,
            effect: effect.effect,
            stepBefore: item.job.map(\.step),
            dueBefore: item.job.map(\.scheduled),
            stepAfter: effect.next?.step.id,
            dueAfter: effect.next?.due
        )
    }

    package var plan: Plan {
        let sequences = sequences.values.sorted { $0.sequence < $1.sequence }.map { sequence in
            var sequence = sequence
            for index in sequence.steps.indices {
                let step = sequence.steps[index].step
                sequence.steps[index].gain = gains[sequence.sequence]?[step] ?? 0
                sequence.steps[index].lose = losses[sequence.sequence]?[step] ?? 0
            }
            let counts = effects[sequence.sequence] ?? [:]
            sequence.effects = Effect.allCases.compactMap { counts[$0] }
            let reach = reach[sequence.sequence] ?? [:]
            sequence.reach = after[sequence.sequence]?.steps.compactMap { reach[$0.id]?.sorted } ?? []
            return sequence
        }
        return Plan(hash: hash, sequences: sequences, messages: messages.values.sorted { $0.page < $1.page })
    }

    /// Returns the effect and the next step; nil if the next message does not change.
    private mutating func effect(on item: EnrollmentState) -> (effect: Effect, next: DueStep?)? {
        // A partly sent step continues, even if its offset has changed.
        if let job = item.job, job.part > 0, after.sequence(of: item.enrollment)?.step(job.step) != nil { return nil }
        if item.job == nil, !after.mayReopen(item) { return nil }
        compareAhead(item)
        guard let sequence = after.sequence(of: item.enrollment) else {
            return item.job?.waitingFor == .sequence ? nil : (.held, nil)
        }
        guard let step = sequence.nextStep(position: item.enrollment.position, over: item.over) else {
            return item.job == nil ? nil : (.nothing, nil)
        }
        if after.keepsNextMessage(item, since: before) { return nil }
        let calendar = calendar(after.zone(for: item.person.zone, in: sequence))
        let next = DueStep(step: step, due: sequence.due(step, anchor: item.enrollment.anchor, calendar))
        if sequence.late.then == .skip, now > next.due + sequence.patience(with: step) { return (.tooLate, next) }
        guard let job = item.job else { return (.reopened, next) }
        if job.waitingFor == .sequence { return (.resumed, next) }
        if next.due == job.scheduled {
            return sequence.currentName(of: job.step) == step.id ? nil : (.other, next)
        }
        if next.due <= now { return (.now, next) }
        return (next.due < job.scheduled ? .earlier : .later, next)
    }

    private mutating func calendar(_ zone: TimeZone) -> LocalCalendar {
        if let known = calendars[zone] { return known }
        let calendar = LocalCalendar(zone)
        calendars[zone] = calendar
        return calendar
    }

    private mutating func count(_ item: EnrollmentState, _ effect: Effect, _ next: DueStep?) {
        let first = effect == .tooLate ? nil : next.map { max($0.due, now) }
        var count =
            effects[item.enrollment.sequence]?[effect] ?? EffectCount(effect: effect, people: 0, first: first)
        count.people += 1
        count.first = [count.first, first].compactMap(\.self).min()
        effects[item.enrollment.sequence, default: [:]][effect] = count
        // A person whose messages are paused gets none because of the edit.
        guard let first, let next, first <= now + Self.day, item.person.pausedAt == nil else { return }
        let page = item.person.address.account.externalID
        var messages = messages[page] ?? PageMessages(page: page)
        if next.step.needsNoWindow || StandardWindow.isOpen(for: item.person, at: first) {
            messages.withinDay += 1
            if next.due <= now { messages.atOnce += 1 }
        } else {
            messages.waiting += 1
        }
        self.messages[page] = messages
    }

    /// Foresees the steps ahead of one person, and counts the channel of each.
    /// - Parameter job: the person's next step; nil if there is none.
    private mutating func foresee(_ item: EnrollmentState, _ job: Job?, _ person: Person, _ ways: Ways) {
        let id = item.enrollment.sequence
        sequences[id]?.foreseen += 1
        guard let job = job?.of(person), let step = after.sequence(of: job.enrollment)?.step(job.step) else { return }
        let pending = PendingEnrollment(
            job: job,
            due: DueStep(step: step, due: job.scheduled).firstCheck,
            cause: StartCause.firstMessage.description,
            over: item.over,
            isSending: item.isSending,
            ways: ways
        )
        for forecast in after.forecasts(of: [pending], after: [], now: now) {
            for outcome in forecast.steps {
                reach[id, default: [:]][outcome.step, default: StepReach(step: outcome.step)]
                    .add(outcome, sending: person.address.account.channel)
            }
        }
    }

    /// Counts the steps that the change adds and removes ahead of the person.
    private mutating func compareAhead(_ item: EnrollmentState) {
        let id = item.enrollment.sequence
        let difference = ahead.difference(item, before: before, after: after)
        for step in difference.gained { gains[id, default: [:]][step, default: 0] += 1 }
        for step in difference.lost { losses[id, default: [:]][step, default: 0] += 1 }
    }
}

extension Job {
    fileprivate func with(step: DueStep) -> Job {
        Job(
            enrollment: enrollment,
            person: person,
            step: step.step.id,
            scheduled: step.due,
            attempt: 0,
            part: 0,
            waitingFor: nil
        )
    }
}

extension Step {
    /// Whether it may be sent while the standard window is closed.
    fileprivate var needsNoWindow: Bool {
        outsideWindow.contains { way in if case .utility = way { true } else { false } }
    }
}
