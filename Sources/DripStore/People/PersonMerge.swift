import DripCore
import GRDB

/// Makes one person of two, in the caller's transaction.
struct PersonMerge {
    let ledger: Ledger
    private var db: Database { ledger.db }

    /// Moves what is stored about a person to another one, and deletes their row. A stop or a pause of either applies to both.
    /// - Parameters:
    ///   - known: the person who stays.
    ///   - settleAddresses: moves or deletes the other person's addresses. Until then their jobs need them.
    func merge(_ other: PersonID, into known: Person, settleAddresses: () throws -> Void) throws {
        let isStopped = try mergeConsent(of: other, into: known)
        try mergeEnrollments(of: other, into: known, isStopped: isStopped)
        try settleAddresses()
        try db.run("UPDATE event SET person = ? WHERE person = ?", [known.id, other])
        try db.run("UPDATE consent SET person = ? WHERE person = ?", [known.id, other])
        try db.run("UPDATE consent_change SET person = ? WHERE person = ?", [known.id, other])
        let row = try db.row("SELECT attributes, tags FROM person WHERE id = ?", [other])
        let attributes = try JSONColumn.texts(row?["attributes"])
        try db.merge(attributes.filter { known.attributes[$0.key] == nil }, into: known.id)
        var tagged = known
        for tag in try JSONColumn.read(row?["tags"], or: [String]()) where tagged.canGet(tag) {
            try db.add(tag: tag, to: known.id)
            tagged.tags.insert(tag)
        }
        try db.run(
            """
            UPDATE person SET zone = coalesce(zone, (SELECT zone FROM person AS other WHERE other.id = ?)),
                first_message_at = \(Self.earlier("first_message_at")), last_wrote_at = \(Self.later("last_wrote_at")),
                human_at = \(Self.later("human_at"))
            WHERE id = ?
            """,
            [other, other, other, other, other, other, other, known.id]
        )
        try db.run("DELETE FROM person WHERE id = ?", [other])
        try db.tally("people", -1)
    }

    /// The later of two times, where NULL is no time.
    private static func later(_ column: String) -> String { choice(column, ">") }
    private static func earlier(_ column: String) -> String { choice(column, "<") }

    private static func choice(_ column: String, _ comparison: String) -> String {
        let other = "(SELECT \(column) FROM person AS other WHERE other.id = ?)"
        return "CASE WHEN \(column) IS NULL OR \(other) \(comparison) \(column) THEN \(other) ELSE \(column) END"
    }

    /// - Returns: whether the person who stays is stopped.
    private func mergeConsent(of other: PersonID, into known: Person) throws -> Bool {
        let row = try db.row("SELECT stopped_at, stopped_by, paused_at FROM person WHERE id = ?", [other])
        let (stoppedAt, stoppedBy, pausedAt): (Instant?, String?, Instant?) =
            (row?["stopped_at"], row?["stopped_by"], row?["paused_at"])
        guard known.stoppedAt == nil else { return true }
        if let stoppedAt {
            try db.run(
                "UPDATE person SET stopped_at = ?, stopped_by = ?, paused_at = NULL WHERE id = ?",
                [stoppedAt, stoppedBy, known.id]
            )
            _ = try ledger.stop(known.id, sequence: nil, .stopped)
            return true
        }
        if let pausedAt, known.pausedAt == nil {
            try db.run("UPDATE person SET paused_at = ? WHERE id = ?", [pausedAt, known.id])
        }
        return false
    }

    private func mergeEnrollments(of other: PersonID, into known: Person, isStopped: Bool) throws {
        let others = try db.rows("SELECT sequence, anchor, ended_at FROM enrollment WHERE person = ?", [known.id])
        let had = Set(others.map { $0["sequence"] as String })
        let enrollments = try db.rows(
            "SELECT id, sequence, anchor FROM enrollment WHERE person = ? ORDER BY id",
            [other]
        )
        for row in enrollments {
            let sequence: String = row["sequence"]
            if !isStopped, !had.contains(sequence) { try end(others, of: known, at: row) }
            // A stop, or an earlier enrollment in the sequence, applies to the merged person, too.
            if isStopped || had.contains(sequence) {
                _ = try ledger.stop(other, sequence: sequence, isStopped ? .stopped : .sameSequence)
            }
            try db.run(
                """
                UPDATE enrollment SET person = ?, round = (
                    SELECT coalesce(max(round), 0) + 1 FROM enrollment WHERE person = ? AND sequence = ?)
                WHERE id = ?
                """,
                [known.id, known.id, sequence, row["id"] as EnrollmentID]
            )
        }
    }

    /// Ends the known person's enrollments in sequences that stop when another sequence starts.
    private func end(_ others: [Row], of known: Person, at started: Row) throws {
        let (sequence, anchor): (String, Instant) = (started["sequence"], started["anchor"])
        for other in others {
            let (id, since, endedAt): (String, Instant, Instant?) = (
                other["sequence"], other["anchor"], other["ended_at"]
            )
            guard endedAt == nil, since < anchor else { continue }
            guard ledger.catalog[id]?.stop.contains(.sequence(sequence)) ?? false else { continue }
            _ = try ledger.stop(known.id, sequence: id, .otherSequence)
        }
    }
}
