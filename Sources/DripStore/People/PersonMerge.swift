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
        try nameAddresses(ofDeliveriesTo: other)
        try mergeEnrollments(of: other, into: known, isStopped: isStopped)
        try settleAddresses()
        try db.run("UPDATE event SET person = ? WHERE person = ?", [known.id, other])
        try mergeConsents(of: other, into: known.id)
        try db.run("UPDATE consent_change SET person = ? WHERE person = ?", [known.id, other])
        try db.run("UPDATE link SET person = ? WHERE person = ?", [known.id, other])
        try db.run("UPDATE link SET other = ? WHERE other = ? AND kind = 'cut'", [known.id, other])
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

    /// Moves the records of what they agreed to. What either of them withdrew stays withdrawn.
    private func mergeConsents(of other: PersonID, into known: PersonID) throws {
        let (own, others) = (try db.consents(of: known), try db.consents(of: other))
        try db.run("UPDATE consent SET person = ? WHERE person = ?", [known, other])
        let joined = try db.consents(of: known)
        let repeated = joined.withdrawalsToRepeat(own, others, at: ledger.now)
        for record in repeated { try db.add(record, to: known) }
        guard (joined + repeated).withdrawal(on: nil, for: .promotion) != nil else { return }
        try AddressBook(ledger: ledger).endPromotion(of: known)
    }

    /// Writes the address to deliveries that are older than addresses. Until then they went to the address whose id is the
    /// person's.
    private func nameAddresses(ofDeliveriesTo person: PersonID) throws {
        try db.run(
            """
            UPDATE delivery SET address = ? WHERE address IS NULL AND permission IS NOT NULL
                AND enrollment IN (SELECT id FROM enrollment WHERE person = ?)
                AND EXISTS (SELECT 1 FROM address WHERE id = ? AND person = ?)
            """,
            [person.rawValue, person, person.rawValue, person]
        )
    }

    /// Moves a person's addresses to another one. An address that both gave stays once.
    func moveAddresses(of other: PersonID, to known: PersonID) throws {
        for (copy, kept) in try db.all(
            Self.addressesOfBoth,
            [other, known],
            { ($0[0] as AddressID, $0[1] as AddressID) }
        ) {
            try db.run(
                """
                UPDATE address SET unreachable = coalesce(unreachable, (SELECT unreachable FROM address WHERE id = ?)),
                    blocked_at = coalesce(blocked_at, (SELECT blocked_at FROM address WHERE id = ?))
                WHERE id = ?
                """,
                [copy, copy, kept]
            )
            try replace(copy, by: kept, in: known)
            try db.run("DELETE FROM address WHERE id = ?", [copy])
        }
        try db.run("UPDATE address SET person = ? WHERE person = ?", [known, other])
    }

    private static let addressesOfBoth = """
        SELECT copy.id, kept.id FROM address AS copy JOIN address AS kept
            ON kept.account = copy.account AND kept.external_id = copy.external_id
        WHERE copy.person = ? AND kept.person = ?
        """

    /// Lets the person's enrollments name another address of the same account. Both people's enrollments are theirs by now.
    func replace(_ address: AddressID, by other: AddressID, in person: PersonID) throws {
        let enrollments = "enrollment IN (SELECT id FROM enrollment WHERE person = ?)"
        for table in ["job", "delivery"] {
            try db.run(
                "UPDATE \(table) SET address = ? WHERE \(enrollments) AND address = ?",
                [other, person, address]
            )
        }
        try db.run(
            """
            UPDATE attempt SET address = ? WHERE \(enrollments) AND address = ? AND NOT EXISTS (
                SELECT 1 FROM attempt AS own WHERE own.enrollment = attempt.enrollment AND own.step = attempt.step AND own.address = ?)
            """,
            [other, person, address, other]
        )
        try db.run("UPDATE enrollment SET came_by = ? WHERE person = ? AND came_by = ?", [other, person, address])
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

extension Database {
    /// Whether a message to the person is being sent. Until its outcome is recorded, they must stay the same person.
    func isSending(to person: PersonID) throws -> Bool {
        try row(
            "SELECT 1 FROM job WHERE enrollment IN (SELECT id FROM enrollment WHERE person = ?) AND claimed_at IS NOT NULL",
            [person]
        ) != nil
    }
}
