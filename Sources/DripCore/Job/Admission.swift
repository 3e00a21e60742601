/// The decision about a due job.
package enum Admission: Hashable, Sendable {
    case send(Dispatch)
    case wait(until: Instant, WaitReason)
    case skip(SkipReason)
    /// The message cannot be sent as it is, now or later.
    case fail(String)
    /// It is to be sent now, by another of the person's addresses.
    case move(to: Address)
    /// It was refused for good, and no other way is left.
    case refused(Delivery)
}

/// A message part that is ready for its channel.
package struct Dispatch: Hashable, Sendable {
    package var message: MessagePart
    /// The step's later parts.
    package let following: [MessagePart]
    /// How long to show the typing indicator first; nil if it was shown already or is not wanted.
    package let typing: Milliseconds?
    package let permission: Permission
    /// The subscription that permits it; nil if something else does.
    package let subscription: Subscription?
    /// The step's position, which becomes the enrollment's once the step is over.
    package let position: Milliseconds
    /// The version of the sequence that it was rendered from.
    package let sequenceHash: String
    /// The index of the variant, from 0; nil if the step is not a split test.
    package let variant: Int?
    /// The hash of all of the step's parts.
    package let bodyHash: String
    /// Whether the step may try another channel if this one refuses the message for good.
    package var mayFallThrough = false
    /// Whether a refusal by the address may be a block, after which no other channel is tried.
    package let refusalMayBeBlock: Bool

    /// Whether it is the step's last part.
    package var isLast: Bool { following.isEmpty }

    package init(
        message: MessagePart,
        following: [MessagePart] = [],
        typing: Milliseconds? = nil,
        permission: Permission,
        subscription: Subscription? = nil,
        position: Milliseconds,
        sequenceHash: String,
        variant: Int? = nil,
        bodyHash: String,
        refusalMayBeBlock: Bool = false
    ) {
        self.refusalMayBeBlock = refusalMayBeBlock
        self.message = message
        self.following = following
        self.typing = typing
        self.permission = permission
        self.subscription = subscription
        self.position = position
        self.sequenceHash = sequenceHash
        self.variant = variant
        self.bodyHash = bodyHash
    }
}

extension Catalog {
    /// Decides whether a due job is sent, waits, is skipped or fails, and by which address.
    /// - Parameter ways: the person's addresses and consents. Called only if the job's own address does not decide alone.
    package func admit(_ job: Job, now: Instant, ways: () throws -> Ways) rethrows -> Admission {
        guard job.person.stoppedAt == nil else { return .skip(.stopped) }
        guard let sequence = sequence(of: job.enrollment), let step = sequence.step(job.step) else {
            return .wait(until: .distantFuture, .sequence)
        }
        // A step that has begun stays on its way.
        guard job.part == 0, mayHaveSeveralWays(job, step, in: sequence) else {
            return admit(job, step, in: sequence, now: now)
        }
        return try admit(job, step, in: sequence, by: ways(), now: now)
    }

    /// The same for a person with one address.
    package func admit(_ job: Job, now: Instant) -> Admission {
        admit(job, now: now) { Ways(addresses: [job.person.address]) }
    }

    /// Decides about a job at its own address. It checks in this order: pause, restored state, lateness, schedule,
    /// reachability, the step's condition, the pause after the team wrote, sending hours, the platform's window.
    func admit(_ job: Job, _ step: Step, in sequence: DripSequence, isLastWay: Bool = true, now: Instant) -> Admission {
        let policy = policy(of: job.person.address.account.channel)
        // Once the person or an operator decides, the job is made due at once.
        guard job.person.pausedAt == nil else { return .wait(until: .distantFuture, .paused) }
        if let until = sentElsewhereUntil, DueStep(step: step, due: job.scheduled).firstCheck <= until {
            return .skip(.restored)
        }
        let zone = zone(for: job.person.zone, in: sequence)
        let isOpen = policy.isOpen(job.person.address, at: now)
        let lastMoment =
            sequence.late.then == .skip
            ? job.wanted(in: sequence) + sequence.patience(with: step, isLastWay: isLastWay) : nil
        if let lastMoment, now > lastMoment {
            return .skip(job.reasonForLateness(lastMoment, isOpen: isOpen, pause: sequence.pauseOnHuman))
        }
        let hours = SendingHours(quiet: sequence.quiet, days: sequence.days, calendar: LocalCalendar(zone))
        // A step that has begun continues at once.
        let isEarly = now < job.scheduled && job.part == 0
        if isEarly, let later = job.laterMoment(for: step, from: now, hours, policy) {
            return .wait(until: later, .time)
        }
        if let reason = job.reasonAgainst(step) {
            // The step is not due yet, and the reason may be gone by then.
            return isEarly ? .wait(until: job.scheduled, .time) : .skip(reason)
        }
        if let pause = sequence.pauseOnHuman, let wrote = job.person.humanAt, now < wrote + pause {
            return .wait(until: wrote + pause, .human)
        }
        let deadline = windowDeadline(of: job, step, in: sequence, lastMoment: lastMoment, isLastWay: isLastWay)
        // Skip even in quiet hours: a skip sends nothing, and after the quiet hours the reason would be lateness.
        if job.waitingFor == .window, !isOpen, deadline <= now { return .skip(job.reason(.windowClosed)) }
        let allowed = hours.earliest(from: now, atTimeOf: job.scheduled)
        guard allowed == now else { return .wait(until: allowed, .quiet) }

        if policy.window == nil {
            return dispatch(
                job,
                of: step,
                in: sequence,
                by: policy.consentFor.contains(sequence.purpose) ? .consent : .relation
            )
        }
        if isOpen {
            let typing = job.typing(of: step)
            let sendsAt = now + typing
            // No typing indicator if its delay would make the message miss the window, the sending hours or the
            // deadline.
            let fits =
                policy.isOpen(job.person.address, at: sendsAt) && hours.earliest(from: sendsAt) == sendsAt
                && lastMoment.map { sendsAt <= $0 } ?? true
            return dispatch(job, of: step, in: sequence, typing: fits && typing > .zero ? typing : nil)
        }
        // A partly sent step does not continue under another permission once the window is closed.
        if job.part == 0, PrivateReply.isOpen(for: job.enrollment, at: now) {
            return dispatch(job, of: step, in: sequence, by: .privateReply)
        }
        if job.part == 0, !Comment.isPlaceholder(job.person.address.externalID),
            let sent = dispatchOutside(job, of: step, in: sequence, now: now)
        {
            return sent
        }
        return deadline <= now ? .skip(job.reason(.windowClosed)) : .wait(until: deadline, .window)
    }

    /// Returns the dispatch by the first option of `outside_window` that is open to this person; nil if there is none,
    /// or if `wait` comes first.
    private func dispatchOutside(_ job: Job, of step: Step, in sequence: DripSequence, now: Instant) -> Admission? {
        let policy = subscriptionPolicies[job.person.address.account.externalID] ?? .none
        for way in step.outsideWindow {
            var found: (Permission, Subscription)?
            switch way {
            case .utility(let template):
                // The platform accepts no template for a person who only commented.
                if sequence.purpose != .promotion, job.person.hasWritten {
                    return dispatch(template, for: job, of: step, in: sequence)
                }
            case .marketing:
                found = policy.subscription(.marketing, of: job.person, at: now).map { (.marketing, $0) }
            case .oneTime(let topic):
                found = policy.subscription(.oneTime, topic: topic, of: job.person, at: now).map { (.oneTime, $0) }
            case .wait: return nil
            }
            // A subscription permits one message.
            guard let (permission, subscription) = found, step.partCount == 1 else { continue }
            return dispatch(job, of: step, in: sequence, by: permission, subscription)
        }
        return nil
    }

    /// Returns when the step stops waiting for the person to write. The time is not in the future if it does not wait.
    private func windowDeadline(
        of job: Job,
        _ step: Step,
        in sequence: DripSequence,
        lastMoment: Instant?,
        isLastWay: Bool
    ) -> Instant {
        for case .wait(let patience) in step.outsideWindow { return job.scheduled + patience }
        // Only the file's own `wait` holds a step that has another way.
        guard isLastWay else { return job.scheduled }
        // A person who never wrote may still do so, and then gets the template.
        let waitsForFirst =
            !job.person.hasWritten && sequence.purpose != .promotion
            && step.outsideWindow.contains { way in
                if case .utility = way { true } else { false }
            }
        guard step.outsideWindow.isEmpty || waitsForFirst else { return job.scheduled }
        if let lastMoment { return lastMoment }
        // A step without a limit on lateness stops waiting when the next one is due, so that the person does not get
        // two at once.
        let next = sequence.next(
            anchor: job.enrollment.anchor,
            position: step.position,
            over: [],
            zone: zone(for: job.person.zone, in: sequence)
        )
        return next?.due ?? .distantFuture
    }

    private func dispatch(
        _ job: Job,
        of step: Step,
        in sequence: DripSequence,
        by permission: Permission = .standardWindow,
        _ subscription: Subscription? = nil,
        typing: Milliseconds? = nil
    ) -> Admission {
        guard let body = body(of: step, for: job.person, round: job.enrollment.round, in: sequence) else {
            return .fail("the step has nothing to send by \(job.person.address.account.channel.rawValue)")
        }
        // A reload between two parts may have left the step with fewer of them.
        guard job.part < body.parts.count else { return .fail("the step has no part \(job.part + 1) any more") }
        // One part that cannot be sent fails all that remain: half a step is no use.
        let limits = rules(of: job.person.address.account.channel)?.limits ?? ContentLimits()
        if let flaw = body.parts[job.part...].lazy.compactMap({ $0.flaw(within: limits) }).first { return .fail(flaw) }
        if case .ofChannel(let message) = body.parts[job.part].content, let rules = rules(of: message.channel),
            let flaw = message.flaw(by: rules)
        {
            return .fail(flaw)
        }
        if permission == .marketing, let flaw = body.parts[job.part].flawOfMarketing { return .fail(flaw) }
        let channel = job.person.address.account.channel
        return .send(
            Dispatch(
                message: body.parts[job.part],
                following: Array(body.parts[(job.part + 1)...]),
                typing: typing,
                permission: permission,
                subscription: subscription,
                position: step.position,
                sequenceHash: sequence.hash,
                variant: body.variant,
                bodyHash: body.hash,
                refusalMayBeBlock: policy(of: channel).refusalMayBeBlock
            )
        )
    }

    private func dispatch(
        _ template: UtilityTemplate,
        for job: Job,
        of step: Step,
        in sequence: DripSequence
    ) -> Admission {
        let seed = seed(of: step, for: job.person, round: job.enrollment.round, in: sequence)
        let filled = template.filled(seed: seed) { job.person.attributes[$0] }
        if let empty = filled.parameters.first(where: { $0.text.isEmpty }) {
            return .fail("the template's parameter '\(empty.name)' is empty for this person")
        }
        let body = Body(parts: [MessagePart(.template(filled))], variant: nil)
        return .send(
            Dispatch(
                message: body.parts[0],
                permission: .utilityTemplate,
                position: step.position,
                sequenceHash: sequence.hash,
                variant: nil,
                bodyHash: body.hash
            )
        )
    }

    /// Returns all parts of a step, rendered for a person; nil if it has nothing for the channel of the person's address.
    package func body(of step: Step, for person: Person, round: Int, in sequence: DripSequence) -> Body? {
        let seed = seed(of: step, for: person, round: round, in: sequence)
        let variantSeed = self.seed(of: step, for: person, round: 0, in: sequence)
        let value = { (name: String) in person.attributes[name] ?? link?(name, person.address.id) }
        if let rules = rules(of: person.address.account.channel), !rules.content.isEmpty {
            return step.content(
                for: rules,
                purpose: sequence.purpose,
                seed: seed,
                variantSeed: variantSeed,
                value: value
            )
        }
        return step.partCount > 0 ? step.body(seed: seed, variantSeed: variantSeed, value: value) : nil
    }

    private func seed(of step: Step, for person: Person, round: Int, in sequence: DripSequence) -> UInt64 {
        StableHash.of(
            page: person.address.account.externalID,
            address: person.address.externalID,
            sequence: sequence.id,
            step: step.id,
            round: round
        )
    }
}

extension DripSequence {
    /// Returns how long after its due time a step may still be sent, if the sequence skips late steps.
    /// - Parameter isLastWay: if not, the next channel still needs time after a wait.
    func patience(with step: Step, isLastWay: Bool = true) -> Milliseconds {
        step.outsideWindow.reduce(late.after) { longest, way in
            guard case .wait(let patience) = way else { return longest }
            return max(longest, isLastWay ? patience : Milliseconds(patience.milliseconds + late.after.milliseconds))
        }
    }
}

extension Job {
    /// Returns the time from which lateness counts. A job that a limit held gets extra time: the longest time for which
    /// that limit can hold one message.
    fileprivate func wanted(in sequence: DripSequence) -> Instant {
        switch heldBy ?? waitingFor {
        case .day, .unnamed: scheduled + .days(1)
        case .gap: scheduled + sequence.gap
        default: scheduled
        }
    }

    /// Returns the skip reason of a late job: what it waited for last.
    fileprivate func reasonForLateness(_ lastMoment: Instant, isOpen: Bool, pause: Milliseconds?) -> SkipReason {
        switch waitingFor {
        // If the person wrote in time, or the team's pause ended in time, something else has held the job since.
        case .window where !isOpen: reason(.windowClosed)
        case .human where person.humanAt.map { $0 + (pause ?? .zero) > lastMoment } ?? false: .humanTookOver
        case .paused: .paused
        default: reason(.late)
        }
    }

    /// Returns the limit that held the job, if any; otherwise `reason`.
    fileprivate func reason(_ reason: SkipReason) -> SkipReason {
        switch heldBy ?? waitingFor {
        case .day: .dailyLimit
        case .gap: .gap
        default: reason
        }
    }

    /// Returns how long to show the typing indicator: once, before the step's first message.
    fileprivate func typing(of step: Step) -> Milliseconds {
        part == 0 && attempt == 0 && waitingFor != .typing ? step.typing : .zero
    }

    /// Returns why this person does not get the step now; nil if they do.
    fileprivate func reasonAgainst(_ step: Step) -> SkipReason? {
        if person.address.unreachable != nil { return .unreachable }
        if part == 0, let condition = step.onlyIf, !condition.holds(for: person, since: enrollment.anchor) {
            return .condition
        }
        return nil
    }

    /// Decides whether an early job is pulled into the standard window. Returns when to check again; nil if it must be
    /// sent now.
    fileprivate func laterMoment(
        for step: Step,
        from now: Instant,
        _ hours: SendingHours,
        _ policy: SendPolicy
    ) -> Instant? {
        // The files may have changed since this check was scheduled.
        let first = DueStep(step: step, due: scheduled).firstCheck
        guard first <= now else { return first }
        guard let window = policy.window, policy.isOpen(person.address, at: now),
            !policy.isOpen(person.address, at: scheduled), let ends = person.address.windowEnds
        else { return scheduled }
        // Wait as long as possible: if the person writes first, nothing has to be pulled.
        let last = ends - window.margin - .minutes(1)
        return now < last && hours.earliest(from: last) == last ? last : nil
    }
}

extension Instant {
    /// Later than any due time: 9999-12-31.
    package static let distantFuture = Instant(milliseconds: 253_402_214_400_000)

    /// Earlier than any event: 1970.
    package static let distantPast = Instant(milliseconds: 0)
}
