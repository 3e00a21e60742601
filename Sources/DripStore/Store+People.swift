package import DripCore
import Foundation
import GRDB

/// A person as `dripd people list` shows them.
package struct PersonSummary: Codable, Hashable, Sendable {
    package var page: String
    package var person: String
    package var attributes: [String: String] = [:]
    /// Their own, where it is known.
    package var zone: String?
    package var firstMessageAt: Instant?
    package var windowEnds: Instant?
    package var unreachable: String?
    package var stoppedAt: Instant?
    /// Since when nothing is sent to them because they may have asked to get nothing more.
    package var pausedAt: Instant?
    package var tags: [String]
    package var lastWroteAt: Instant?
    /// When somebody of the team last wrote to them by hand.
    package var humanAt: Instant?
    /// The sequences that they are under way in.
    package var underWay: [String]
    /// What they allowed beforehand; nil where that is nothing.
    package var subscriptions: [SubscriptionSummary]?
}

/// A subscription without its token, which is as good as a key.
package struct SubscriptionSummary: Codable, Hashable, Sendable {
    package var kind: Subscription.Kind
    package var topic: String
    package var since: Instant
    package var expires: Instant?
    package var usedAt: Instant?

    init(_ subscription: Subscription) {
        kind = subscription.kind
        topic = subscription.topic
        since = subscription.since
        expires = subscription.expires
        usedAt = subscription.usedAt
    }
}

/// A person with all that was and is to be sent, as `dripd people show` shows them.
package struct PersonDetail: Codable, Hashable, Sendable {
    package var summary: PersonSummary
    /// What the log calls them.
    package var pseudonym: String
    /// Each stop, pause and resumption, the oldest first.
    package var consent: [ConsentChange] = []
    package var enrollments: [EnrollmentDetail]
}

package struct EnrollmentDetail: Codable, Hashable, Sendable {
    package var sequence: String
    package var round: Int
    package var anchor: Instant
    package var cause: String
    package var endedAt: Instant?
    package var endReason: String?
    package var deliveries: [DeliveryDetail]
    package var next: NextStepDetail?
}

package struct DeliveryDetail: Codable, Hashable, Sendable {
    package var step: String
    package var state: String
    package var reason: String?
    package var scheduled: Instant
    package var at: Instant
    package var attempts: Int
    package var permission: String?
    package var messageIDs: [String]
    /// The version that it was made from: the file's SHA-256, the file, and the git commit of its working copy.
    package var sequenceHash: String?
    package var file: String?
    package var commit: String?
    /// Of a split test: 1 for the first variant.
    package var variant: Int?
    package var bodyHash: String?
    /// What the platform said of it since: `delivered` to the person, or `read` by them.
    package var receipt: String?
    /// Of one in doubt: why its conversation did not end the doubt.
    package var note: String?
    /// Of a step that was skipped or failed half-way: how many of its parts arrived.
    package var partsArrived: Int?
}

package struct NextStepDetail: Codable, Hashable, Sendable {
    package var step: String
    package var due: Instant
    package var scheduled: Instant
    package var waitingFor: String?
    package var error: String?
    /// Whether its message is on its way right now.
    package var sending: Bool
}

/// Why something asked of a person was not done.
package enum PersonError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknown(String)
    case ambiguous(String, pages: [String])
    case unknownSequence(String)
    /// `pages`: those that the sequence is for.
    case otherPage(String, page: String, sequence: String, pages: [String])
    case underWay(String, sequence: String)
    case beenThrough(String, sequence: String)
    case stopped(String)
    case paused(String)
    case notStopped(String)
    case busy(String)

    package var description: String {
        switch self {
        case .unknown(let person):
            "nobody is known as '\(person)'; `dripd people list` shows who is"
        case .ambiguous(let person, let pages):
            "'\(person)' is known on several pages; write PAGE/\(person) with one of: \(pages.joined(separator: ", "))"
        case .unknownSequence(let sequence): "there is no sequence '\(sequence)' in force"
        case .otherPage(let person, let page, let sequence, let pages):
            "\(person) is known on page \(page), and '\(sequence)' is only for \(pages.joined(separator: ", ")): its 'pages' "
                + "says which"
        case .underWay(let person, let sequence): "\(person) is under way in '\(sequence)' already"
        case .beenThrough(let person, let sequence):
            "\(person) has been through '\(sequence)' before; --again enrols them once more"
        case .stopped(let person):
            "\(person) asked to get nothing more, so they can't be enrolled; `dripd people resume` takes that back"
        case .paused(let person):
            "\(person) may have asked to get nothing more, so they can't be enrolled; decide it by `dripd people resume` or "
                + "`dripd people stop`"
        case .notStopped(let person): "\(person) is neither stopped nor paused: there is nothing to take back"
        case .busy(let person): "a message to \(person) is on its way; try again in a moment"
        }
    }
}

extension Store {
    /// - Parameters:
    ///   - after: the last person of the page before; nil for the first page.
    package func people(limit: Int, after: String?) async throws -> [PersonSummary] {
        try await read { db in
            let after = try after.map { try Self.find($0, db).id } ?? PersonID(rawValue: 0)
            return try db.rows(Self.peopleInOrder, [after, limit]).map { row in
                PersonSummary(try Person(row: row), underWay: PersonSummary.underWay(row))
            }
        }
    }

    /// - Parameter name: a person's address, or PAGE/ADDRESS.
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
                consent: try Consent(db: db, person: person.id).changes(),
                enrollments: try enrollments.map { try EnrollmentDetail(row: $0, db, catalog) }
            )
        }
    }

    /// Enrols a person by hand. Sequences that stop at this one end.
    /// - Parameter again: even if they have been through the sequence before.
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
            guard sequence.isFor(page: person.page) else {
                let pages = (sequence.pages ?? []).sorted()
                throw PersonError.otherPage(name, page: person.page, sequence: sequenceID, pages: pages)
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
            return try IntakeTransaction.Shared.during(db, now: now) { shared in
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

    /// Ends a person's enrollments: all of them and for good, or those of one sequence.
    /// - Returns: the sequences that ended.
    /// - Throws: `PersonError`.
    package func stop(_ name: String, sequence: String?, now: Instant) async throws -> [String] {
        try await write { [self] db in
            let person = try Self.find(name, db)
            if sequence == nil, try Consent(db: db, person: person.id).stop(at: now, by: .operatorCommand) {
                try fence.noteStop(db, now: now)
            }
            let ended = try Ledger(db: db, catalog: catalog, now: now).stop(person.id, sequence: sequence, .stopped)
            if let sequence, catalog[sequence] != nil || !ended.isEmpty {
                AuditedRequest.current?.concerns(sequence: sequence)
            }
            AuditedRequest.current?.changes(
                from: sequence == nil ? person.wish : "under way in \(ended.count)",
                to: sequence == nil ? "stopped, \(ended.count) ended" : "\(ended.count) ended"
            )
            return ended
        }
    }

    static func find(_ name: String, _ db: Database) throws -> Person {
        let pieces = name.split(separator: "/", maxSplits: 1).map(String.init)
        let found = try db.rows(
            "SELECT \(Person.columns) FROM person JOIN lane ON lane.id = person.lane WHERE address = ? ORDER BY lane.id",
            [pieces.last]
        ).map(Person.init(row:)).filter { pieces.count < 2 || $0.page == pieces[0] }
        guard let person = found.first else { throw PersonError.unknown(name) }
        guard found.count == 1 else { throw PersonError.ambiguous(name, pages: found.map(\.page)) }
        AuditedRequest.current?.concerns(person)
        return person
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
            page: person.page,
            person: person.address,
            attributes: person.attributes,
            zone: person.zone?.identifier,
            firstMessageAt: person.firstMessageAt,
            windowEnds: person.windowEnds,
            unreachable: person.unreachable,
            stoppedAt: person.stoppedAt,
            pausedAt: person.pausedAt,
            tags: person.tags.sorted(),
            lastWroteAt: person.lastWroteAt,
            humanAt: person.humanAt,
            underWay: underWay,
            subscriptions: person.subscriptions.isEmpty ? nil : person.subscriptions.map(SubscriptionSummary.init)
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
        let deliveries = try db.rows(DeliveryDetail.query, [id]).map(DeliveryDetail.init(row:))
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

extension [DeliveryDetail] {
    /// By when they ended. What ended at one moment is in the order of the file, by which it was sent.
    fileprivate func inOrder(of sequence: DripSequence?) -> [DeliveryDetail] {
        sorted { left, right in
            guard left.at == right.at else { return left.at < right.at }
            let positions = [left, right].map { sequence?.step($0.step)?.position ?? .zero }
            return (positions[0], left.scheduled) < (positions[1], right.scheduled)
        }
    }
}

extension DeliveryDetail {
    /// The platform's receipts go by when a request left: its answer may have been recorded after the person's glance.
    /// A version may have come into force more than once: what counts is the last time before the step ended.
    fileprivate static let query = """
        SELECT delivery.*, adoption.file, adoption.git_commit,
            CASE WHEN delivery.state <> 'sent' THEN NULL
                WHEN coalesce(left_at, delivery.at) <= read_until THEN 'read'
                WHEN coalesce(left_at, delivery.at) <= delivered_until THEN 'delivered' END AS receipt
        FROM delivery JOIN enrollment ON enrollment.id = delivery.enrollment
        JOIN person ON person.id = enrollment.person
        LEFT JOIN adoption ON adoption.id = (
            SELECT max(id) FROM adoption AS earlier
            WHERE earlier.hash = delivery.sequence_hash AND earlier.at <= delivery.at)
        WHERE enrollment = ? ORDER BY delivery.at, scheduled
        """

    fileprivate init(row: Row) {
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
