package import ControlAPI
import DripCore
import GRDB

extension Store {
    package func status() async throws -> StoreStatus {
        try await read { try Self.sums($0) }
    }

    /// - Parameter isCurrent: false for a database of an older dripd. Sums for which it has no column are 0.
    static func sums(_ db: Database, isCurrent: Bool = true) throws -> StoreStatus {
        let tally = Dictionary(
            uniqueKeysWithValues: try db.rows("SELECT name, value FROM tally", [])
                .map { row -> (String, Int) in (row["name"], row["value"]) }
        )
        // Reads the first entry of each account's part of the index. Never scans the jobs.
        let nextDue = try db.row(
            isCurrent
                ? """
                SELECT min(due) AS due FROM (
                    SELECT (SELECT min(due) FROM job WHERE job.account = account.id AND claimed_at IS NULL) AS due
                    FROM account)
                """ : "SELECT min(due) AS due FROM job WHERE claimed_at IS NULL",
            []
        )
        let due: Instant? = nextDue?["due"]
        func count(_ rows: String) throws -> Int {
            try isCurrent ? db.row("SELECT count(*) AS count FROM \(rows)", [])?["count"] ?? 0 : 0
        }
        let undecided = try count("delivery WHERE state = 'in_doubt' AND look_at IS NULL")
        let paused = try count("person WHERE paused_at IS NOT NULL")
        func sum(_ name: String) -> Int { tally[name] ?? 0 }
        return StoreStatus(
            people: sum("people"),
            enrolled: sum("enrolled"),
            underWay: sum("under_way"),
            sent: sum(Delivery.State.sent.rawValue),
            skipped: sum(Delivery.State.skipped.rawValue),
            failed: sum(Delivery.State.failed.rawValue),
            inDoubt: sum(Delivery.State.inDoubt.rawValue),
            undecided: undecided,
            paused: paused,
            nextDue: due == .distantFuture ? nil : due
        )
    }

    /// Returns deliveries in doubt, then jobs that are being sent, then waiting jobs; each group soonest first.
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
        let job = """
            SELECT page, external_id AS address, sequence, step, due, attempt, waiting_for, error, NULL AS next_look FROM job
            JOIN enrollment ON enrollment.id = job.enrollment
            JOIN address ON address.id = job.address
            JOIN account ON account.id = job.account
            """
        return switch state {
        case .waiting: "\(job) WHERE claimed_at IS NULL ORDER BY due LIMIT ?"
        case .sending: "\(job) WHERE claimed_at IS NOT NULL ORDER BY claimed_at LIMIT ?"
        case .inDoubt:
            """
            SELECT page, external_id AS address, sequence, step, at AS due, attempts AS attempt, NULL AS waiting_for,
                reason || coalesce('; ' || note, '') AS error,
                max(look_at, at + \(InDoubtDelivery.settling.milliseconds)) AS next_look
            FROM delivery JOIN enrollment ON enrollment.id = delivery.enrollment
            JOIN address ON address.id = delivery.address JOIN account ON account.id = address.account
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
            nextCheck: row["next_look"]
        )
    }
}
