package import DripCore
import GRDB

/// What a look at a conversation did to a delivery in doubt.
package enum Reconciliation: Hashable, Sendable {
    case sent
    /// It arrived, and what is left of its step follows.
    case goesOn
    /// It goes out once more, if that is still allowed.
    case again
    /// It did not arrive, and its person is not to get it any more.
    case skipped(reason: String)
    /// It stays in doubt.
    /// - Parameter nextLook: nil: the next word is the operator's.
    case open(why: String, nextLook: Instant?)
    /// Somebody else has ended the doubt meanwhile, or the person's next message is on its way, or half there: nothing was done.
    case nothing
}

extension Store {
    /// When the next conversation of a page is to be looked at; nil when none is.
    /// - Parameter settling: how long the platform may take to show what it took.
    package func nextLook(lane: LaneID, settling: Span) async throws -> Instant? {
        try await read { db in
            try db.row(Self.nextLook, [settling, lane])?["next"]
        }
    }

    /// CROSS JOIN: from the few that are in doubt. SQLite would begin with all the people of the page.
    private static let looks = """
        delivery CROSS JOIN enrollment ON enrollment.id = delivery.enrollment
        CROSS JOIN person ON person.id = enrollment.person
        """

    static let nextLook = """
        SELECT min(max(look_at, delivery.at + ?)) AS next FROM \(looks) WHERE look_at IS NOT NULL AND person.lane = ?
        """

    static let firstDoubt = """
        SELECT \(Enrollment.columns), \(Person.columns), delivery.step, delivery.part, permission, sequence_hash,
            body_hash, left_at, delivery.at, delivery.echo, delivery.expected
        FROM \(looks) CROSS JOIN lane ON lane.id = person.lane
        WHERE look_at <= ? AND delivery.at <= ? AND person.lane = ? ORDER BY left_at LIMIT 1
        """

    /// The delivery in doubt of a page whose conversation is to be looked at now: of several, the one that left first.
    package func doubt(lane: LaneID, settling: Span, now: Instant) async throws -> Doubt? {
        try await read { db in
            let row = try db.row(Self.firstDoubt, [now, now - settling, lane])
            return try row.map { row in
                try Doubt(
                    row: row,
                    known: Self.messageIDs(of: row["person_id"], db),
                    rivals: Self.otherDoubts(row["person_id"], row["enrollment_id"], row["step"], db)
                )
            }
        }
    }

    private static func otherDoubts(
        _ person: PersonID,
        _ enrollment: EnrollmentID,
        _ step: String,
        _ db: Database
    ) throws -> [Sought?] {
        try db.rows(
            """
            SELECT expected FROM delivery JOIN enrollment ON enrollment.id = delivery.enrollment
            WHERE person = ? AND state = 'in_doubt' AND NOT (enrollment.id = ? AND step = ?)
            """,
            [person, enrollment, step]
        ).map { try Sought(column: $0["expected"]) }
    }

    /// A file as it was when a message was made from it.
    package func version(_ hash: String) async throws -> SequenceVersion? {
        try await read { try Self.version(hash, $0) }
    }

    /// Does what a look at the conversation showed, if the doubt is still there.
    package func reconcile(_ doubt: Doubt, _ finding: Finding, now: Instant) async throws -> Reconciliation {
        try await write { [self] db in
            let row = try db.row(
                """
                SELECT \(Enrollment.columns), \(Person.columns), \(Ledger.doubtColumns), looks, resends
                FROM \(Ledger.doubts)
                WHERE delivery.enrollment = ? AND step = ? AND part = ? AND left_at = ? AND state = 'in_doubt'
                """,
                [doubt.enrollment.id, doubt.step, doubt.part, doubt.leftAt]
            )
            guard let row else { return .nothing }
            let ledger = Ledger(db: db, catalog: catalog, now: now)
            let person = try Person(row: row, at: Enrollment.columnCount)
            // Another message that was read may be on its way, or its answer have come meanwhile.
            let sending = "SELECT 1 FROM job JOIN enrollment ON enrollment.id = job.enrollment WHERE person = ?"
            guard try db.row("\(sending) AND claimed_at IS NOT NULL", [person.id]) == nil,
                try Self.messageIDs(of: person.id, db) == doubt.known
            else {
                try ledger.lookAgain(doubt.enrollment.id, doubt.step, at: now + .minutes(1))
                return .nothing
            }
            switch finding {
            case .found(let messageID):
                do {
                    switch try ledger.arrived(row, doubt.step, messageID: messageID) {
                    case .over: return .sent
                    case .goesOn: return .goesOn
                    }
                } catch ResolveError.busy {
                    try ledger.lookAgain(doubt.enrollment.id, doubt.step, at: now + Doubt.settling)
                    return .nothing
                }
            case .unknown(let why):
                let looks: Int = row["looks"] + 1
                return try Self.stay(doubt, why, nextLook: Doubt.wait(afterLooks: looks).map { now + $0 }, db)
            case .absent: return try Self.absent(doubt, row, ledger)
            }
        }
    }

    /// Notes why a page's conversations are not read for now.
    package func doubtWaits(_ doubt: Doubt, because why: String) async throws {
        try await write { db in
            try db.run(
                "UPDATE delivery SET note = ? WHERE enrollment = ? AND step = ? AND state = 'in_doubt'",
                [why, doubt.enrollment.id, doubt.step]
            )
        }
    }

    /// What the operator's `resend` does, where nothing speaks against it since.
    private static func absent(_ doubt: Doubt, _ row: Row, _ ledger: Ledger) throws -> Reconciliation {
        let db = ledger.db
        // An operator may open again what a rule has ended. Nobody else may.
        if let reason = try Ledger.endReason(row) {
            try ledger.close(doubt.enrollment.id, doubt.step, Delivery(state: .skipped, reason: reason))
            return .skipped(reason: reason)
        }
        let resends: Int = row["resends"]
        guard resends < Doubt.mostResends else {
            let why =
                "it did not arrive, and went out \(resends + 1) times: is something wrong with the way to the platform?"
            return try stay(doubt, why, nextLook: nil, db)
        }
        do {
            try ledger.sendAgain(doubt.step, row, resends: resends + 1)
            return .again
        } catch ResolveError.busy {
            try ledger.lookAgain(doubt.enrollment.id, doubt.step, at: ledger.now + Doubt.settling)
            return .nothing
        } catch let error as ResolveError {
            return try stay(doubt, "it did not arrive, but \(error)", nextLook: nil, db)
        }
    }

    private static func stay(
        _ doubt: Doubt,
        _ why: String,
        nextLook: Instant?,
        _ db: Database
    ) throws -> Reconciliation {
        try db.run(
            "UPDATE delivery SET looks = looks + 1, look_at = ?, note = ? WHERE enrollment = ? AND step = ?",
            [nextLook, why, doubt.enrollment.id, doubt.step]
        )
        return .open(why: why, nextLook: nextLook)
    }

    /// The platform's names of all messages to a person that are known to have arrived.
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

extension Doubt {
    fileprivate init(row: Row, known: Set<String>, rivals: [Sought?]) throws {
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
            shownAs: row["echo"],
            expected: try Sought(column: row["expected"]),
            rivals: rivals
        )
    }
}

extension Sought {
    /// nil where nothing was kept.
    fileprivate init?(column text: String?) throws {
        guard let text else { return nil }
        self = try JSONColumn.read(text, or: .anything)
    }
}
