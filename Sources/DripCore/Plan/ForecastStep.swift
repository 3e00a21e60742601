/// The predicted result of one coming step.
package struct ForecastStep: Codable, Hashable, Sendable {
    package enum Verdict: String, Codable, Hashable, Sendable {
        /// Its message is being sent right now.
        case sending
        case sent
        case skipped
        case failed
        /// It waits indefinitely.
        case waits
    }

    package var step: String
    /// When the sequence schedules it.
    package var due: Instant
    package var verdict: Verdict
    /// The time of the verdict; nil for a step that only waits.
    package var at: Instant?
    /// The permission to send it.
    package var permission: Permission?
    /// The channel that it is sent by.
    package var channel: ChannelName?
    /// The reason why it is not sent.
    package var reason: String?
    /// The condition that does not hold, if that is the reason.
    package var detail: String?
    /// Its waits until then, in order.
    package var waits: [ForecastWait] = []

    package init(step: String, due: Instant, verdict: Verdict, at: Instant?) {
        self.step = step
        self.due = due
        self.verdict = verdict
        self.at = at
    }

    /// The last of its waits.
    package var wait: ForecastWait? { waits.last }

    mutating func add(_ wait: ForecastWait) {
        // An early check, in case the step has to be pulled into the window, delays nothing.
        guard wait.reason != .time else { return }
        waits.append(wait)
    }

    func over(
        _ verdict: Verdict,
        at: Instant,
        permission: Permission? = nil,
        by channel: ChannelName? = nil,
        reason: String? = nil,
        detail: String? = nil
    ) -> ForecastStep {
        var step = self
        step.verdict = verdict
        step.at = at
        step.permission = permission
        step.channel = channel
        step.reason = reason
        step.detail = detail
        return step
    }
}

/// A wait of a step that is due.
package struct ForecastWait: Codable, Hashable, Sendable {
    package var reason: WaitReason
    package var from: Instant
    /// nil if the wait is indefinite.
    package var until: Instant?

    package init(reason: WaitReason, from: Instant, until: Instant) {
        self.reason = reason
        self.from = from
        self.until = until < .distantFuture ? until : nil
    }
}

extension Permission: Codable {}
extension WaitReason: Codable {}
