/// What comes for an enrollment if its person does nothing more, step by step.
package struct Forecast: Codable, Hashable, Sendable {
    package enum End: String, Codable, Hashable, Sendable {
        /// Nothing follows: the sequence is done.
        case finished
        /// The last step of the list waits, for however long it takes.
        case waits
        /// The sequence is in no file.
        case held
        /// More steps than are looked at.
        case cut
    }

    package var steps: [ForecastStep]
    package var end: End
    /// The person may end it before: the sequence's stop rules.
    package var stop: [String]

    /// A file has 200 steps at most.
    fileprivate static let mostSteps = 200
    /// Quiet hours, a pause, the window, quiet hours again: a step that is looked at more often than this goes in circles.
    fileprivate static let mostLooks = 32
}

extension Catalog {
    /// Asks `admit`, as the dispatcher would, at every moment at which it would, and the files for what follows.
    /// - Parameters:
    ///   - job: the enrollment's pending work.
    ///   - due: when that is looked at next.
    ///   - over: the steps that the ledger holds, under the names that they had.
    ///   - isSending: its message is on its way right now.
    package func forecast(_ job: Job, due: Instant, over: Set<String>, isSending: Bool, now: Instant) -> Forecast {
        var forecast = Forecast(steps: [], end: .cut, stop: stopRules(of: job.enrollment))
        var (job, over, look) = (job, over, max(due, now))
        while forecast.steps.count < Forecast.mostSteps {
            let isFirst = forecast.steps.isEmpty
            let step =
                isFirst && isSending
                ? ForecastStep(step: job.step, due: job.scheduled, verdict: .sending, at: now)
                : foresee(job, at: look, waitingSince: isFirst ? now : nil)
            forecast.steps.append(step)
            guard let at = step.at else {
                forecast.end = step.wait?.reason == .sequence ? .held : .waits
                return forecast
            }
            over.insert(job.step)
            let position = [job.enrollment.position, sequence(of: job.enrollment)?.step(job.step)?.position]
                .compactMap(\.self).max()
            switch following(job.enrollment, behind: position, over: over, personZone: job.person.zone) {
            case .step(let next):
                let comment = step.permission == .privateReply ? nil : job.enrollment.comment
                job = job.followed(by: next, position: position, comment: comment)
                look = max(at, next.lookAt)
            case .nothing:
                forecast.end = .finished
                return forecast
            case .held:
                forecast.end = .held
                return forecast
            }
        }
        return forecast
    }

    private func stopRules(of enrollment: Enrollment) -> [String] {
        sequence(of: enrollment)?.stop.map(\.description) ?? []
    }

    /// Looks at one step again and again, until it is over.
    /// - Parameter waitingSince: for a job that waits already: from when on the wait that is left of it counts.
    private func foresee(_ job: Job, at first: Instant, waitingSince: Instant?) -> ForecastStep {
        var step = ForecastStep(step: job.step, due: job.scheduled, verdict: .waits, at: nil)
        var (job, look) = (job, first)
        if let now = waitingSince, let reason = job.waitingFor, first > now {
            step.add(ForecastWait(reason: reason, from: now, until: first))
        }
        for _ in 0..<Forecast.mostLooks {
            // Nobody looks at it of themselves any more.
            guard look < .distantFuture else { return step }
            switch admit(job, now: look) {
            case .send(let dispatch):
                return step.over(.sent, at: look, permission: dispatch.permission)
            case .skip(let reason):
                let condition = reason == .condition ? sequence(of: job.enrollment)?.step(job.step)?.onlyIf : nil
                return step.over(.skipped, at: look, reason: reason.rawValue, detail: condition?.description)
            case .fail(let reason):
                return step.over(.failed, at: look, reason: reason)
            case .wait(let until, let reason):
                step.add(ForecastWait(reason: reason, from: look, until: until))
                job = job.waiting(for: reason)
                look = until
            }
        }
        return step
    }
}

extension Job {
    fileprivate func waiting(for reason: WaitReason) -> Job {
        Job(
            enrollment: enrollment,
            person: person,
            step: step,
            scheduled: scheduled,
            attempt: attempt,
            part: part,
            waitingFor: reason
        )
    }

    fileprivate func followed(by next: DueStep, position: Span?, comment: String?) -> Job {
        Job(
            enrollment: Enrollment(
                id: enrollment.id,
                person: enrollment.person,
                sequence: enrollment.sequence,
                round: enrollment.round,
                anchor: enrollment.anchor,
                position: position,
                version: enrollment.version,
                comment: comment
            ),
            person: person,
            step: next.step.id,
            scheduled: next.due,
            attempt: 0,
            part: 0,
            waitingFor: nil
        )
    }
}
