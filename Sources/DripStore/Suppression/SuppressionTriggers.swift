import DripCore
import GRDB
import Synchronization

/// Collects the stops, pauses, resumptions, withdrawals and erasures of a transaction, whichever statement makes them. A rollback
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
            page TEXT, address TEXT, hash TEXT, erased_at INTEGER, stopped_at INTEGER, paused_at INTEGER, source TEXT,
            consent TEXT, consent_at INTEGER, channel TEXT, purpose TEXT);
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
            INSERT INTO suppression_change (page, address, consent, consent_at, channel, purpose, source)
            SELECT page, new.external_id, consent.kind, consent.at, consent.channel, purpose, source
            FROM consent JOIN account ON account.id = new.account
            WHERE consent.person = new.person
                AND EXISTS (SELECT 1 FROM consent AS other WHERE other.person = new.person AND other.kind = 'withdrawn')
            ORDER BY consent.id;
            SELECT suppression_noted();
        END;
        -- What was never withdrawn needs no line: a copy that does not know of a consent sends nothing by it.
        CREATE TEMP TRIGGER suppression_of_consent AFTER INSERT ON consent
        WHEN new.kind = 'withdrawn' OR EXISTS (SELECT 1 FROM consent WHERE person = new.person AND kind = 'withdrawn')
        BEGIN
            INSERT INTO suppression_change (page, address, consent, consent_at, channel, purpose, source)
            SELECT page, external_id, new.kind, new.at, new.channel, new.purpose, new.source
            FROM address JOIN account ON account.id = address.account WHERE address.person = new.person;
            SELECT suppression_noted();
        END;
        CREATE TEMP TRIGGER suppression_of_moved_consent AFTER UPDATE OF person ON consent
        WHEN EXISTS (SELECT 1 FROM consent WHERE person = new.person AND kind = 'withdrawn')
        BEGIN
            INSERT INTO suppression_change (page, address, consent, consent_at, channel, purpose, source)
            SELECT page, external_id, new.kind, new.at, new.channel, new.purpose, new.source
            FROM address JOIN account ON account.id = address.account WHERE address.person = new.person;
            SELECT suppression_noted();
        END;
        CREATE TEMP TRIGGER erasure AFTER INSERT ON forgotten WHEN new.at > 0
        BEGIN
            INSERT INTO suppression_change (hash, erased_at, stopped_at, source)
            VALUES (new.hash, new.at, new.stopped_at, new.stopped_by);
            SELECT suppression_noted();
        END;
        CREATE TEMP TRIGGER erasure_again AFTER UPDATE OF at, stopped_at ON forgotten WHEN new.at > 0
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
            guard row["consent"] == nil else {
                return Suppression(consentOf: row, hash: Forgotten.hash(row["page"], row["address"], instance))
            }
            return Suppression(row: row, instance: instance)
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
        return erasures + stops + (try consents(db, instance: instance))
    }

    /// Returns what people withdrew, and gave again.
    private static func consents(_ db: Database, instance: String) throws -> [Suppression] {
        let stored = try db.all(
            """
            SELECT page, external_id AS address, consent.kind AS consent, consent.at AS consent_at,
                consent.channel AS channel, purpose, source
            FROM consent JOIN address ON address.person = consent.person JOIN account ON account.id = address.account
            WHERE consent.person IN (SELECT person FROM consent WHERE kind = 'withdrawn') ORDER BY consent.id
            """,
            []
        ) { row in
            Suppression(
                consentOf: row,
                hash: Forgotten.hash(row["page"], row["address"], instance)
            )
        }
        let kept = try db.all("SELECT hash, consents FROM forgotten WHERE consents IS NOT NULL", []) { row in
            let records = try JSONColumn.read(row["consents"], or: [ConsentRecord]())
            return records.map { Suppression($0, hash: row["hash"]) }
        }
        return stored + kept.joined()
    }
}

extension Suppression {
    fileprivate init(consentOf row: Row, hash: String) {
        let (channel, purpose): (String?, String?) = (row["channel"], row["purpose"])
        self.init(
            ConsentRecord(
                at: row["consent_at"],
                kind: ConsentRecord.Kind(rawValue: row["consent"]) ?? .withdrawn,
                channel: channel.map(ChannelName.init(rawValue:)),
                purpose: purpose.flatMap(Purpose.init(rawValue:)),
                source: ConsentRecord.Source(rawValue: row["source"]) ?? .operatorCommand
            ),
            hash: hash
        )
    }

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
