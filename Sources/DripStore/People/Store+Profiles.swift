import Crypto
package import DripCore
import Foundation
import GRDB

/// A person whose profile is to be requested.
package struct UnknownPerson: Hashable, Sendable {
    package let id: AddressID
    package let page: String
    package let address: String
}

extension Store {
    /// Returns people whose profile was never requested, or so long ago that it is out of date. The latest come first,
    /// because the next message is to them.
    package func peopleWithoutProfile(limit: Int) async throws -> [UnknownPerson] {
        try await read { db in
            try db.rows(Self.withoutProfile, [limit]).map { row in
                UnknownPerson(id: row["id"], page: row["page"], address: row["address"])
            }
        }
    }

    static let withoutProfile = """
        SELECT address.id, account.page, address.external_id AS address
        FROM address JOIN account ON account.id = address.account
        WHERE address.profile_at IS NULL ORDER BY address.id DESC LIMIT ?
        """

    /// Saves a person's profile; nil if the platform returned none. Attributes that the platform does not mention stay
    /// as they are.
    package func saveProfile(_ profile: Profile?, of person: UnknownPerson, now: Instant) async throws {
        try await write { db in
            // The person may have been erased meanwhile, and their id given to another one.
            let row = try db.row(
                "UPDATE address SET profile_at = ? WHERE id = ? AND external_id = ? RETURNING person",
                [now, person.id, person.address]
            )
            guard let id: PersonID = row?["person"], let profile else { return }
            try db.merge(profile.attributes, into: id)
            try db.run("UPDATE person SET zone = coalesce(?, zone) WHERE id = ?", [profile.zone?.identifier, id])
        }
    }
}

extension Store {
    /// Returns the person's pseudonym in the log: the same in every line, without revealing who they are.
    package func pseudonym(of person: Person) -> String {
        pseudonym(page: person.address.account.externalID, address: person.address.externalID)
    }

    func pseudonym(page: String, address: String) -> String {
        Self.pseudonym(page: page, address: address, instance)
    }

    static func pseudonym(page: String, address: String, _ instance: String) -> String {
        // Only the database has the instance. Without it, addresses cannot be guessed by trying them out.
        SHA256.hash(data: Data("log/\(instance)/\(page)/\(address)".utf8)).prefix(8).hexadecimal
    }
}
