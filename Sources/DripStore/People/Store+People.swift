package import ControlAPI
package import DripCore
import Foundation
import GRDB

/// Why a request about a person was refused.
package enum PersonError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknown(String)
    case ambiguous(String, pages: [String])
    case unknownSequence(String)
    /// `pages`: the pages that the sequence is for.
    case otherPage(String, page: String, sequence: String, pages: [String])
    case underWay(String, sequence: String)
    case beenThrough(String, sequence: String)
    case stopped(String)
    case paused(String)
    case notStopped(String)
    case tooManyTags(String)
    case busy(String)
    /// `people`: each of those who gave this address, by another name.
    case shared(String, people: [String])
    case samePerson(String, String)
    case unnamed(String)
    case unknownAddress(String, person: String, has: [String])
    case onlyAddress(String, person: String)
    case inDoubt(String, person: String)
    case noAccount(String)
    case notAnAddress(String, channel: String)
    case withdrawn(String, ConsentRecord)

    package var description: String {
        switch self {
        case .unknown(let person):
            "no person is known as '\(person)'; `dripd people list` lists them"
        case .ambiguous(let person, let pages):
            "'\(person)' is known on several pages; write PAGE/\(person) with one of: \(pages.joined(separator: ", "))"
        case .unknownSequence(let sequence): "there is no sequence '\(sequence)' in force"
        case .otherPage(let person, let page, let sequence, let pages):
            "\(person) is known on page \(page), and '\(sequence)' is only for \(pages.joined(separator: ", ")); see its "
                + "'pages'"
        case .underWay(let person, let sequence): "\(person) is under way in '\(sequence)' already"
        case .beenThrough(let person, let sequence):
            "\(person) has been through '\(sequence)' before; --again enrols them once more"
        case .stopped(let person):
            "\(person) asked to get nothing more, so they can't be enrolled; `dripd people resume` takes that back"
        case .paused(let person):
            "\(person) may have asked to get nothing more, so they can't be enrolled; decide with `dripd people resume` or "
                + "`dripd people stop`"
        case .notStopped(let person): "\(person) is neither stopped nor paused: there is nothing to take back"
        case .tooManyTags(let person):
            "\(person) has \(Tag.mostOfPerson) tags, the most that a person may have; `dripd people untag` removes one"
        case .busy(let person): "a message to \(person) is on its way; try again in a moment"
        case .shared(let address, let people):
            "\(people.count) people gave the address '\(address)'; name one of them by another one: "
                + people.joined(separator: ", ")
        case .samePerson(let one, let other): "'\(one)' and '\(other)' are one person already; there is nothing to join"
        case .unnamed(let person):
            "\(person) is known only by a comment until the platform names its author; try again after they wrote"
        case .unknownAddress(let address, let person, let has):
            "\(person) has no address '\(address)'; they have: \(has.joined(separator: ", "))"
        case .onlyAddress(let address, let person):
            "\(address) is the only address of \(person), so there is nothing to cut; `dripd people forget` erases the person"
        case .inDoubt(let address, let person):
            "it is in doubt whether a message to \(person) arrived at \(address); decide that with `dripd jobs resolve` first"
        case .noAccount(let channel):
            "the configuration has no account for '\(channel)' on which people can give an address; add one, or choose another channel"
        case .notAnAddress(let address, let channel): "'\(address)' is no address for \(channel)"
        case .withdrawn(let person, let record):
            "\(person) withdrew \(record.scope) on \(record.at.description.prefix(10)) (\(record.source.rawValue)), and no command "
                + "overrules that; only they can agree again, on their preference page or by an answer"
        }
    }
}

extension Store {
    /// - Parameters:
    ///   - after: the last person of the previous page; nil for the first page.
    package func people(limit: Int, after: String?) async throws -> [PersonSummary] {
        try await read { db in
            let after = try after.map { try Self.find($0, db).id } ?? PersonID(rawValue: 0)
            return try db.rows(Self.peopleInOrder, [after, limit]).map { row in
                PersonSummary(try Person(row: row), underWay: PersonSummary.underWay(row))
            }
        }
    }

    /// - Parameter name: an address, such as `5678`, `PAGE/5678` or `messenger:PAGE/5678`.
    /// - Throws: `PersonError`.
    package func person(_ name: String) async throws -> PersonDetail {
        let catalog = catalog
        return try await read { [self] db in
            let person = try Self.find(name, db)
            let enrollments = try db.rows(
                "SELECT * FROM enrollment WHERE person = ? ORDER BY anchor, id",
                [person.id]
            )
            return PersonDetail(
                summary: PersonSummary(
                    person,
                    underWay: enrollments.filter { $0.instant("ended_at") == nil }.map { $0["sequence"] }
                ),
                pseudonym: pseudonym(of: person),
                addresses: try db.addressSummaries(of: person.id),
                consent: try Consent(db: db, person: person.id).changes(),
                enrollments: try enrollments.map { try EnrollmentDetail(row: $0, db, catalog) }
            )
        }
    }

    /// Enrols a person by hand. Ends their enrollments in sequences that stop when this one starts.
    /// - Parameter again: whether to enrol them even if they have been through the sequence before.
    /// - Returns: the first step and when it is due.
    /// - Throws: `PersonError`.
    package func enroll(
        _ name: String,
        in sequenceID: String,
        again: Bool,
        now: Instant
    ) async throws -> DueStep? {
        try await write { [self] db in
            let catalog = catalog
            let person = try Self.find(name, db)
            guard let sequence = catalog[sequenceID] else { throw PersonError.unknownSequence(sequenceID) }
            AuditedRequest.current?.concerns(sequence: sequenceID)
            guard sequence.isFor(page: person.address.account.externalID) else {
                let pages = (sequence.pages ?? []).sorted()
                throw PersonError.otherPage(
                    name,
                    page: person.address.account.externalID,
                    sequence: sequenceID,
                    pages: pages
                )
            }
            guard person.stoppedAt == nil else { throw PersonError.stopped(name) }
            guard person.pausedAt == nil else { throw PersonError.paused(name) }
            let last = try db.row(
                "SELECT round, ended_at FROM enrollment WHERE person = ? AND sequence = ? ORDER BY round DESC LIMIT 1",
                [person.id, sequenceID]
            )
            if let last {
                if last.instant("ended_at") == nil { throw PersonError.underWay(name, sequence: sequenceID) }
                if !again { throw PersonError.beenThrough(name, sequence: sequenceID) }
            }
            let round: Int = last?["round"] ?? 0
            AuditedRequest.current?.changes(to: "round \(round + 1)")
            return try IntakeTransaction.TransactionState.during(db, now: now) { shared in
                var intake = IntakeTransaction(db: db, instance: instance, catalog: catalog, now: now, shared: shared)
                let changes = catalog.changes(
                    enrolling: person,
                    in: sequence,
                    round: round + 1,
                    rounds: catalog.isStop(sequenceID) ? try intake.rounds(person.id) : [:],
                    at: now
                )
                for change in changes { try intake.perform(change, person: person) }
                return changes.lazy.compactMap { if case .enroll(let new) = $0 { new.first } else { nil } }.first
            }
        }
    }

    /// Ends a person's enrollments: all of them for good, or only those in one sequence.
    /// - Returns: the sequences that ended.
    /// - Throws: `PersonError`.
    package func stop(_ name: String, sequence: String?, now: Instant) async throws -> [String] {
        try await write { [self] db in
            let person = try Self.find(name, db)
            if sequence == nil, try Consent(db: db, person: person.id).stop(at: now, by: .operatorCommand) {
                try fence.countOptOut(db, now: now)
            }
            let ended = try Ledger(db: db, catalog: catalog, now: now).stop(person.id, sequence: sequence, .stopped)
            if let sequence, catalog[sequence] != nil || !ended.isEmpty {
                AuditedRequest.current?.concerns(sequence: sequence)
            }
            AuditedRequest.current?.changes(
                from: sequence == nil ? person.consentState : "under way in \(ended.count)",
                to: sequence == nil ? "stopped, \(ended.count) ended" : "\(ended.count) ended"
            )
            return ended
        }
    }

    /// - Parameter isConcerned: whether the audit record of the current request names the person.
    static func find(_ name: String, _ db: Database, isConcerned: Bool = true) throws -> Person {
        let reference = PersonReference(name)
        let found = try db.rows(Self.peopleByAddress, [reference.externalID, reference.externalID])
            .map(Person.init(row:)).filter { reference.fits($0.address) }
        guard let person = found.first else { throw PersonError.unknown(name) }
        guard Set(found.map(\.id)).count == 1 else {
            if Set(found.map(\.address.account.id)).count == 1 {
                let people = try found.compactMap { try db.ways(of: $0.id).addresses.first?.reference }
                throw PersonError.shared(name, people: people)
            }
            throw PersonError.ambiguous(name, pages: found.map(\.address.account.externalID))
        }
        if isConcerned { AuditedRequest.current?.concerns(person) }
        return person
    }
}

extension ConsentRecord {
    /// `promotion on email`, `everything on every channel`.
    fileprivate var scope: String {
        "\(purpose?.rawValue ?? "everything") on \(channel?.rawValue ?? "every channel")"
    }
}

extension Store {
    /// An address that people gave may be several people's.
    static let peopleByAddress = """
        SELECT \(Person.columns) FROM account CROSS JOIN address ON address.account = account.id
            JOIN person ON person.id = address.person
        WHERE address.external_id = ? AND address.given_by IS NULL
        UNION ALL
        SELECT \(Person.columns) FROM account CROSS JOIN address ON address.account = account.id
            JOIN person ON person.id = address.person
        WHERE address.external_id = ? AND address.given_by IS NOT NULL
        """
}

/// How an operator names a person: `channel:account/external-id`, or less where that is unique.
struct PersonReference {
    let channel: String?
    let account: String?
    let externalID: String

    init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let isChannel = parts.count == 2 && !parts[0].isEmpty && parts[0].allSatisfy { ("a"..."z").contains($0) }
        // A placeholder of a comment begins with "comment:".
        let hasChannel = isChannel && parts[0] != "comment" && !parts[1].hasPrefix("//")
        channel = hasChannel ? String(parts[0]) : nil
        let rest = hasChannel ? parts[1] : text[...]
        let pieces = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        account = pieces.count == 2 ? String(pieces[0]) : nil
        externalID = String(pieces.last ?? "")
    }

    func fits(_ address: Address) -> Bool {
        (channel.map { $0 == address.account.channel.rawValue } ?? true)
            && (account.map { $0 == address.account.externalID } ?? true)
    }
}

extension Row {
    fileprivate func instant(_ column: String) -> Instant? {
        self[column]
    }
}

extension PersonSummary {
    init(_ person: Person, underWay: [String]) {
        self.init(
            page: person.address.account.externalID,
            person: person.address.externalID,
            attributes: person.attributes,
            zone: person.zone?.identifier,
            firstMessageAt: person.firstMessageAt,
            windowEnds: person.address.windowEnds,
            unreachable: person.address.unreachable,
            stoppedAt: person.stoppedAt,
            pausedAt: person.pausedAt,
            tags: person.tags.sorted(),
            lastWroteAt: person.lastWroteAt,
            humanAt: person.humanAt,
            underWay: underWay,
            subscriptions: person.address.subscriptions.isEmpty
                ? nil : person.address.subscriptions.map(SubscriptionSummary.init)
        )
    }

    static func underWay(_ row: Row) -> [String] {
        let sequences: String? = row["under_way"]
        return sequences?.split(separator: " ").map(String.init) ?? []
    }
}

extension EnrollmentDetail {
    init(row: Row, _ db: Database, _ catalog: Catalog) throws {
        let id: EnrollmentID = row["id"]
        let sequence: String = row["sequence"]
        let refusals = try db.rows(Self.refusals, [id])
        let deliveries = try db.rows(DeliveryDetail.query, [id]).map { row in
            DeliveryDetail(row: row, refusals: refusals.filter { $0["step"] == row["step"] as String })
        }
        self.init(
            sequence: sequence,
            round: row["round"],
            anchor: row["anchor"],
            cause: row["cause"],
            endedAt: row["ended_at"],
            endReason: row["end_reason"],
            deliveries: deliveries.inOrder(of: catalog[sequence]),
            next: try db.row("SELECT * FROM job WHERE enrollment = ?", [id]).map(NextStepDetail.init(row:))
        )
    }
}

extension EnrollmentDetail {
    private static let refusals = """
        SELECT attempt.step, attempt.at, attempt.reason, account.channel FROM attempt
        JOIN address ON address.id = attempt.address JOIN account ON account.id = address.account
        WHERE attempt.enrollment = ? ORDER BY attempt.at
        """
}

extension [DeliveryDetail] {
    /// Sorts by the time of the end. Deliveries that ended at the same moment are in the order of the file, in which
    /// they were sent.
    fileprivate func inOrder(of sequence: DripSequence?) -> [DeliveryDetail] {
        sorted { left, right in
            guard left.at == right.at else { return left.at < right.at }
            let positions = [left, right].map { sequence?.step($0.step)?.position ?? .zero }
            return (positions[0], left.scheduled) < (positions[1], right.scheduled)
        }
    }
}

extension DeliveryDetail {
    /// A receipt applies to requests sent before it: the answer may be recorded only after the person has read the
    /// message. A version may have come into force more than once; the last time before the step ended counts.
    fileprivate static let query = """
        SELECT delivery.*, adoption.file, adoption.git_commit, account.channel,
            CASE WHEN delivery.state <> 'sent' THEN NULL
                WHEN coalesce(left_at, delivery.at) <= read_until THEN 'read'
                WHEN coalesce(left_at, delivery.at) <= delivered_until THEN 'delivered' END AS receipt
        FROM delivery JOIN enrollment ON enrollment.id = delivery.enrollment
        LEFT JOIN address ON address.id = coalesce(delivery.address, enrollment.person)
        LEFT JOIN account ON account.id = address.account
        LEFT JOIN adoption ON adoption.id = (
            SELECT max(id) FROM adoption AS earlier
            WHERE earlier.hash = delivery.sequence_hash AND earlier.at <= delivery.at)
        WHERE enrollment = ? ORDER BY delivery.at, scheduled
        """

    fileprivate init(row: Row, refusals: [Row]) {
        let messageIDs: String? = row["message_ids"]
        let variant: Int? = row["variant"]
        let state: String = row["state"]
        let part: Int = row["part"]
        let isHalf = part > 0 && (state == Delivery.State.skipped.rawValue || state == Delivery.State.failed.rawValue)
        self.init(
            step: row["step"],
            state: state,
            reason: row["reason"],
            scheduled: row["scheduled"],
            at: row["at"],
            attempts: row["attempts"],
            permission: row["permission"],
            channel: row["permission"] == nil ? nil : row["channel"],
            refusals: refusals.isEmpty
                ? nil : refusals.map { RefusedAddress(channel: $0["channel"], at: $0["at"], reason: $0["reason"]) },
            messageIDs: messageIDs?.split(separator: " ").map(String.init) ?? [],
            sequenceHash: row["sequence_hash"],
            file: row["file"],
            commit: row["git_commit"],
            variant: variant.map { $0 + 1 },
            bodyHash: row["body_hash"],
            receipt: row["receipt"],
            note: row["note"],
            partsArrived: isHalf ? part : nil
        )
    }
}

extension NextStepDetail {
    fileprivate init(row: Row) {
        self.init(
            step: row["step"],
            due: row["due"],
            scheduled: row["scheduled"],
            waitingFor: row["waiting_for"],
            error: row["error"],
            sending: row.instant("claimed_at") != nil
        )
    }
}
