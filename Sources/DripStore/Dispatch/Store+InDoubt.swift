package import DripCore
import GRDB

/// What reading a conversation did to a delivery in doubt.
package enum Reconciliation: Hashable, Sendable {
    case sent
    /// It arrived, and the rest of its step follows.
    case goesOn
    /// It is sent again, if that is still allowed.
    case again
    /// It did not arrive, and must not be sent to its person any more.
    case skipped(reason: String)
    /// It stays in doubt.
    /// - Parameter nextCheck: when to read the conversation again; nil to leave it to the operator.
    case open(why: String, nextCheck: Instant?)
    /// Nothing was done: the delivery was resolved meanwhile, or the person's next message is being sent or is partly
    /// sent.
    case nothing
}

extension Store {
    /// Returns when to read the next conversation of an account; nil if there is none to read.
    /// - Parameter settling: how long the platform may take to show a message that it accepted.
    package func nextCheck(account: AccountID, settling: Milliseconds) async throws -> Instant? {
        try await read { db in
            try db.row(Self.nextCheck, [settling, account])?["next"]
        }
    }

    /// CROSS JOIN makes SQLite begin with the few deliveries in doubt. Otherwise it begins with all people of the
    /// account.
    private static let looks = """
        delivery CROSS JOIN enrollment ON enrollment.id = delivery.enrollment
        CROSS JOIN person ON person.id = enrollment.person CROSS JOIN address ON address.id = delivery.address
        """

    static let nextCheck = """
        SELECT min(max(look_at, delivery.at + ?)) AS next FROM \(looks) WHERE look_at IS NOT NULL AND address.account = ?
        """

    static let firstInDoubt = """
        SELECT \(Enrollment.columns), \(Person.columns), delivery.step, delivery.part, permission, sequence_hash,
            body_hash, left_at, delivery.at, delivery.echo, delivery.expected
        FROM \(looks) CROSS JOIN account ON account.id = address.account
        WHERE look_at <= ? AND delivery.at <= ? AND address.account = ? ORDER BY left_at LIMIT 1
        """

    /// Returns the account's delivery in doubt whose conversation is to be read now: of several, the one that was sent
    /// first.
    package func deliveryInDoubt(
        account: AccountID,
        settling: Milliseconds,
        now: Instant
    ) async throws -> InDoubtDelivery? {
        try await read { db in
            let row = try db.row(Self.firstInDoubt, [now, now - settling, account])
            return try row.map { row in
                try InDoubtDelivery(
                    row: row,
                    known: Self.messageIDs(of: row["person_id"], db),
                    othersInDoubt: Self.otherDeliveriesInDoubt(row["person_id"], row["enrollment_id"], row["step"], db)
                )
            }
        }
    }

    private static func otherDeliveriesInDoubt(
        _ person: PersonID,
        _ enrollment: EnrollmentID,
        _ step: String,
        _ db: Database
    ) throws -> [ExpectedMessage?] {
        try db.rows(
            """
            SELECT expected FROM delivery JOIN enrollment ON enrollment.id = delivery.enrollment
            WHERE person = ? AND state = 'in_doubt' AND NOT (enrollment.id = ? AND step = ?)
            """,
            [person, enrollment, step]
        ).map { try ExpectedMessage(column: $0["expected"]) }
    }

    /// Returns a file as it was when a message was made from it.
    package func version(_ hash: String) async throws -> SequenceVersion? {
        try await read { try Self.version(hash, $0) }
    }

    /// Applies what the conversation showed, if the delivery is still in doubt.
    package func reconcile(
        _ delivery: InDoubtDelivery,
        _ finding: MatchResult,
        now: Instant
    ) async throws -> Reconciliation {
        try await write { [self] db in
            let row = try db.row(
                """
                SELECT \(Enrollment.columns), \(Person.columns), \(Ledger.inDoubtColumns), looks, resends
                FROM \(Ledger.inDoubt)
                WHERE delivery.enrollment = ? AND step = ? AND part = ? AND left_at = ? AND state = 'in_doubt'
                """,
                [delivery.enrollment.id, delivery.step, delivery.part, delivery.leftAt]
            )
            guard let row else { return .nothing }
            let ledger = Ledger(db: db, catalog: catalog, now: now)
            let person = try Person(row: row, at: Enrollment.columnCount)
            // A message of the conversation may belong to a request that is being sent, or whose answer has arrived
            // meanwhile.
            let sending = "SELECT 1 FROM job JOIN enrollment ON enrollment.id = job.enrollment WHERE person = ?"
            guard try db.row("\(sending) AND claimed_at IS NOT NULL", [person.id]) == nil,
                try Self.messageIDs(of: person.id, db) == delivery.known
            else {
                try ledger.scheduleCheck(delivery.enrollment.id, delivery.step, at: now + .minutes(1))
                return .nothing
            }
            switch finding {
            case .found(let messageID):
                do {
                    switch try ledger.resolveAsDelivered(row, delivery.step, messageID: messageID) {
                    case .over: return .sent
                    case .goesOn: return .goesOn
                    }
                } catch ResolveError.busy {
                    try ledger.scheduleCheck(delivery.enrollment.id, delivery.step, at: now + InDoubtDelivery.settling)
                    return .nothing
                }
            case .unknown(let why):
                let looks: Int = row["looks"] + 1
                return try Self.stay(
                    delivery,
                    why,
                    nextCheck: InDoubtDelivery.wait(afterLooks: looks).map { now + $0 },
                    db
                )
            case .absent: return try Self.absent(delivery, row, ledger)
            }
        }
    }

    /// Records why the conversations of a page are not read for now.
    package func deferReconciliation(_ delivery: InDoubtDelivery, because why: String) async throws {
        try await write { db in
            try db.run(
                "UPDATE delivery SET note = ? WHERE enrollment = ? AND step = ? AND state = 'in_doubt'",
                [why, delivery.enrollment.id, delivery.step]
            )
        }
    }

    /// Does what the operator's `resend` does, unless something has happened since that forbids it.
    private static func absent(_ delivery: InDoubtDelivery, _ row: Row, _ ledger: Ledger) throws -> Reconciliation {
        let db = ledger.db
        // Only an operator may reopen what a rule has ended.
        if let reason = try Ledger.endReason(row) {
            try ledger.close(delivery.enrollment.id, delivery.step, Delivery(state: .skipped, reason: reason))
            return .skipped(reason: reason)
        }
        let resends: Int = row["resends"]
        guard resends < InDoubtDelivery.mostResends else {
            let why =
                "it was sent \(resends + 1) times and never arrived; check the connection to the platform"
            return try stay(delivery, why, nextCheck: nil, db)
        }
        do {
            try ledger.sendAgain(delivery.step, row, resends: resends + 1)
            return .again
        } catch ResolveError.busy {
            try ledger.scheduleCheck(delivery.enrollment.id, delivery.step, at: ledger.now + InDoubtDelivery.settling)
            return .nothing
        } catch let error as ResolveError {
            return try stay(delivery, "it did not arrive, but \(error)", nextCheck: nil, db)
        }
    }

    private static func stay(
        _ delivery: InDoubtDelivery,
        _ why: String,
        nextCheck: Instant?,
        _ db: Database
    ) throws -> Reconciliation {
        try db.run(
            "UPDATE delivery SET looks = looks + 1, look_at = ?, note = ? WHERE enrollment = ? AND step = ?",
            [nextCheck, why, delivery.enrollment.id, delivery.step]
        )
        return .open(why: why, nextCheck: nextCheck)
    }

    /// Returns the platform's ids of all messages to a person that are known to have arrived.
    private static func messageIDs(of person: PersonID, _ db: Database) throws -> Set<String> {
        let rows = try db.rows(
            """
            SELECT message_ids AS ids FROM delivery JOIN enrollment ON enrollment.id = enrollment WHERE person = ?
            UNION ALL SELECT message_ids FROM job JOIN enrollment ON enrollment.id = enrollment WHERE person = ?
            UNION ALL SELECT echo FROM job JOIN enrollment ON enrollment.id = enrollment WHERE person = ?
            UNION ALL SELECT echo FROM delivery JOIN enrollment ON enrollment.id = enrollment WHERE person = ?
            """,
            [person, person, person, person]
        )
        return Set(rows.compactMap { $0["ids"] as String? }.flatMap { $0.split(separator: " ").map(String.init) })
    }
}

extension InDoubtDelivery {
    fileprivate init(row: Row, known: Set<String>, othersInDoubt: [ExpectedMessage?]) throws {
        let permission: String? = row["permission"]
        self.init(
            person: try Person(row: row, at: Enrollment.columnCount),
            enrollment: Enrollment(row: row),
            step: row["step"],
            part: row["part"],
            permission: permission.flatMap(Permission.init(rawValue:)),
            sequenceHash: row["sequence_hash"],
            bodyHash: row["body_hash"],
            leftAt: row["left_at"],
            recordedAt: row["at"],
            known: known,
            echoMessageID: row["echo"],
            expected: try ExpectedMessage(column: row["expected"]),
            othersInDoubt: othersInDoubt
        )
    }
}

extension ExpectedMessage {
    /// nil if nothing was recorded.
    fileprivate init?(column text: String?) throws {
        guard let text else { return nil }
        self = try JSONColumn.read(text, or: .anything)
    }
}
