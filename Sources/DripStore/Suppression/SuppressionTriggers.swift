import DripCore
import GRDB
import Synchronization

/// Collects the stops, pauses, resumptions and erasures of a transaction, whichever statement makes them. A rollback
/// discards them.
///
/// The table and its triggers are temporary: only the writer has them, and the database file does not.
final class SuppressionTriggers: Sendable {
    /// Whether anything may have been collected. Other transactions need no statement to find out.
    private let hasNews = Atomic(false)

    /// Creates the table and its triggers. Call it once on the writer, before it writes.
    func install(_ db: Database) throws {
        let note = DatabaseFunction("suppression_noted", argumentCount: 0) { [self] _ in
            hasNews.store(true, ordering: .relaxed)
            return nil
        }
        db.add(function: note)
        try db.execute(sql: Self.sql)
    }

    /// Records a new person who is stopped from the start. A trigger for this would slow down every insertion of a
    /// person.
    static func note(_ person: Person, _ db: Database) throws {
        try db.run(
            "INSERT INTO suppression_change (page, address, stopped_at, source) VALUES (?, ?, ?, ?)",
            [
                person.address.account.externalID, person.address.externalID, person.stoppedAt,
                person.stoppedBy?.rawValue,
            ]
        )
        _ = try db.row("SELECT suppression_noted()", [])
    }

    private static let sql = """
        CREATE TEMP TABLE suppression_change (
            page TEXT, address TEXT, hash TEXT, erased_at INTEGER, stopped_at INTEGER, paused_at INTEGER, source TEXT);
        CREATE TEMP TRIGGER suppression_of_person AFTER UPDATE OF stopped_at, paused_at ON person
        WHEN old.stopped_at IS NOT new.stopped_at OR old.paused_at IS NOT new.paused_at
        BEGIN
            INSERT INTO suppression_change (page, address, stopped_at, paused_at, source)
            SELECT page, external_id, new.stopped_at, new.paused_at, new.stopped_by
            FROM address JOIN account ON account.id = address.account WHERE address.person = new.id;
            SELECT suppression_noted();
        END;
        CREATE TEMP TRIGGER suppression_of_address AFTER UPDATE OF external_id, person ON address
        BEGIN
            INSERT INTO suppression_change (page, address, stopped_at, paused_at, source)
            SELECT page, new.external_id, stopped_at, paused_at, stopped_by
            FROM account JOIN person ON person.id = new.person
            WHERE account.id = new.account AND (stopped_at IS NOT NULL OR paused_at IS NOT NULL);
            SELECT suppression_noted();
        END;
        CREATE TEMP TRIGGER erasure AFTER INSERT ON forgotten WHEN new.at > 0
        BEGIN
            INSERT INTO suppression_change (hash, erased_at, stopped_at, source)
            VALUES (new.hash, new.at, new.stopped_at, new.stopped_by);
            SELECT suppression_noted();
        END;
        CREATE TEMP TRIGGER erasure_again AFTER UPDATE ON forgotten WHEN new.at > 0
        BEGIN
            INSERT INTO suppression_change (hash, erased_at, stopped_at, source)
            VALUES (new.hash, new.at, new.stopped_at, new.stopped_by);
            SELECT suppression_noted();
        END;
        """

    /// Returns the changes that the transaction has collected, in order, and removes them.
    func take(_ db: Database, instance: String) throws -> [Suppression] {
        guard hasNews.exchange(false, ordering: .relaxed) else { return [] }
        let changes = try db.all("SELECT * FROM suppression_change ORDER BY rowid", []) { row in
            Suppression(row: row, instance: instance)
        }
        try Self.discard(db)
        return changes
    }

    static func discard(_ db: Database) throws {
        try db.run("DELETE FROM suppression_change", [])
    }

    /// Returns all changes that the database knows, to rebuild a lost list.
    static func everything(_ db: Database, instance: String) throws -> [Suppression] {
        let erasures = try db.all(
            """
            SELECT NULL AS page, NULL AS address, hash, at AS erased_at, stopped_at, NULL AS paused_at,
                stopped_by AS source
            FROM forgotten WHERE at > 0
            """,
            []
        ) { Suppression(row: $0, instance: instance) }
        let stops = try db.all(
            """
            SELECT page, external_id AS address, NULL AS hash, NULL AS erased_at, stopped_at, paused_at, stopped_by AS source
            FROM \(Person.joined) WHERE stopped_at IS NOT NULL OR paused_at IS NOT NULL
            """,
            []
        ) { Suppression(row: $0, instance: instance) }
        return erasures + stops
    }
}

extension Suppression {
    fileprivate init(row: Row, instance: String) {
        let source: String? = row["source"]
        let (stoppedAt, pausedAt): (Instant?, Instant?) = (row["stopped_at"], row["paused_at"])
        let by = source.flatMap(ConsentSource.init(rawValue:))
        if let hash: String = row["hash"], let at: Instant = row["erased_at"] {
            self.init(kind: .erased, at: at, stoppedAt: stoppedAt, source: by, hash: hash)
            return
        }
        let hash = Forgotten.hash(row["page"], row["address"], instance)
        if let stoppedAt {
            self.init(kind: .stopped, at: stoppedAt, source: by, hash: hash)
        } else if let pausedAt {
            self.init(kind: .paused, at: pausedAt, hash: hash)
        } else {
            self.init(kind: .resumed, at: Instant(milliseconds: 0), hash: hash)
        }
    }
}
