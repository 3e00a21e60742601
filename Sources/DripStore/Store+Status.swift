package import DripCore
import GRDB

/// The sums of a state, as `dripd status` shows them.
package struct StoreStatus: Codable, Hashable, Sendable {
    package var people: Int
    package var enrolled: Int
    package var underWay: Int
    package var sent: Int
    package var skipped: Int
    package var failed: Int
    package var inDoubt: Int
    /// Of those in doubt, what no conversation ended: the next word is the operator's.
    package var undecided: Int
    /// People whose messages are paused until an operator decides.
    package var paused = 0
    package var nextDue: Instant?
}

/// Pending work, or a delivery in doubt, as `dripd jobs list` shows it.
package struct JobSummary: Codable, Hashable, Sendable {
    package enum State: String, Codable, CaseIterable, Sendable {
        case waiting
        case sending
        case inDoubt = "in_doubt"
    }

    package var state: State
    package var page: String
    package var person: String
    package var sequence: String
    package var step: String
    /// When it is looked at next; when it left, for one in doubt.
    package var due: Instant
    package var attempt: Int
    package var waitingFor: String?
    package var error: String?
    /// For one in doubt: when its conversation is looked at next; nil: the next word is the operator's.
    package var nextLook: Instant?
}

extension Store {
    package func status() async throws -> StoreStatus {
        try await read { try Self.sums($0) }
    }

    /// - Parameter isCurrent: false of a database that an earlier dripd wrote: what it has no column for is 0.
    static func sums(_ db: Database, isCurrent: Bool = true) throws -> StoreStatus {
        let tally = Dictionary(
            uniqueKeysWithValues: try db.rows("SELECT name, value FROM tally", [])
                .map { row -> (String, Int) in (row["name"], row["value"]) }
        )
        // One look at the head of each lane's part of the index, never a scan of the jobs.
        let nextDue = try db.row(
            """
            SELECT min(due) AS due FROM (
                SELECT (SELECT min(due) FROM job WHERE job.lane = lane.id AND claimed_at IS NULL) AS due FROM lane)
            """,
            []
        )
        let due: Instant? = nextDue?["due"]
        let undecided =
            try !isCurrent
            ? nil
            : db.row("SELECT count(*) AS count FROM delivery WHERE state = 'in_doubt' AND look_at IS NULL", [])
        let paused =
            try !isCurrent
            ? nil : db.row("SELECT count(*) AS count FROM person WHERE paused_at IS NOT NULL", [])
        return StoreStatus(
            people: tally["people"] ?? 0,
            enrolled: tally["enrolled"] ?? 0,
            underWay: tally["under_way"] ?? 0,
            sent: tally[Delivery.State.sent.rawValue] ?? 0,
            skipped: tally[Delivery.State.skipped.rawValue] ?? 0,
            failed: tally[Delivery.State.failed.rawValue] ?? 0,
            inDoubt: tally[Delivery.State.inDoubt.rawValue] ?? 0,
            undecided: undecided?["count"] ?? 0,
            paused: paused?["count"] ?? 0,
            nextDue: due == .distantFuture ? nil : due
        )
    }

    /// Deliveries in doubt, then what is on its way, then what waits, soonest first.
    package func jobs(_ states: [JobSummary.State], limit: Int) async throws -> [JobSummary] {
        try await read { db in
            var jobs: [JobSummary] = []
            for state in JobSummary.State.allCases.reversed() where states.contains(state) && jobs.count < limit {
                jobs += try db.rows(Self.jobs(state), [limit - jobs.count]).map { JobSummary(state, row: $0) }
            }
            return jobs
        }
    }

    private static func jobs(_ state: JobSummary.State) -> String {
        let people = "JOIN person ON person.id = enrollment.person JOIN lane ON lane.id = person.lane"
        let job = """
            SELECT page, address, sequence, step, due, attempt, waiting_for, error, NULL AS next_look FROM job
            JOIN enrollment ON enrollment.id = job.enrollment \(people)
            """
        return switch state {
        case .waiting: "\(job) WHERE claimed_at IS NULL ORDER BY due LIMIT ?"
        case .sending: "\(job) WHERE claimed_at IS NOT NULL ORDER BY claimed_at LIMIT ?"
        case .inDoubt:
            """
            SELECT page, address, sequence, step, at AS due, attempts AS attempt, NULL AS waiting_for,
                reason || coalesce('; ' || note, '') AS error,
                max(look_at, at + \(Doubt.settling.milliseconds)) AS next_look
            FROM delivery JOIN enrollment ON enrollment.id = delivery.enrollment \(people)
            WHERE state = 'in_doubt' ORDER BY at LIMIT ?
            """
        }
    }
}

extension JobSummary {
    init(_ state: State, row: Row) {
        self.init(
            state: state,
            page: row["page"],
            person: row["address"],
            sequence: row["sequence"],
            step: row["step"],
            due: row["due"],
            attempt: row["attempt"],
            waitingFor: row["waiting_for"],
            error: row["error"],
            nextLook: row["next_look"]
        )
    }
}
