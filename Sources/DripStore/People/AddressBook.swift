package import DripCore
import GRDB

/// Adds addresses to people, and records what people agree to and withdraw, in the caller's transaction.
struct AddressBook {
    let ledger: Ledger
    private var db: Database { ledger.db }

    /// Adds an address that a person gave, or makes a known one reachable again.
    /// - Parameters:
    ///   - givenBy: who named it; nil if the channel's platform did, so that it belongs to one person only.
    ///   - details: what the channel needs to deliver there, besides the id.
    func add(
        _ externalID: String,
        on account: AccountID,
        to person: PersonID,
        givenBy: ConsentRecord.Source?,
        details: String? = nil
    ) throws -> AddressID {
        let known: AddressID? = try db.first(
            "SELECT id FROM address WHERE person = ? AND account = ? AND external_id = ?",
            [person, account, externalID]
        ) { $0[0] }
        if let known {
            try db.run(
                "UPDATE address SET unreachable = NULL, blocked_at = NULL, details = coalesce(?, details) WHERE id = ?",
                [details, known]
            )
            return known
        }
        try recall(externalID, on: account, for: person)
        let id: AddressID? = try db.first(
            """
            INSERT INTO address (person, account, external_id, given_by, created_at, profile_at, details)
            VALUES (?, ?, ?, ?, ?, 0, ?) RETURNING id
            """,
            [person, account, externalID, givenBy?.rawValue, ledger.now, details]
        ) { $0[0] }
        return id ?? AddressID(rawValue: 0)
    }

    /// Records what was withdrawn for an address by somebody who was erased since. Whoever gives it again agrees anew.
    private func recall(_ externalID: String, on account: AccountID, for person: PersonID) throws {
        let names = try db.row(
            "SELECT channel, page, value AS instance FROM account, meta WHERE account.id = ? AND meta.name = 'instance'",
            [account]
        )
        guard let names, let forgotten = try Forgotten(page: names["page"], address: externalID, db, names["instance"])
        else { return }
        try forgotten.recall(for: person, db)
        guard let stoppedAt = forgotten.stoppedAt else { return }
        let stop = ConsentRecord(
            at: stoppedAt,
            kind: .withdrawn,
            channel: ChannelName(rawValue: names["channel"]),
            purpose: nil,
            source: forgotten.stoppedBy == .person ? .mail : .operatorCommand
        )
        try db.add(stop, to: person)
    }

    /// Returns the account that new addresses of a channel belong to: the first of the configuration.
    func account(of channel: ChannelName) throws -> AccountID? {
        guard let first = ledger.catalog.channels.first(where: { $0.rules.name == channel })?.accounts.first else {
            return nil
        }
        return try db.first("SELECT id FROM account WHERE channel = ? AND page = ?", [channel.rawValue, first]) {
            $0[0]
        }
    }

    /// Records a consent. An import or an operator never overrules what the person withdrew, and no late message overrules what they
    /// withdrew after it.
    /// - Returns: whether it was recorded.
    @discardableResult
    func agree(_ record: ConsentRecord, by person: PersonID) throws -> Bool {
        guard try withdrawal(against: record, by: person) == nil else { return false }
        try db.add(record, to: person)
        return true
    }

    /// Returns the withdrawal that a consent may not overrule: a younger one, and for an import's or an operator's consent any; nil
    /// if there is none. An operator may take back what an operator recorded.
    func withdrawal(against record: ConsentRecord, by person: PersonID) throws -> ConsentRecord? {
        let consents = try db.consents(of: person)
        let withdrawals = (record.purpose.map { [$0] } ?? Purpose.allCases).lazy.compactMap {
            consents.withdrawal(on: record.channel, for: $0)
        }
        guard record.source == .importFile || record.isByOperator else {
            return withdrawals.first { record.at < $0.at }
        }
        return withdrawals.first { !($0.isByOperator && record.isByOperator) }
    }

    /// Ends care on a channel, and promotion everywhere. News of orders goes on.
    /// - Returns: whether anything changed; false if they had done so before.
    func withdraw(
        _ channel: ChannelName,
        by person: PersonID,
        source: ConsentRecord.Source,
        evidence: String?
    ) throws -> Bool {
        let consents = try db.consents(of: person)
        let isKnown =
            consents.state(on: channel, for: .care) == .withdrawn
            && consents.filter { $0.channel == nil }.state(on: channel, for: .promotion) == .withdrawn
        guard !isKnown else { return false }
        let withdrawals: [(ChannelName?, Purpose?)] = [(channel, .care), (nil, .promotion)]
        for (channel, purpose) in withdrawals {
            try db.add(
                ConsentRecord(
                    at: ledger.now,
                    kind: .withdrawn,
                    channel: channel,
                    purpose: purpose,
                    source: source,
                    evidence: evidence
                ),
                to: person
            )
        }
        try endPromotion(of: person)
        return true
    }

    /// Ends a person's sequences of promotion.
    /// - Returns: the sequences that ended.
    @discardableResult
    func endPromotion(of person: PersonID) throws -> [String] {
        let underWay = try db.all(
            "SELECT DISTINCT sequence FROM enrollment WHERE person = ? AND ended_at IS NULL",
            [person]
        ) { $0[0] as String }
        let ended = underWay.filter { ledger.catalog[$0]?.purpose == .promotion }
        for sequence in ended { _ = try ledger.stop(person, sequence: sequence, .unsubscribed) }
        return ended
    }
}

/// The person behind a link to one of dripd's pages.
package struct LinkedPerson: Sendable {
    package let person: Person
    package let ways: Ways
    /// The sequences under way.
    package let sequences: [String]

    package init(person: Person, ways: Ways, sequences: [String]) {
        self.person = person
        self.ways = ways
        self.sequences = sequences
    }
}

extension Store {
    /// Returns the person who has an address; nil if they were erased.
    package func person(with address: AddressID) async throws -> LinkedPerson? {
        try await read { db in
            guard let person = try Self.person(with: address, db) else { return nil }
            let sequences = try db.all(
                "SELECT DISTINCT sequence FROM enrollment WHERE person = ? AND ended_at IS NULL ORDER BY sequence",
                [person.id]
            ) { $0[0] as String }
            return LinkedPerson(person: person, ways: try db.ways(of: person.id), sequences: sequences)
        }
    }

    static func person(with address: AddressID, _ db: Database) throws -> Person? {
        try db.first(
            "SELECT \(Person.columns) FROM \(Person.joined) WHERE address.id = ?",
            [address],
            Person.init(row:)
        )
    }

    /// Ends messages on the channel of an address, and promotion everywhere, as its person asked.
    /// - Returns: the sequences that ended are counted by `dripd status`; false if nothing changed or the person is unknown.
    package func unsubscribe(
        _ address: AddressID,
        source: ConsentRecord.Source,
        evidence: String?,
        now: Instant
    ) async throws -> Bool {
        try await write { [self] db in
            guard let person = try Self.person(with: address, db) else { return false }
            let book = AddressBook(ledger: Ledger(db: db, catalog: catalog, now: now))
            let isNews = try book.withdraw(
                person.address.account.channel,
                by: person.id,
                source: source,
                evidence: evidence
            )
            if isNews { try fence.countOptOut(db, now: now) }
            return isNews
        }
    }

    /// Adds an address to a person by hand, with what the person agreed to.
    /// - Parameters:
    ///   - name: as in `person(_:)`.
    ///   - account: the channel's id of the account.
    /// - Returns: whether the person had the address before.
    /// - Throws: `PersonError`; `withdrawn` if the person withdrew one of the consents. Then nothing is added.
    @discardableResult
    package func addAddress(
        _ externalID: String,
        on channel: ChannelName,
        account: String,
        to name: String,
        details: String? = nil,
        agreeing consents: [ConsentRecord],
        now: Instant
    ) async throws -> Bool {
        try await write { [self] db in
            let person = try Self.find(name, db)
            guard !person.isUnnamed else { throw PersonError.unnamed(name) }
            let book = AddressBook(ledger: Ledger(db: db, catalog: catalog, now: now))
            let id: AccountID? = try db.first(
                "SELECT id FROM account WHERE channel = ? AND page = ?",
                [channel.rawValue, account]
            ) { $0[0] }
            guard let id else { throw PersonError.noAccount(channel.rawValue) }
            let known = try db.ways(of: person.id).addresses
            _ = try book.add(externalID, on: id, to: person.id, givenBy: .operatorCommand, details: details)
            for consent in consents {
                if let withdrawal = try book.withdrawal(against: consent, by: person.id) {
                    throw PersonError.withdrawn(name, withdrawal)
                }
                try db.add(consent, to: person.id)
            }
            try db.run(IntakeTransaction.wakeWaiting, [now, now, person.id])
            let purposes = consents.compactMap { $0.purpose?.rawValue }.joined(separator: ", ")
            AuditedRequest.current?.changes(to: "an address on \(channel.rawValue) added, with consent to \(purposes)")
            return known.contains { $0.account.id == id && $0.externalID == externalID }
        }
    }

    /// Records a browser's subscription to notifications for the person who has an address.
    /// - Parameters:
    ///   - endpoint: the push service's URL.
    ///   - details: the subscription as JSON.
    ///   - wording: the words of the page on which they subscribed.
    /// - Returns: false if the person is unknown or stopped, or if no push account is configured.
    package func subscribe(
        _ address: AddressID,
        on channel: ChannelName,
        endpoint: String,
        details: String,
        wording: String,
        now: Instant
    ) async throws -> Bool {
        try await write { [self] db in
            guard let person = try Self.person(with: address, db), person.stoppedAt == nil else { return false }
            let book = AddressBook(ledger: Ledger(db: db, catalog: catalog, now: now))
            guard let account = try book.account(of: channel) else { return false }
            // A browser is one person's: whoever subscribes last has it.
            try db.run(
                "UPDATE address SET person = ? WHERE account = ? AND external_id = ? AND given_by IS NULL AND person <> ?",
                [person.id, account, endpoint, person.id]
            )
            _ = try book.add(endpoint, on: account, to: person.id, givenBy: nil, details: details)
            try book.agree(
                ConsentRecord(at: now, kind: .given, channel: channel, purpose: .care, source: .page, wording: wording),
                by: person.id
            )
            return true
        }
    }

    /// Replaces a browser's subscription by the one that its vendor gave it since.
    /// - Returns: false if the old one is not known.
    package func renewSubscription(
        _ old: String,
        on channel: ChannelName,
        endpoint: String,
        details: String
    ) async throws -> Bool {
        try await write { db in
            try db.run(
                """
                UPDATE address SET external_id = ?, details = ?, unreachable = NULL, blocked_at = NULL
                WHERE external_id = ? AND given_by IS NULL AND account IN (SELECT id FROM account WHERE channel = ?)
                    AND NOT EXISTS (SELECT 1 FROM address AS other WHERE other.account = address.account
                        AND other.external_id = ? AND other.given_by IS NULL AND other.id <> address.id)
                """,
                [endpoint, details, old, channel.rawValue, endpoint]
            )
            return db.changesCount > 0
        }
    }

    /// Records a person's choices on the preference page.
    /// - Parameters:
    ///   - channels: the channels that they want, of those that the page showed.
    ///   - shown: the channels that the page showed.
    ///   - ended: the sequences that they no longer want.
    ///   - offers: whether they want promotion; nil if the page did not ask.
    package func choose(
        _ address: AddressID,
        channels: Set<ChannelName>,
        shown: Set<ChannelName>,
        ended: Set<String>,
        offers: Bool?,
        now: Instant
    ) async throws -> Bool {
        try await write { [self] db in
            guard let person = try Self.person(with: address, db) else { return false }
            let ledger = Ledger(db: db, catalog: catalog, now: now)
            let book = AddressBook(ledger: ledger)
            let consents = try db.consents(of: person.id)
            for channel in shown.sorted(by: { $0.rawValue < $1.rawValue }) {
                let isOn = consents.state(on: channel, for: .care) != .withdrawn
                guard isOn != channels.contains(channel) else { continue }
                let kind: ConsentRecord.Kind = isOn ? .withdrawn : .given
                try db.add(
                    ConsentRecord(at: now, kind: kind, channel: channel, purpose: .care, source: .page),
                    to: person.id
                )
                if isOn {
                    try db.add(
                        ConsentRecord(at: now, kind: .withdrawn, channel: channel, purpose: nil, source: .page),
                        to: person.id
                    )
                    try fence.countOptOut(db, now: now)
                }
            }
            let wanted = consents.filter { $0.channel == nil }.state(
                on: person.address.account.channel,
                for: .promotion
            )
            if let offers, offers != (wanted != .withdrawn) {
                try db.add(
                    ConsentRecord(
                        at: now,
                        kind: offers ? .given : .withdrawn,
                        channel: nil,
                        purpose: .promotion,
                        source: .page
                    ),
                    to: person.id
                )
                if !offers {
                    try book.endPromotion(of: person.id)
                    try fence.countOptOut(db, now: now)
                }
            }
            for sequence in ended.sorted() { _ = try ledger.stop(person.id, sequence: sequence, .unsubscribed) }
            return true
        }
    }

    /// Stops all messages to the person who has an address, as they asked on the preference page.
    package func stopAll(_ address: AddressID, now: Instant) async throws -> Bool {
        try await write { [self] db in
            guard let person = try Self.person(with: address, db) else { return false }
            if try Consent(db: db, person: person.id).stop(at: now, by: .person) { try fence.countOptOut(db, now: now) }
            _ = try Ledger(db: db, catalog: catalog, now: now).stop(person.id, sequence: nil, .stopped)
            return true
        }
    }
}
