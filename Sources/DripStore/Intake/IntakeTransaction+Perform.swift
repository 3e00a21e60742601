import DripCore
import GRDB

extension IntakeTransaction {
    /// Writes one effect of an event, or of an operator's request.
    /// - Parameter person: the person whom it is about; nil if they are unknown.
    mutating func perform(_ change: Change, person: Person?) throws {
        switch change {
        // See `Person.hearing`.
        case .openWindow, .firstMessage, .wrote: return
        case .humanWrote(let at):
            try db.run(
                "UPDATE person SET human_at = max(coalesce(human_at, ?), ?) WHERE id = ?",
                [at, at, person?.id]
            )
        case .received(let until, let read):
            guard let person else { return }
            try db.run(
                """
                UPDATE address SET delivered_until = max(coalesce(delivered_until, ?), ?),
                    read_until = CASE WHEN ? THEN max(coalesce(read_until, ?), ?) ELSE read_until END
                WHERE id = ?
                """,
                [until, until, read, until, until, person.address.id]
            )
        case .tag(let tag):
            guard let person else { return }
            try db.add(tag: tag, to: person.id)
        case .subscriptions(let all):
            guard let person else { return }
            try db.set(subscriptions: all, of: person.address.id)
        case .attribute(let name, let value):
            guard let person else { return }
            try db.merge([name: value], into: person.id)
        case .address(let channel, let externalID, let consent):
            let book = AddressBook(ledger: ledger)
            guard let person, let account = try book.account(of: channel) else { return }
            _ = try book.add(externalID, on: account, to: person.id, givenBy: .ask)
            try book.agree(consent, by: person.id)
            // A step that waits for the window may now have another way.
            try db.run(Self.wakeWaiting, [now, now, person.id])
            if db.changesCount > 0 { wake(now) }
        case .end(let sequence, let reason):
            guard let person else { return }
            _ = try ledger.stop(person.id, sequence: sequence, reason)
        case .stop(let at):
            guard let person else { return }
            if try Consent(db: db, person: person.id).stop(at: at, by: .person) { report.stopped += 1 }
            _ = try ledger.stop(person.id, sequence: nil, .stopped)
        case .pause(let at):
            guard let person, try Consent(db: db, person: person.id).pause(at: at) else { return }
            report.paused.append(
                PausedPerson(
                    page: person.address.account.externalID,
                    pseudonym: Store.pseudonym(
                        page: person.address.account.externalID,
                        address: person.address.externalID,
                        instance
                    )
                )
            )
        case .resume(let at):
            guard let person else { return }
            if try Consent(db: db, person: person.id).resume(at: at, now: now, by: .person) { wake(now) }
        case .enroll(let new):
            guard let person else { return }
            try Enrolling(db: db).insert(new, person: person)
            Enrolling.count(1, in: shared.sums)
            report.enrolled += 1
            wake(new.first.firstCheck)
        case .startLimitReached(let sequence): report.startLimitReached.insert(sequence)
        case .confirm(let key, let messageID, let address):
            guard key.instance == instance else { return }
            try confirm(key, messageID)
            guard let address else { return }
            let pause = try Identification(ledger: ledger, instance: instance)
                .identify(authorOf: key.enrollment, as: address)
            if let pause { report.commentPauses.append(pause) }
        }
    }

    mutating func wake(_ due: Instant) {
        report.earliestDue = min(report.earliestDue ?? due, due)
    }

    /// Records that an echo proved the arrival of a delivery.
    private mutating func confirm(_ key: DeliveryKey, _ messageID: String) throws {
        let confirmed = try ledger.confirm(key.enrollment, key.step, part: key.part, messageID: messageID)
        if confirmed.makesDue { wake(now) }
        guard let arrival = confirmed.arrival else { return }
        report.confirmed += 1
        if arrival == .goesOn { wake(now) }
    }
}
