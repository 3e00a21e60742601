/// What becomes of a job whose time has come.
package enum Admission: Hashable, Sendable {
    case send(Dispatch)
    case wait(until: Instant, WaitReason)
    case skip(SkipReason)
    /// It can't be sent as it is, now or later.
    case fail(String)
}

/// A message part on its way to a channel.
package struct Dispatch: Hashable, Sendable {
    package var message: MessagePart
    /// The step's parts behind it.
    package let following: [MessagePart]
    /// For how long the person is to see first that the page writes; nil where they have, or need not.
    package let typing: Span?
    package let permission: Permission
    /// By which it may go out, where that is what permits it.
    package let subscription: Subscription?
    /// The step's position: how far the enrollment has come once it is over.
    package let position: Span
    /// The version of the sequence that it was rendered from.
    package let sequenceHash: String
    /// Index of the variant, from 0; nil for a step that is no split test.
    package let variant: Int?
    /// Of all the step's parts.
    package let bodyHash: String

    /// Whether no other part of the step follows it.
    package var isLast: Bool { following.isEmpty }

    package init(
        message: MessagePart,
        following: [MessagePart] = [],
        typing: Span? = nil,
        permission: Permission,
        subscription: Subscription? = nil,
        position: Span,
        sequenceHash: String,
        variant: Int? = nil,
        bodyHash: String
    ) {
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
    /// Decides over a due job: whether the person wants messages, whether a copy of the state may have sent it, lateness, its time, the person, the step's condition, the team, the hours, the platform's
    /// window, in this order.
    package func admit(_ job: Job, now: Instant) -> Admission {
        guard job.person.stoppedAt == nil else { return .skip(.stopped) }
        guard let sequence = sequence(of: job.enrollment), let step = sequence.step(job.step) else {
            return .wait(until: .distantFuture, .sequence)
        }
        // Until they, or an operator, say which: then it is made due at once.
        guard job.person.pausedAt == nil else { return .wait(until: .distantFuture, .paused) }
        if let until = sentElsewhereUntil, DueStep(step: step, due: job.scheduled).lookAt <= until {
            return .skip(.restored)
        }
        let zone = zone(for: job.person.zone, in: sequence)
        let isOpen = StandardWindow.isOpen(for: job.person, at: now)
        let lastMoment =
            sequence.late.then == .skip ? job.wanted(in: sequence) + sequence.patience(with: step) : nil
        if let lastMoment, now > lastMoment {
            return .skip(job.reasonForLateness(lastMoment, isOpen: isOpen, pause: sequence.pauseOnHuman))
        }
        let hours = SendingHours(quiet: sequence.quiet, days: sequence.days, calendar: LocalCalendar(zone))
        // What has begun goes on.
        let isEarly = now < job.scheduled && job.part == 0
        if isEarly, let later = job.laterMoment(for: step, from: now, hours) { return .wait(until: later, .time) }
        if let reason = job.reasonAgainst(step) {
            // The step is not due yet: by then it may be otherwise.
            return isEarly ? .wait(until: job.scheduled, .time) : .skip(reason)
        }
        if let pause = sequence.pauseOnHuman, let wrote = job.person.humanAt, now < wrote + pause {
            return .wait(until: wrote + pause, .human)
        }
        let deadline = windowDeadline(of: job, step, in: sequence, lastMoment: lastMoment)
        // Also in quiet hours: nothing is sent by it, and behind them it would only look late.
        if job.waitingFor == .window, !isOpen, deadline <= now { return .skip(job.reason(.windowClosed)) }
        let allowed = hours.earliest(from: now, atTimeOf: job.scheduled)
        guard allowed == now else { return .wait(until: allowed, .quiet) }

        if isOpen {
            let typing = job.typing(of: step)
            let sendsAt = now + typing
            // Not where the message would miss by it what it can still reach.
            let fits =
                StandardWindow.isOpen(for: job.person, at: sendsAt) && hours.earliest(from: sendsAt) == sendsAt
                && lastMoment.map { sendsAt <= $0 } ?? true
            return dispatch(job, of: step, in: sequence, typing: fits && typing > .zero ? typing : nil)
        }
        // What the window closed upon half-way is not begun again as something else.
        if job.part == 0, PrivateReply.isOpen(for: job.enrollment, at: now) {
            return dispatch(job, of: step, in: sequence, by: .privateReply)
        }
        if job.part == 0, !Comment.isPlaceholder(job.person.address),
            let sent = dispatchOutside(job, of: step, in: sequence, now: now)
        {
            return sent
        }
        return deadline <= now ? .skip(job.reason(.windowClosed)) : .wait(until: deadline, .window)
    }

    /// The first of the step's ways that is open to this person; nil where it has none, or waits for them first.
    private func dispatchOutside(_ job: Job, of step: Step, in sequence: DripSequence, now: Instant) -> Admission? {
        let lanes = lanes[job.person.page] ?? .none
        for way in step.outsideWindow {
            var found: (Permission, Subscription)?
            switch way {
            case .utility(let template):
                // A comment alone starts no conversation.
                if sequence.purpose != .promotion, job.person.hasWritten {
                    return dispatch(template, for: job, of: step, in: sequence)
                }
            case .marketing:
                found = lanes.subscription(.marketing, of: job.person, at: now).map { (.marketing, $0) }
            case .oneTime(let topic):
                found = lanes.subscription(.oneTime, topic: topic, of: job.person, at: now).map { (.oneTime, $0) }
            case .wait: return nil
            }
            // A subscription is good for one message.
            guard let (permission, subscription) = found, step.partCount == 1 else { continue }
            return dispatch(job, of: step, in: sequence, by: permission, subscription)
        }
        return nil
    }

    /// Until when a step waits for its person to write; not in the future where it does not wait at all.
    private func windowDeadline(
        of job: Job,
        _ step: Step,
        in sequence: DripSequence,
        lastMoment: Instant?
    ) -> Instant {
        for case .wait(let patience) in step.outsideWindow { return job.scheduled + patience }
        // Who never wrote may do so, and gets a template then.
        let waitsForFirst =
            !job.person.hasWritten && sequence.purpose != .promotion
            && step.outsideWindow.contains { way in
                if case .utility = way { true } else { false }
            }
        guard step.outsideWindow.isEmpty || waitsForFirst else { return job.scheduled }
        if let lastMoment { return lastMoment }
        // A step that is never too late still gives way to the next one: two at once would help nobody.
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
        typing: Span? = nil
    ) -> Admission {
        let body = body(of: step, for: job.person, round: job.enrollment.round, in: sequence)
        // A reload between two parts may have left fewer of them: then the last of the new ones was the last.
        guard job.part < body.parts.count else { return .fail("the step has no part \(job.part + 1) any more") }
        // A part that cannot be sent keeps back those before it, too: half a step would help nobody.
        if let flaw = body.parts[job.part...].lazy.compactMap(\.flaw).first { return .fail(flaw) }
        if permission == .marketing, let flaw = body.parts[job.part].flawOfMarketing { return .fail(flaw) }
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
                bodyHash: body.hash
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

    /// All that a person gets of a step.
    package func body(of step: Step, for person: Person, round: Int, in sequence: DripSequence) -> Body {
        step.body(
            seed: seed(of: step, for: person, round: round, in: sequence),
            variantSeed: seed(of: step, for: person, round: 0, in: sequence)
        ) { person.attributes[$0] }
    }

    private func seed(of step: Step, for person: Person, round: Int, in sequence: DripSequence) -> UInt64 {
        Seed.of(page: person.page, address: person.address, sequence: sequence.id, step: step.id, round: round)
    }
}

extension DripSequence {
    /// How long after it was due a step may still go out, where it may ever be too late.
    func patience(with step: Step) -> Span {
        step.outsideWindow.reduce(late.after) { longest, way in
            if case .wait(let patience) = way { max(longest, patience) } else { longest }
        }
    }
}

extension Job {
    /// From when on it may be late: what a limit held is not late by that, for as long as that limit holds one message.
    fileprivate func wanted(in sequence: DripSequence) -> Instant {
        switch heldBy ?? waitingFor {
        case .day, .unnamed: scheduled + .days(1)
        case .gap: scheduled + sequence.gap
        default: scheduled
        }
    }

    /// What held it last.
    fileprivate func reasonForLateness(_ lastMoment: Instant, isOpen: Bool, pause: Span?) -> SkipReason {
        switch waitingFor {
        // The person has written in time, or the team let go of it in time: something else has held it since.
        case .window where !isOpen: reason(.windowClosed)
        case .human where person.humanAt.map { $0 + (pause ?? .zero) > lastMoment } ?? false: .humanTookOver
        case .paused: .paused
        default: reason(.late)
        }
    }

    /// The limit, where one has led to it.
    fileprivate func reason(_ reason: SkipReason) -> SkipReason {
        switch heldBy ?? waitingFor {
        case .day: .dailyLimit
        case .gap: .gap
        default: reason
        }
    }

    /// Before a step's first message, once.
    fileprivate func typing(of step: Step) -> Span {
        part == 0 && attempt == 0 && waitingFor != .typing ? step.typing : .zero
    }

    /// Why this person does not get the step, as things stand.
    fileprivate func reasonAgainst(_ step: Step) -> SkipReason? {
        if person.unreachable != nil { return .unreachable }
        if part == 0, let condition = step.onlyIf, !condition.holds(for: person, since: enrollment.anchor) {
            return .condition
        }
        return nil
    }

    /// Looked at before its time, to see whether it has to be pulled into the standard window: when to look again, nil if
    /// it has to go out now.
    fileprivate func laterMoment(for step: Step, from now: Instant, _ hours: SendingHours) -> Instant? {
        // The files may have changed since it was decided when to look.
        let first = DueStep(step: step, due: scheduled).lookAt
        guard first <= now else { return first }
        guard StandardWindow.isOpen(for: person, at: now), !StandardWindow.isOpen(for: person, at: scheduled),
            let ends = person.windowEnds
        else { return scheduled }
        // As late as possible: the person may write until then, and nothing has to be pulled.
        let last = ends - StandardWindow.margin - .minutes(1)
        return now < last && hours.earliest(from: last) == last ? last : nil
    }
}

extension Instant {
    /// Later than anything that will be due: 9999-12-31.
    package static let distantFuture = Instant(milliseconds: 253_402_214_400_000)

    /// Earlier than anything that happens: 1970.
    package static let distantPast = Instant(milliseconds: 0)
}
