package import DripCore
import GRDB

/// What is known of a mail that dripd sent, by what the mail says of itself.
package struct SentMail: Hashable, Sendable {
    package let enrollment: EnrollmentID
    package let part: Int
    /// `StableHash.of` the step's name.
    package let stepHash: UInt64

    package init(enrollment: EnrollmentID, part: Int, stepHash: UInt64) {
        (self.enrollment, self.part, self.stepHash) = (enrollment, part, stepHash)
    }
}

/// What a mail that came in has changed.
package enum MailEffect: Hashable, Sendable {
    /// The step is sent by the person's next channel, or ends as failed.
    case undelivered(account: AccountID)
    case unsubscribed
    case replied
    /// Nothing: it was known, or nobody whom dripd knows is meant.
    case nothing(why: String)
}

extension Store {
    /// Records that a sent mail came back, and lets its step try the person's next channel, once.
    /// - Parameter refusal: as if the mail server had refused the mail at once.
    package func returned(_ mail: SentMail, refusal: Refusal, now: Instant) async throws -> MailEffect {
        try await write { [self] db in
            let ledger = Ledger(db: db, catalog: catalog, now: now)
            guard let (step, address) = try Self.find(mail, db) else { return .nothing(why: "dripd sent no such mail") }
            let account: AccountID? = try db.first("SELECT account FROM address WHERE id = ?", [address]) { $0[0] }
            guard let account else { return .nothing(why: "its person was erased") }
            let reason = "\(refusal.code) \(refusal.message)"
            if refusal.meaning == .person {
                try db.run("UPDATE address SET unreachable = ? WHERE id = ?", [reason, address])
            }
            let delivery = Delivery(state: .failed, reason: reason, errorClass: refusal.meaning.rawValue)
            guard try ledger.reopen(step, of: mail.enrollment, refusedAt: address, delivery) else {
                return .nothing(why: "its step is over")
            }
            return .undelivered(account: account)
        }
    }

    /// Ends mail to the person of a sent mail, and promotion everywhere: their provider reported a complaint.
    package func complained(about mail: SentMail, evidence: String, now: Instant) async throws -> MailEffect {
        let found = try await read { db in try Self.find(mail, db) }
        guard let (_, address) = found else { return .nothing(why: "dripd sent no such mail") }
        let isNews = try await unsubscribe(address, source: .mail, evidence: evidence, now: now)
        return isNews ? .unsubscribed : .nothing(why: "the person had unsubscribed before")
    }

    /// Records a person's answer by mail. It counts as a reply, and pauses the sequences that wait while the team writes: the
    /// team answers it from its own mailbox.
    /// - Parameters:
    ///   - mail: that it answers; nil if that is not known.
    ///   - sender: the address that it came from.
    ///   - key: the same for each copy of it.
    package func replied(
        to mail: SentMail?,
        from sender: String,
        text: String,
        key: String,
        at: Instant,
        now: Instant
    ) async throws -> MailEffect {
        try await write { [self] db in
            var person: Person?
            if let mail, let (_, address) = try Self.find(mail, db) { person = try Self.person(with: address, db) }
            if person == nil {
                let known = try db.all(Self.peopleByAddress, [sender, sender], Person.init(row:))
                person = Set(known.map(\.id)).count == 1 ? known[0] : nil
            }
            guard let person else { return .nothing(why: "no one person is known by this address") }
            let report = try IntakeTransaction.TransactionState.during(db, now: now) { shared in
                var intake = IntakeTransaction(db: db, instance: instance, catalog: catalog, now: now, shared: shared)
                let event = Event(
                    channel: person.address.account.channel,
                    page: person.address.account.externalID,
                    person: person.address.externalID,
                    key: "mail:" + key,
                    at: at,
                    kind: .message(text: text, payload: nil, ref: nil),
                    body: nil
                )
                try intake.ingest(DatedEvent(event: event, at: at), by: person)
                if !intake.report.taken.isEmpty { try intake.perform(.humanWrote(at: at), person: person) }
                return intake.report
            }
            if report.stopped > 0 { try fence.countOptOut(db, now: now) }
            return report.taken.isEmpty ? .nothing(why: "it was taken before") : .replied
        }
    }

    private static func find(_ mail: SentMail, _ db: Database) throws -> (step: String, address: AddressID)? {
        // The step may have been sent by another channel since: then that message did not come back.
        let steps = try db.all(
            """
            SELECT delivery.step, delivery.address FROM delivery JOIN address ON address.id = delivery.address
            JOIN account ON account.id = address.account WHERE delivery.enrollment = ? AND account.channel = 'email'
            UNION ALL
            SELECT attempt.step, attempt.address FROM attempt JOIN address ON address.id = attempt.address
            JOIN account ON account.id = address.account WHERE attempt.enrollment = ? AND account.channel = 'email'
            """,
            [mail.enrollment, mail.enrollment]
        ) { row in (step: row[0] as String, address: row[1] as AddressID) }
        return steps.first { StableHash.of([$0.step]) == mail.stepHash }
    }
}
