package import DripCore
import Foundation
package import GRDB

// GRDB reads a `StatementColumnConvertible` directly from SQLite, without an intermediate `DatabaseValue`.

extension Instant: DatabaseValueConvertible, StatementColumnConvertible {
    package init?(sqliteStatement: SQLiteStatement, index: CInt) {
        self.init(milliseconds: Int64(sqliteStatement: sqliteStatement, index: index))
    }

    package var databaseValue: DatabaseValue { milliseconds.databaseValue }

    package static func fromDatabaseValue(_ value: DatabaseValue) -> Instant? {
        Int64.fromDatabaseValue(value).map(Instant.init(milliseconds:))
    }
}

extension Milliseconds: DatabaseValueConvertible, StatementColumnConvertible {
    package init?(sqliteStatement: SQLiteStatement, index: CInt) {
        self.init(Int64(sqliteStatement: sqliteStatement, index: index))
    }

    package var databaseValue: DatabaseValue { milliseconds.databaseValue }

    package static func fromDatabaseValue(_ value: DatabaseValue) -> Milliseconds? {
        Int64.fromDatabaseValue(value).map(Milliseconds.init(_:))
    }
}

extension PersonID: DatabaseValueConvertible, StatementColumnConvertible {}
extension AccountID: DatabaseValueConvertible, StatementColumnConvertible {}
extension AddressID: DatabaseValueConvertible, StatementColumnConvertible {}
extension EnrollmentID: DatabaseValueConvertible, StatementColumnConvertible {}

extension Person {
    /// The columns that `init(row:at:)` reads, from the tables `person`, `address` and `account`.
    static let columns = """
        person.id AS person_id, address.account AS account, account.page AS page, address.external_id AS address,
        person.attributes AS attributes, person.zone AS zone, person.first_message_at AS first_message_at,
        address.window_ends AS window_ends, address.unreachable AS unreachable, person.stopped_at AS stopped_at,
        person.tags AS tags, person.last_wrote_at AS last_wrote_at, person.human_at AS human_at,
        address.subscriptions AS subscriptions, person.stopped_by AS stopped_by, person.paused_at AS paused_at,
        address.id AS address_id, account.channel AS channel, address.details AS details
        """

    /// The tables of `columns`, from a person's side: a row for each address.
    static let joined = """
        person JOIN address ON address.person = person.id JOIN account ON account.id = address.account
        """

    /// Selects one row of `joined` for each person.
    static let firstAddress = "address.id = (SELECT min(first.id) FROM address AS first WHERE first.person = person.id)"

    /// The person whom an account's channel knows by an id.
    static let known = """
        SELECT \(columns) FROM address JOIN person ON person.id = address.person JOIN account ON account.id = address.account
        WHERE address.account = ? AND address.external_id = ? AND address.given_by IS NULL
        """

    /// The number of `columns`.
    static let columnCount = 19

    init(row: Row) throws {
        try self.init(row: row, at: 0)
    }

    /// Reads columns by number: a lookup by name would cost time for each message.
    /// - Parameter first: the number of the first of `columns`.
    init(row: Row, at first: Int) throws {
        let zone: String? = row[first + 5]
        let stoppedBy: String? = row[first + 14]
        self.init(
            id: row[first],
            address: Address(
                id: row[first + 16],
                account: Account(
                    id: row[first + 1],
                    channel: ChannelName(rawValue: row[first + 17]),
                    externalID: row[first + 2]
                ),
                externalID: row[first + 3],
                windowEnds: row[first + 7],
                unreachable: row[first + 8],
                subscriptions: try JSONColumn.read(row[first + 13], or: []),
                details: row[first + 18]
            ),
            attributes: try JSONColumn.texts(row[first + 4]),
            zone: zone.flatMap(TimeZone.init(identifier:)),
            firstMessageAt: row[first + 6],
            stoppedAt: row[first + 9],
            stoppedBy: stoppedBy.flatMap(ConsentSource.init(rawValue:)),
            pausedAt: row[first + 15],
            tags: Set(try JSONColumn.read(row[first + 10], or: [String]())),
            lastWroteAt: row[first + 11],
            humanAt: row[first + 12]
        )
    }
}

extension Enrollment {
    /// The position is the job's, if it has one. The comment is included only until a delivery has used its one reply.
    static let columns = columns(positionOfJob: "(SELECT position FROM job WHERE job.enrollment = enrollment.id)")

    /// The same columns if `job` is joined.
    static let columnsWithJob = columns(positionOfJob: "job.position")

    private static func columns(positionOfJob: String) -> String {
        """
        enrollment.id AS enrollment_id, enrollment.person AS enrollment_person, enrollment.sequence AS sequence,
        enrollment.round AS round, enrollment.anchor AS anchor,
        coalesce(\(positionOfJob), enrollment.position) AS position, enrollment.version AS version,
        CASE WHEN enrollment.comment IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM delivery WHERE delivery.enrollment = enrollment.id AND permission = 'private_reply')
        THEN enrollment.comment END AS comment, enrollment.came_by AS came_by
        """
    }

    /// The number of `columns`.
    static let columnCount = 9

    /// Reads a row that begins with `columns`.
    init(row: Row) {
        self.init(
            id: row[0],
            person: row[1],
            sequence: row[2],
            round: row[3],
            anchor: row[4],
            position: row[5],
            version: row[6],
            comment: row[7],
            cameBy: row[8]
        )
    }
}

extension Job {
    /// The columns of a job, its enrollment and its person.
    static let columns = """
        \(Enrollment.columnsWithJob), \(Person.columns), job.step AS step, job.due AS due, job.scheduled AS scheduled,
        job.attempt AS attempt, job.part AS part, job.waiting_for AS waiting_for, job.held_by AS held_by
        """

    /// The number of `columns`.
    static let columnCount = Enrollment.columnCount + Person.columnCount + 7

    /// The tables of a `Job`. The person's address is the one by which the step is to be sent.
    static let joined = """
        job JOIN enrollment ON enrollment.id = job.enrollment JOIN person ON person.id = enrollment.person
        JOIN address ON address.id = job.address JOIN account ON account.id = address.account
        """

    /// Reads a row that begins with `columns`.
    init(row: Row) throws {
        let own = Enrollment.columnCount + Person.columnCount
        let waitingFor: String? = row[own + 5]
        let heldBy: String? = row[own + 6]
        self.init(
            enrollment: Enrollment(row: row),
            person: try Person(row: row, at: Enrollment.columnCount),
            step: row[own],
            scheduled: row[own + 2],
            attempt: row[own + 3],
            part: row[own + 4],
            waitingFor: waitingFor.flatMap(WaitReason.init(rawValue:)),
            heldBy: heldBy.flatMap(WaitReason.init(rawValue:))
        )
    }
}

extension Database {
    /// Runs a statement and keeps it prepared: for constant SQL on the hot path.
    func run(_ sql: String, _ arguments: StatementArguments) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// Reads each row in place. A copy of the row would be allocated, and its columns found by comparing names.
    /// - Parameter read: must run no statement.
    func all<Value>(
        _ sql: String,
        _ arguments: StatementArguments,
        _ read: (Row) throws -> Value
    ) throws -> [Value] {
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        var values: [Value] = []
        while let row = try rows.next() { values.append(try read(row)) }
        return values
    }

    /// Reads the first row in place; nil if there is none.
    func first<Value>(
        _ sql: String,
        _ arguments: StatementArguments,
        _ read: (Row) throws -> Value
    ) throws -> Value? {
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        // A deallocated cursor resets its statement, and the row would be all NULL.
        return try withExtendedLifetime(rows) { try rows.next().map(read) }
    }

    func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    /// Returns the greatest id in a table; 0 if it is empty.
    func greatestID(in table: String) throws -> Int64 {
        try first("SELECT coalesce(max(id), 0) FROM \(table)", []) { $0[0] } ?? 0
    }

    /// Returns the greatest id that a table with AUTOINCREMENT ever had; 0 if it had none. Such an id is not used again.
    func greatestIDEver(in table: String) throws -> Int64 {
        try first("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?", [table]) { $0[0] } ?? 0
    }

    /// Adds to one of the sums of `dripd status`.
    func tally(_ name: String, _ change: Int = 1) throws {
        try run(
            "INSERT INTO tally (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
            [name, change]
        )
    }
}
