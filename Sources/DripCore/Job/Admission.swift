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
    package let message: MessagePart
    /// Whether other parts of the step follow it.
    package let isLast: Bool
    package let permission: Permission
    /// The step's nominal offset: how far the enrollment has come once it is over.
    package let offset: Span
    /// The version of the sequence that it was rendered from.
    package let sequenceHash: String

    package init(
        message: MessagePart,
        isLast: Bool,
        permission: Permission,
        offset: Span,
        sequenceHash: String
    ) {
        self.message = message
        self.isLast = isLast
        self.permission = permission
        self.offset = offset
        self.sequenceHash = sequenceHash
    }
}

extension Catalog {
    /// Decides over a due job: lateness, the person, the hours, the platform's window, in this order.
    package func admit(_ job: Job, now: Instant) -> Admission {
        guard job.person.stoppedAt == nil else { return .skip(.stopped) }
        guard let sequence = self[job.enrollment.sequence], let step = sequence.step(job.step) else {
            return .wait(until: .distantFuture, .sequence)
        }
        let zone = zone(for: job.person.zone, in: sequence)
        let lastMoment = sequence.late.then == .skip ? job.scheduled + sequence.late.after : nil
        if let lastMoment, now > lastMoment {
            return .skip(job.waitingFor == .window ? .windowClosed : .late)
        }
        guard job.person.unreachable == nil else { return .skip(.unreachable) }

        let allowed = SendingHours(quiet: sequence.quiet, days: sequence.days, calendar: LocalCalendar(zone))
            .earliest(from: now)
        guard allowed == now else { return .wait(until: allowed, .quiet) }

        guard StandardWindow.isOpen(for: job.person, at: now) else {
            // A step that is never too late still gives way to the next one: two at once would help nobody.
            let deadline =
                lastMoment
                ?? sequence.next(
                    anchor: job.enrollment.anchor,
                    position: step.after.nominal,
                    over: [],
                    zone: zone
                )?.due
                ?? .distantFuture
            return deadline <= now ? .skip(.windowClosed) : .wait(until: deadline, .window)
        }
        return dispatch(job, of: step, in: sequence)
    }

    private func dispatch(_ job: Job, of step: Step, in sequence: DripSequence) -> Admission {
        let seed = Seed.of(
            page: job.person.page,
            address: job.person.address,
            sequence: sequence.id,
            step: step.id,
            round: job.enrollment.round
        )
        let parts = step.parts(seed: seed) { job.person.attributes[$0] }
        // A reload between two parts may have left fewer of them: then the last of the new ones was the last.
        guard job.part < parts.count else { return .fail("the step has no part \(job.part + 1) any more") }
        if case .text(let text, let buttons) = parts[job.part] {
            let limit =
                buttons.isEmpty ? MessengerLimits.textCharacters : MessengerLimits.textWithButtonsCharacters
            if text.isEmpty { return .fail("the text is empty for this person") }
            let count = text.unicodeScalars.count
            if count > limit { return .fail("the text has \(count) characters for this person, over \(limit)") }
        }
        return .send(
            Dispatch(
                message: parts[job.part],
                isLast: job.part == parts.count - 1,
                permission: .standardWindow,
                offset: step.after.nominal,
                sequenceHash: sequence.hash
            )
        )
    }
}

extension Instant {
    /// Later than anything that will be due: 9999-12-31.
    package static let distantFuture = Instant(milliseconds: 253_402_214_400_000)
}
