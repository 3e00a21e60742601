package import ControlAPI
package import DripCore
import GRDB

extension Store {
    /// Joins two people into one, because an operator knows that they are. What either of them stopped, paused or withdrew
    /// applies to the joined person.
    /// - Parameters:
    ///   - name: the person who stays, as in `person(_:)`.
    ///   - proof: how the operator knows it.
    /// - Throws: `PersonError`; `busy` while a message to either is being sent.
    package func link(_ name: String, with otherName: String, proof: String, now: Instant) async throws -> LinkReport {
        try await write { [self] db in
            let person = try Self.find(name, db)
            let other = try Self.find(otherName, db, isConcerned: false)
            guard person.id != other.id else { throw PersonError.samePerson(name, otherName) }
            for (one, name) in [(person, name), (other, otherName)] {
                // The platform's answer decides who the author of a comment is.
                guard try !db.ways(of: one.id).addresses.contains(where: \.isPlaceholder) else {
                    throw PersonError.unnamed(name)
                }
                guard try !db.isSending(to: one.id) else { throw PersonError.busy(name) }
            }
            let before = try Self.underWay([person.id, other.id], db)
            let moved = try db.ways(of: other.id).addresses.map(\.id)
            let merge = PersonMerge(ledger: Ledger(db: db, catalog: catalog, now: now))
            try merge.merge(other.id, into: person) { try merge.moveAddresses(of: other.id, to: person.id) }
            try LinkLog(db: db).add(.joined, person.id, other.id, moved, proof: proof, at: now)
            var ended = before
            for sequence in try Self.underWay([person.id], db) {
                if let index = ended.firstIndex(of: sequence) { ended.remove(at: index) }
            }
            AuditedRequest.current?.changes(
                to: "joined with another person: addresses \(moved.count), ended \(ended.count)"
            )
            let consent = try db.row("SELECT stopped_at, paused_at FROM person WHERE id = ?", [person.id])
            return LinkReport(
                addresses: try db.ways(of: person.id).addresses.map(\.reference),
                ended: ended,
                isStopped: (consent?["stopped_at"] as Instant?) != nil,
                isPaused: (consent?["paused_at"] as Instant?) != nil
            )
        }
    }

    private static func underWay(_ people: [PersonID], _ db: Database) throws -> [String] {
        try people.flatMap { person in
            try db.all(
                "SELECT sequence FROM enrollment WHERE person = ? AND ended_at IS NULL ORDER BY id",
                [person]
            ) { $0[0] as String }
        }
    }

    /// Cuts one address off a person. One that the platform named becomes a person of its own; one that people or files gave is
    /// removed, with the consents for its channel.
    /// - Parameters:
    ///   - name: as in `person(_:)`.
    ///   - reference: one of the person's addresses, in the same form.
    /// - Throws: `PersonError`; `busy` while a message to the person is being sent.
    package func unlink(_ reference: String, from name: String, now: Instant) async throws -> UnlinkReport {
        try await write { [self] db in
            let person = try Self.find(name, db)
            let addresses = try db.ways(of: person.id).addresses
            let address = try Self.find(reference, among: addresses, of: name)
            let rest = addresses.filter { $0.id != address.id }
            guard !rest.isEmpty else { throw PersonError.onlyAddress(reference, person: name) }
            guard !address.isPlaceholder else { throw PersonError.unnamed(reference) }
            let ledger = Ledger(db: db, catalog: catalog, now: now)
            let cut = PersonCut(ledger: ledger, person: person, address: address, rest: rest)
            guard try !cut.isBusy() else { throw PersonError.busy(name) }
            guard try !cut.isInDoubt() else { throw PersonError.inDoubt(reference, person: name) }
            let moved = try cut.moveEnrollments()
            let givenBy: String? = try db.row("SELECT given_by FROM address WHERE id = ?", [address.id])?["given_by"]
            var other: PersonID?
            var withdrawn: [Purpose] = []
            if givenBy == nil {
                other = try cut.makePerson()
            } else {
                let attribute = catalog.channels.first { $0.rules.name == address.account.channel }?.rules.attribute
                withdrawn = try cut.remove(attribute: attribute)
                if !withdrawn.isEmpty { try fence.countOptOut(db, now: now) }
            }
            try LinkLog(db: db).add(.cut, person.id, other, [address.id], at: now)
            AuditedRequest.current?.changes(
                to: "an address on \(address.account.channel.rawValue) "
                    + (givenBy == nil ? "is a person of its own" : "removed") + ", moved \(moved.count)"
            )
            return UnlinkReport(
                address: address.reference,
                isRemoved: givenBy != nil,
                moved: moved,
                withdrawn: withdrawn.map { "\(address.account.channel.rawValue):\($0.rawValue)" }
            )
        }
    }

    private static func find(_ name: String, among addresses: [Address], of person: String) throws -> Address {
        let reference = PersonReference(name)
        let found = addresses.filter { $0.externalID == reference.externalID && reference.fits($0) }
        guard found.count <= 1 else { throw PersonError.ambiguous(name, pages: found.map(\.account.externalID)) }
        guard let address = found.first else {
            throw PersonError.unknownAddress(name, person: person, has: addresses.map(\.reference))
        }
        return address
    }
}
