package import ControlAPI
import DripCore
import GRDB

extension Store {
    /// The maximum number of rows that one part reads, so that no read takes long.
    private static let duplicateRows = 20_000

    /// Returns groups of people who may be one person: they share an e-mail address or a phone number, or have the same name on
    /// different accounts.
    ///
    /// Reads all people once to find what they share, and once more to find who shares it. Between two parts others may read.
    /// - Parameter limit: the maximum number of groups to return.
    package func duplicates(limit: Int) async throws -> DuplicatesAnswer {
        let people: Int = try await read {
            try $0.row("SELECT value FROM tally WHERE name = 'people'", [])?["value"] ?? 0
        }
        var search = DuplicateSearch(people: people, limit: limit)
        // More traits than fit into memory at once are searched a share at a time.
        while search.hasMore {
            try await traits { search.add($0) }
            search.endPass()
        }
        let chosen = search.chosen
        guard !chosen.isEmpty else { return DuplicatesAnswer() }
        var members = DuplicateMembers(of: chosen)
        try await traits { members.add($0) }
        let (found, more) = (members, search.count - chosen.count)
        return try await read { [addressAttributes = addressAttributes] db in
            let groups = try chosen.compactMap { try found.group(of: $0, addressAttributes, db) }
            return DuplicatesAnswer(groups: groups, more: more)
        }
    }

    /// Reads the traits of all people, in the order of their ids.
    private func traits(_ use: ([HashedTrait]) -> Void) async throws {
        let attributes = addressAttributes
        var first: Int64? = 0
        while let start = first {
            let (found, next) = try await read { try Self.traits(from: start, attributes, $0) }
            use(found)
            first = next
        }
    }

    /// The attribute that an address on a channel is, where people can tell one: `email`.
    private var addressAttributes: [ChannelName: String] {
        let told = catalog.channels.compactMap { channel in channel.rules.attribute.map { (channel.rules.name, $0) } }
        return Dictionary(told, uniquingKeysWith: { first, _ in first })
    }

    /// - Returns: the traits, and the person to continue with; nil at the end.
    private static func traits(
        from first: Int64,
        _ addressAttributes: [ChannelName: String],
        _ db: Database
    ) throws -> ([HashedTrait], next: Int64?) {
        let told = try db.all("SELECT id, channel FROM account", []) { row in
            addressAttributes[ChannelName(rawValue: row[1])].map { (row[0] as AccountID, $0) }
        }
        let attributes = Dictionary(uniqueKeysWithValues: told.compactMap(\.self))
        var found: [HashedTrait] = []
        var (read, last): (Int, PersonID?) = (0, nil)
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: peopleWithAddresses),
            arguments: [first, duplicateRows]
        )
        while let row = try rows.next() {
            read += 1
            let (person, account, externalID): (PersonID, AccountID, String) = (row[0], row[2], row[3])
            // Nobody can say who an unnamed author is.
            guard !Comment.isPlaceholder(externalID) else { continue }
            func add(_ attribute: String, _ value: String) {
                guard let trait = SharedTrait.of(attribute, value) else { return }
                found.append(HashedTrait(trait, person, account))
            }
            if person != last, let stored: String = row[1] {
                for (name, value) in try JSONColumn.texts(stored, named: SharedTrait.attributes) { add(name, value) }
            }
            if let attribute = attributes[account] { add(attribute, externalID) }
            last = person
        }
        guard read == duplicateRows, let last else { return (found, nil) }
        // The last person's other addresses may follow, so they are read again.
        return (found, last.rawValue == first ? first + 1 : last.rawValue)
    }

    static let peopleWithAddresses = """
        SELECT person.id, person.attributes, address.account, address.external_id
        FROM person JOIN address ON address.person = person.id
        WHERE person.id >= ? ORDER BY person.id, address.id LIMIT ?
        """
}

/// A trait of one person. Its text is read again for the few traits that are shown.
private struct HashedTrait {
    let kind: SharedTrait.Kind
    let hash: UInt64
    let person: PersonID
    let account: AccountID

    init(_ trait: SharedTrait, _ person: PersonID, _ account: AccountID) {
        kind = trait.kind
        hash = Self.hash(trait)
        (self.person, self.account) = (person, account)
    }

    static func hash(_ trait: SharedTrait) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(trait.kind)
        trait.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}

/// Finds the traits that several people share, in bounded memory.
private struct DuplicateSearch {
    struct Shared: Hashable {
        let kind: SharedTrait.Kind
        let hash: UInt64
    }

    /// The maximum number of traits in memory: 40 MB.
    private static let mostTraits = 1_500_000

    private let limit: Int
    /// By the trait's hash: the first person who has it.
    private var holders: [UInt64: Holder] = [:]
    private var found: [SharedTrait.Kind: [UInt64]] = [:]
    private var counts: [SharedTrait.Kind: Int] = [:]
    /// A pass searches the traits whose hash has this remainder.
    private var pass: UInt64 = 0
    private var passes: UInt64
    private var isFull = false

    /// Sixteen bytes for each trait, with its hash.
    private struct Holder {
        private var bits: UInt64

        private static let personBits: UInt64 = 43
        private static let shared: UInt64 = 1 << 63

        init(_ person: PersonID, _ account: AccountID) {
            let mask = UInt64(1) << Self.personBits - 1
            bits = UInt64(truncatingIfNeeded: person.rawValue) & mask
            bits |= UInt64(truncatingIfNeeded: account.rawValue) << Self.personBits & ~Self.shared
        }

        var isShared: Bool {
            get { bits & Self.shared != 0 }
            set { bits |= newValue ? Self.shared : 0 }
        }

        func isSamePerson(as other: Holder) -> Bool {
            (bits ^ other.bits) & (1 << Self.personBits - 1) == 0
        }

        func isOnSameAccount(as other: Holder) -> Bool {
            ((bits ^ other.bits) & ~Self.shared) >> Self.personBits == 0
        }
    }

    init(people: Int, limit: Int) {
        self.limit = limit
        // Most people have a name, and a few a number or an address.
        passes = UInt64(people + people / 4) / UInt64(Self.mostTraits) + 1
        holders.reserveCapacity(min(people + people / 4, Self.mostTraits))
    }

    var hasMore: Bool { pass < passes }

    /// The number of shared traits.
    var count: Int { counts.values.reduce(0, +) }

    /// The shared traits to show: addresses first, names last.
    var chosen: [Shared] {
        Array(
            SharedTrait.Kind.allCases.flatMap { kind in (found[kind] ?? []).map { Shared(kind: kind, hash: $0) } }
                .prefix(limit)
        )
    }

    mutating func add(_ traits: [HashedTrait]) {
        guard !isFull else { return }
        for trait in traits where trait.hash % passes == pass {
            let new = Holder(trait.person, trait.account)
            guard let known = holders[trait.hash] else {
                holders[trait.hash] = new
                continue
            }
            guard !known.isShared, !known.isSamePerson(as: new) else { continue }
            // Many people of one page have the same name.
            guard trait.kind != .name || !known.isOnSameAccount(as: new) else { continue }
            holders[trait.hash]?.isShared = true
            counts[trait.kind, default: 0] += 1
            if found[trait.kind, default: []].count < limit { found[trait.kind, default: []].append(trait.hash) }
        }
        isFull = holders.count > Self.mostTraits
    }

    mutating func endPass() {
        holders.removeAll(keepingCapacity: true)
        if isFull {
            // People have more traits than usual: begin again with smaller shares.
            (pass, passes, isFull, found, counts) = (0, 2 * passes, false, [:], [:])
        } else {
            pass += 1
        }
    }
}

/// Finds who has the traits that are shown.
private struct DuplicateMembers {
    private struct Members {
        var people: [PersonID] = []
        var count = 0
        var last: PersonID?
    }

    private var members: [UInt64: Members]

    init(of chosen: [DuplicateSearch.Shared]) {
        members = Dictionary(chosen.map { ($0.hash, Members()) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameter traits: in the order of the people.
    mutating func add(_ traits: [HashedTrait]) {
        for trait in traits {
            guard let known = members[trait.hash], known.last != trait.person else { continue }
            members[trait.hash]?.last = trait.person
            members[trait.hash]?.count += 1
            if known.count < DuplicateGroup.mostListed { members[trait.hash]?.people.append(trait.person) }
        }
    }

    /// - Returns: nil if fewer than two people have the trait by now.
    func group(
        of shared: DuplicateSearch.Shared,
        _ addressAttributes: [ChannelName: String],
        _ db: Database
    ) throws -> DuplicateGroup? {
        guard let members = members[shared.hash] else { return nil }
        var (people, value, lost): ([DuplicatePerson], String?, Int) = ([], nil, 0)
        for id in members.people {
            let found = try db.first(
                "SELECT \(Person.columns) FROM \(Person.joined) WHERE person.id = ? AND \(Person.firstAddress)",
                [id],
                Person.init(row:)
            )
            let text = try found.flatMap { try Self.text(of: shared, $0, addressAttributes, db) }
            guard let person = found, let text else {
                lost += 1
                continue
            }
            value = value ?? text
            people.append(
                DuplicatePerson(
                    person: person.address.reference,
                    name: person.attributes["full_name"],
                    lastWroteAt: person.lastWroteAt
                )
            )
        }
        guard people.count > 1, let value else { return nil }
        let reason: DuplicateGroup.Reason =
            switch shared.kind {
            case .email: .email
            case .phone: .phone
            case .name: .name
            }
        return DuplicateGroup(reason: reason, value: value, count: members.count - lost, people: people)
    }

    /// Returns the person's own text of a trait.
    private static func text(
        of shared: DuplicateSearch.Shared,
        _ person: Person,
        _ addressAttributes: [ChannelName: String],
        _ db: Database
    ) throws -> String? {
        let addresses = try db.ways(of: person.id).addresses.compactMap { address in
            addressAttributes[address.account.channel].map { ($0, address.externalID) }
        }
        let attributes = SharedTrait.attributes.compactMap { name in person.attributes[name].map { (name, $0) } }
        return (attributes + addresses).first { name, value in
            SharedTrait.of(name, value).map { HashedTrait.hash($0) == shared.hash } ?? false
        }?.1
    }
}
