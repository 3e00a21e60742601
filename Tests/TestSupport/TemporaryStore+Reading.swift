package import ControlAPI
package import DripCore
package import DripStore

extension Store {
    /// Claims jobs of one account only.
    package func claim(
        account: AccountID,
        limit: Int,
        examining: Int? = nil,
        turns: KindLimiter? = nil,
        now: Instant
    ) async throws -> ClaimReport {
        let opening = ClaimAllowance(account: account, allowance: limit, examining: examining ?? limit, turns: turns)
        let round = try await recordAndClaim(claiming: [opening], limit: limit, examining: opening.examining, now: now)
        if let failure = round.failure { throw failure }
        // An account without due jobs has no report.
        var nothing = ClaimReport()
        nothing.isDrained = true
        return round.reports.first?.report ?? nothing
    }

    /// Returns when the account's next job is due; nil if it has none or the store is on hold.
    package func nextDue(account: AccountID) async throws -> Instant? {
        let opening = ClaimAllowance(account: account, allowance: 0, examining: 0)
        return try await recordAndClaim(claiming: [opening], limit: 0, examining: 0, now: .start).following[account]
            .flatMap { $0.due < .distantFuture ? $0.due : nil }
    }
}

extension TemporaryStore {
    /// Claims all due jobs.
    package func claim(now: Instant) async throws -> [Claim] {
        try await store.claim(account: account, limit: 1000, now: now).claims
    }

    /// Records an outcome in the same way as the dispatcher, with a medium jitter.
    /// - Returns: whether the claim was stale.
    @discardableResult
    package func record(_ outcome: Outcome, of claim: Claim, now: Instant) async throws -> Bool {
        try await store.record([claim.settle(outcome, now: now, jitter: 0.5)], now: now).stale > 0
    }

    /// Claims the due job and records that the channel accepted it.
    package func send(as messageID: String = "m_1", now: Instant) async throws {
        for claim in try await claim(now: now) {
            try await record(.accepted(messageID: messageID), of: claim, now: now)
        }
    }

    /// Returns the person's deliveries in order, such as `hello sent` and `day skipped late`.
    package func ledger(of person: String = Event.testPerson) async throws -> [String] {
        try await store.person(person).enrollments.flatMap(\.deliveries)
            .map { delivery in
                [delivery.step, delivery.state, delivery.reason].compactMap(\.self).joined(separator: " ")
            }
    }

    /// Returns the pending step of the person's latest enrollment.
    package func next(of person: String = Event.testPerson) async throws -> NextStepDetail? {
        try await store.person(person).enrollments.last?.next
    }

    package func delivery(_ step: String, of person: String = Event.testPerson) async throws -> DeliveryDetail? {
        try await store.person(person).enrollments.flatMap(\.deliveries).first { $0.step == step }
    }
}
