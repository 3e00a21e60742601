import DripCore
import GRDB

/// Reads all that a plan asks of the people under way, one after the other: a million of them fit into no memory.
struct PlanReading {
    private var tally: PlanTally
    /// How many people to list at most.
    private let people: Int
    private var listed: [PersonPlan] = []
    private var more = 0
    private var enrollments = EnrollmentReading()

    static func report(
        _ db: Database,
        from before: Catalog,
        to after: Catalog,
        people: Int,
        now: Instant
    ) throws -> PlanReport {
        let known = Dictionary(
            uniqueKeysWithValues: try db.rows("SELECT id, version FROM sequence", [])
                .map { row -> (String, String) in (row["id"], row["version"]) }
        )
        var reading = PlanReading(
            tally: PlanTally(before: before, after: after, known: known, now: now),
            people: people
        )
        for sequence in reading.tally.changed {
            try reading.look(at: cursor(db, EnrollmentReading.underWay, [sequence, 0, -1]))
            guard reading.tally.reopens(sequence), let end = after[sequence]?.steps.last?.position else { continue }
            try reading.look(at: cursor(db, EnrollmentReading.finished, [sequence, end, Int64.min, 0, -1]))
        }
        return PlanReport(plan: reading.tally.plan, people: reading.listed, morePeople: reading.more)
    }

    private init(tally: PlanTally, people: Int) {
        self.tally = tally
        self.people = people
    }

    private mutating func look(at rows: RowCursor) throws {
        while let row = try rows.next() {
            guard let touched = tally.add(enrollments.state(row)) else { continue }
            if listed.count < people { listed.append(touched) } else { more += 1 }
        }
    }

    /// All of them: SQLite takes a negative limit for none.
    private static func cursor(_ db: Database, _ sql: String, _ arguments: StatementArguments) throws -> RowCursor {
        try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
    }
}
