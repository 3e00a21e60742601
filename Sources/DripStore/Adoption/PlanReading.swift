package import ControlAPI
package import DripCore
import GRDB

/// Reads the people under way for a plan, one after the other: a million of them do not fit into memory.
struct PlanReading {
    private var tally: PlanTally
    /// The maximum number of people to list.
    private let people: Int
    private var listed: [PersonPlan] = []
    private var more = 0
    private var enrollments = EnrollmentReading()
    /// Of so many people under way, the steps ahead of one are foreseen.
    private var stride = 1
    private var read = 0

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
            let underWay: Int = try db.row(underWay, [sequence])?["count"] ?? 0
            (reading.stride, reading.read) = (1 + (underWay - 1) / PlanTally.mostForeseen, 0)
            try reading.look(at: cursor(db, EnrollmentReading.underWay, [sequence, 0, -1]), db)
            guard reading.tally.reopens(sequence), let end = after[sequence]?.steps.last?.position else { continue }
            try reading.look(at: cursor(db, EnrollmentReading.finished, [sequence, end, Int64.min, 0, -1]), db)
        }
        return PlanReport(plan: reading.tally.plan, people: reading.listed, morePeople: reading.more)
    }

    private init(tally: PlanTally, people: Int) {
        self.tally = tally
        self.people = people
    }

    private static let underWay = "SELECT count(*) AS count FROM enrollment WHERE sequence = ? AND ended_at IS NULL"

    private mutating func look(at rows: RowCursor, _ db: Database) throws {
        while let row = try rows.next() {
            let state = enrollments.state(row)
            read += 1
            let isForeseen = (read - 1).isMultiple(of: stride)
            let touched = try tally.add(state) {
                guard isForeseen, let person = try db.first(Self.person, [state.person.address.id], Person.init(row:))
                else {
                    return nil
                }
                return (person, try db.ways(of: person.id, for: state.job))
            }
            guard let touched else { continue }
            if listed.count < people { listed.append(touched) } else { more += 1 }
        }
    }

    private static let person = "SELECT \(Person.columns) FROM \(Person.joined) WHERE address.id = ?"

    /// Opens a cursor over all rows: SQLite takes a negative limit for none.
    private static func cursor(_ db: Database, _ sql: String, _ arguments: StatementArguments) throws -> RowCursor {
        try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
    }
}

extension Store {
    /// Returns what adopting a catalog would do. Changes nothing.
    /// - Parameter people: the maximum number of people to list.
    package func plan(_ catalog: Catalog, people: Int, now: Instant) async throws -> PlanReport {
        let before = self.catalog
        return try await read { db in
            try PlanReading.report(db, from: before, to: catalog, people: people, now: now)
        }
    }
}
