import DripCore
import GRDB

/// Cuts one address off a person, in the caller's transaction.
///
/// The enrollments stay with the person. An address that the platform named becomes a person of its own; one that people or
/// files gave is removed.
struct PersonCut {
    let ledger: Ledger
    let person: Person
    let address: Address
    /// The person's other addresses; at least one.
    let rest: [Address]
    private var db: Database { ledger.db }

    /// Whether a message to the address is being sent, is partly sent, or has arrived without being recorded yet.
    func isBusy() throws -> Bool {
        let isUnderWay = try db.row(
            """
            SELECT 1 FROM job WHERE enrollment IN (SELECT id FROM enrollment WHERE person = ?)
                AND address = ? AND (part > 0 OR echo IS NOT NULL)
            """,
            [person.id, address.id]
        )
        return try isUnderWay != nil || db.isSending(to: person.id)
    }

    func isInDoubt() throws -> Bool {
        try db.row(
            """
            SELECT 1 FROM delivery WHERE enrollment IN (SELECT id FROM enrollment WHERE person = ?)
                AND address = ? AND state = 'in_doubt'
            """,
            [person.id, address.id]
        ) != nil
    }

    // MARK: A person of its own

    /// Gives the address to a new person. Stops, pauses and withdrawn consents apply to them, too.
    ///
    /// Attributes, names and tags stay with the person, because nothing says whose they are. dripd asks the platform for the new
    /// person's profile.
    func makePerson() throws -> PersonID {
        // Without the times, the next message would count as their first one, and start sequences again.
        let id: PersonID? = try db.first(
            """
            INSERT INTO person (created_at, stopped_at, stopped_by, paused_at, first_message_at, last_wrote_at)
            VALUES (?, ?, ?, ?, ?, ?) RETURNING id
            """,
            [
                ledger.now, person.stoppedAt, person.stoppedBy?.rawValue, person.pausedAt,
                address.windowEnds == nil ? nil : person.firstMessageAt,
                address.windowEnds == nil ? nil : person.lastWroteAt,
            ]
        ) { $0[0] }
        guard let id else { throw DatabaseError(message: "INSERT returned no id") }
        try db.tally("people")
        for record in try db.consents(of: person.id).withdrawalsInEffect { try db.add(record, to: id) }
        try copyLastChange(to: id)
        // 0 marks the profile of an address that has none.
        try db.run(
            "UPDATE address SET person = ?, profile_at = CASE WHEN profile_at = 0 THEN 0 END WHERE id = ?",
            [id, address.id]
        )
        // Events name an account, but no address.
        if !rest.contains(where: { $0.account.id == address.account.id }) {
            try db.run(
                "UPDATE event SET person = ? WHERE person = ? AND account = ?",
                [id, person.id, address.account.id]
            )
        }
        return id
    }

    /// Copies who stopped or paused the person, and why.
    private func copyLastChange(to id: PersonID) throws {
        guard person.stoppedAt != nil || person.pausedAt != nil else { return }
        try db.run(
            """
            INSERT INTO consent_change (person, at, kind, source, reason)
            SELECT ?, at, kind, source, reason FROM consent_change WHERE id = (
                SELECT max(last.id) FROM consent_change AS last WHERE last.person = ? AND last.kind <> 'resumed')
            """,
            [id, person.id]
        )
    }

    // MARK: An address that was given

    /// Removes the address. The consents for its channel end with it.
    /// - Returns: the purposes that were agreed to until now.
    func remove(attribute: String?) throws -> [Purpose] {
        let channel = address.account.channel
        let consents = try db.consents(of: person.id)
        let given = Purpose.allCases.filter { consents.state(on: channel, for: $0) == .given }
        for purpose in given {
            try db.add(
                ConsentRecord(
                    at: ledger.now,
                    kind: .withdrawn,
                    channel: channel,
                    purpose: purpose,
                    source: .operatorCommand,
                    evidence: "the address was removed"
                ),
                to: person.id
            )
        }
        // Otherwise the address would still count as theirs in texts, conditions and suggestions.
        if let attribute, person.attributes[attribute]?.lowercased() == address.externalID.lowercased() {
            var attributes = person.attributes
            attributes[attribute] = nil
            try db.run("UPDATE person SET attributes = ? WHERE id = ?", [try JSONColumn.text(attributes), person.id])
        }
        try db.run("DELETE FROM address WHERE id = ?", [address.id])
        return given
    }

    // MARK: Enrollments

    /// Lets the person's enrollments go on by another address: the one that the enrollment came by, otherwise the first that can
    /// be reached.
    /// - Returns: the sequences whose next step goes to another address now.
    func moveEnrollments() throws -> [String] {
        let standIn = rest.first { $0.unreachable == nil } ?? rest[0]
        try db.run(
            "UPDATE enrollment SET came_by = ? WHERE person = ? AND came_by = ?",
            [standIn.id, person.id, address.id]
        )
        let jobs = try db.all(
            """
            SELECT enrollment.id, enrollment.sequence, enrollment.came_by FROM enrollment
            JOIN job ON job.enrollment = enrollment.id
            WHERE enrollment.person = ? AND job.address = ? ORDER BY enrollment.id
            """,
            [person.id, address.id]
        ) { (id: $0[0] as EnrollmentID, sequence: $0[1] as String, cameBy: $0[2] as AddressID?) }
        for job in jobs {
            let new = rest.first { $0.id == job.cameBy } ?? standIn
            try JobMoves(db: db, now: ledger.now).move(job.id, to: new)
        }
        return jobs.map(\.sequence)
    }
}
