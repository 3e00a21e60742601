package import ControlAPI
package import DripCore
import GRDB

extension Store {
    /// Returns what a person agreed to and withdrew, and what holds now.
    /// - Parameter name: as in `person(_:)`.
    /// - Throws: `PersonError`.
    package func consents(of name: String) async throws -> ConsentReport {
        let catalog = catalog
        return try await read { db in
            let person = try Self.find(name, db)
            let ways = try db.ways(of: person.id)
            let known = catalog.channels.map(\.rules.name)
            let others = Set(ways.addresses.map(\.account.channel) + ways.consents.compactMap(\.channel)).subtracting(
                known
            )
            let channels = known + others.sorted { $0.rawValue < $1.rawValue }
            return ConsentReport(
                person: person.address.reference,
                stoppedAt: person.stoppedAt,
                pausedAt: person.pausedAt,
                states: channels.flatMap { channel in
                    Purpose.allCases.map { catalog.summary(of: ways.consents, on: channel, for: $0) }
                },
                records: ways.consents.map(ConsentEntry.init),
                changes: try Consent(db: db, person: person.id).changes()
            )
        }
    }

    /// Records that a person told an operator what they agree to, or no longer do.
    /// - Parameter record: names a channel if it is given.
    /// - Throws: `PersonError`; `withdrawn` if the person withdrew it.
    package func recordConsent(_ record: ConsentRecord, of name: String, now: Instant) async throws -> ConsentAnswer {
        try await write { [self] db in
            let person = try Self.find(name, db)
            let book = AddressBook(ledger: Ledger(db: db, catalog: catalog, now: now))
            let what = "\(record.purpose?.rawValue ?? "everything") on \(record.channel?.rawValue ?? "every channel")"
            let consents = try db.consents(of: person.id)
            switch record.kind {
            case .given:
                if let withdrawal = try book.withdrawal(against: record, by: person.id) {
                    throw PersonError.withdrawn(name, withdrawal)
                }
                try db.add(record, to: person.id)
                // A step that waits for the window may now have another way.
                try db.run(IntakeTransaction.wakeWaiting, [now, now, person.id])
                AuditedRequest.current?.changes(to: "given: \(what)")
                return ConsentAnswer(isChange: true, ended: [])
            case .withdrawn:
                let isKnown = (record.purpose.map { [$0] } ?? Purpose.allCases).allSatisfy {
                    consents.withdrawal(on: record.channel, for: $0) != nil
                }
                guard !isKnown else {
                    AuditedRequest.current?.changes(to: "nothing: it was withdrawn before")
                    return ConsentAnswer(isChange: false, ended: [])
                }
                try db.add(record, to: person.id)
                try fence.countOptOut(db, now: now)
                let isPromotion = record.channel == nil && record.purpose ?? .promotion == .promotion
                let ended = try isPromotion ? book.endPromotion(of: person.id) : []
                AuditedRequest.current?.changes(to: "withdrawn: \(what), \(ended.count) ended")
                return ConsentAnswer(isChange: true, ended: ended)
            }
        }
    }
}

extension Catalog {
    fileprivate func summary(
        of consents: [ConsentRecord],
        on channel: ChannelName,
        for purpose: Purpose
    ) -> ConsentSummary {
        let state =
            switch consents.state(on: channel, for: purpose) {
            case .given: "given"
            case .withdrawn: "withdrawn"
            case .neverAsked: "never_asked"
            }
        let deciding = consents.last { record in
            (record.channel == nil || record.channel == channel) && (record.purpose == nil || record.purpose == purpose)
        }
        return ConsentSummary(
            channel: channel.rawValue,
            purpose: purpose.rawValue,
            state: state,
            isPermitted: isPermitted(channel, consents, for: purpose),
            since: deciding?.at
        )
    }
}
