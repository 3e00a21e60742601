package import DripCore
package import DripStore

extension Store {
    /// Looks at one lane alone.
    package func claim(
        lane: LaneID,
        limit: Int,
        examining: Int? = nil,
        turns: SendTurns? = nil,
        now: Instant
    ) async throws -> ClaimReport {
        let opening = LaneOpening(lane: lane, allowance: limit, examining: examining ?? limit, turns: turns)
        let round = try await turn(claiming: [opening], limit: limit, examining: opening.examining, now: now)
        if let failure = round.failure { throw failure }
        // Of a lane that has nothing due there is none.
        var nothing = ClaimReport()
        nothing.isDrained = true
        return round.reports.first?.report ?? nothing
    }

    /// When the lane's next job is due; nil when it has none, and on hold.
    package func nextDue(lane: LaneID) async throws -> Instant? {
        let opening = LaneOpening(lane: lane, allowance: 0, examining: 0)
        return try await turn(claiming: [opening], limit: 0, examining: 0, now: .start).following[lane]
            .flatMap { $0.due < .distantFuture ? $0.due : nil }
    }
}

extension TemporaryStore {
    /// Claims all that is due.
    package func claim(now: Instant) async throws -> [Claim] {
        try await store.claim(lane: lane, limit: 1000, now: now).claims
    }

    /// Records one outcome, as the dispatcher does, with a jitter in the middle.
    /// - Returns: whether the claim was no longer the latest.
    @discardableResult
    package func record(_ outcome: Outcome, of claim: Claim, now: Instant) async throws -> Bool {
        try await store.record([claim.settle(outcome, now: now, jitter: 0.5)], now: now).stale > 0
    }

    /// Claims the one job that is due, which the channel accepts.
    package func send(as messageID: String = "m_1", now: Instant) async throws {
        for claim in try await claim(now: now) {
            try await record(.accepted(messageID: messageID), of: claim, now: now)
        }
    }

    /// The person's ledger, in the order of events: `hello sent`, `day skipped late`.
    package func ledger(of person: String = Event.testPerson) async throws -> [String] {
        try await store.person(person).enrollments.flatMap(\.deliveries)
            .map { delivery in
                [delivery.step, delivery.state, delivery.reason].compactMap(\.self).joined(separator: " ")
            }
    }

    /// The pending work of the person's latest enrollment.
    package func next(of person: String = Event.testPerson) async throws -> NextStepDetail? {
        try await store.person(person).enrollments.last?.next
    }

    package func delivery(_ step: String, of person: String = Event.testPerson) async throws -> DeliveryDetail? {
        try await store.person(person).enrollments.flatMap(\.deliveries).first { $0.step == step }
    }
}
