/// What becomes of one step that is still to come.
package struct ForecastStep: Codable, Hashable, Sendable {
    package enum Verdict: String, Codable, Hashable, Sendable {
        /// Its message is on its way right now.
        case sending
        case sent
        case skipped
        case failed
        /// It waits, for however long it takes.
        case waits
    }

    package var step: String
    /// When the sequence wants it.
    package var due: Instant
    package var verdict: Verdict
    /// When that is; nil for a step that only waits.
    package var at: Instant?
    /// Why it may go out.
    package var permission: Permission?
    /// Why it does not.
    package var reason: String?
    /// The condition that does not hold, where that is the reason.
    package var detail: String?
    /// What keeps it until then, in order.
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
        // Looked at before its time, to see whether it has to be pulled into the window: that keeps nothing.
        guard wait.reason != .time else { return }
        waits.append(wait)
    }

    func over(
        _ verdict: Verdict,
        at: Instant,
        permission: Permission? = nil,
        reason: String? = nil,
        detail: String? = nil
    ) -> ForecastStep {
        var step = self
        step.verdict = verdict
        step.at = at
        step.permission = permission
        step.reason = reason
        step.detail = detail
        return step
    }
}

/// What keeps a step that is due.
package struct ForecastWait: Codable, Hashable, Sendable {
    package var reason: WaitReason
    package var from: Instant
    /// nil: for however long it takes.
    package var until: Instant?

    package init(reason: WaitReason, from: Instant, until: Instant) {
        self.reason = reason
        self.from = from
        self.until = until < .distantFuture ? until : nil
    }
}

extension Permission: Codable {}
extension WaitReason: Codable {}
