package import DripCore
import Foundation
import GRDB

/// Somebody whose profile is to be asked for.
package struct UnknownPerson: Hashable, Sendable {
    package let id: PersonID
    package let page: String
    package let address: String
}

extension Store {
    /// People whose profile was never asked for, or so long ago that they wrote again since; the latest first: theirs is the
    /// next message.
    package func peopleWithoutProfile(limit: Int) async throws -> [UnknownPerson] {
        try await read { db in
            try db.rows(Self.withoutProfile, [limit]).map { row in
                UnknownPerson(id: row["id"], page: row["page"], address: row["address"])
            }
        }
    }

    static let withoutProfile = """
        SELECT person.id, lane.page, person.address FROM person JOIN lane ON lane.id = person.lane
        WHERE person.profile_at IS NULL ORDER BY person.id DESC LIMIT ?
        """

    /// Keeps what the platform told of a person; nil: that it tells nothing. What an attribute says that the platform is
    /// silent about stays.
    package func keep(_ profile: Profile?, of person: UnknownPerson, now: Instant) async throws {
        try await write { db in
            // Who was forgotten in the meantime has left their number to whoever came next.
            try db.run(
                "UPDATE person SET profile_at = ? WHERE id = ? AND address = ?",
                [now, person.id, person.address]
            )
            guard db.changesCount > 0, let profile else { return }
            try db.merge(profile.attributes, into: person.id)
            try db.run(
                "UPDATE person SET zone = coalesce(?, zone) WHERE id = ?",
                [profile.zone?.identifier, person.id]
            )
        }
    }
}
