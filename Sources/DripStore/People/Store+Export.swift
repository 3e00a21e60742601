package import ControlAPI
package import DripCore
import GRDB

extension Store {
    /// Returns everything that is stored about a person, in one read. The keys with which platforms permit messages are left out.
    /// - Parameter name: as in `person(_:)`.
    /// - Throws: `PersonError`.
    package func export(_ name: String, now: Instant) async throws -> PersonExport {
        let catalog = catalog
        return try await read { db in
            let person = try Self.find(name, db)
            let ways = try db.ways(of: person.id)
            let subscribed = ways.addresses.filter { !$0.subscriptions.isEmpty }.map {
                ($0.reference, $0.subscriptions.map(SubscriptionSummary.init))
            }
            return PersonExport(
                exportedAt: now,
                since: try db.row("SELECT created_at FROM person WHERE id = ?", [person.id])?["created_at"] ?? now,
                person: person,
                addresses: try db.addressSummaries(of: person.id),
                subscriptions: Dictionary(uniqueKeysWithValues: subscribed),
                consents: ways.consents.map(ConsentEntry.init),
                consentChanges: try Consent(db: db, person: person.id).changes(),
                links: try LinkLog(db: db).records(of: person.id),
                enrollments: try db.rows("SELECT * FROM enrollment WHERE person = ? ORDER BY anchor, id", [person.id])
                    .map { try EnrollmentDetail(row: $0, db, catalog) },
                events: try Self.events(of: person.id, db)
            )
        }
    }

    private static func events(of person: PersonID, _ db: Database) throws -> [ExportedEvent] {
        try db.all(
            """
            SELECT event.at, event.received_at, event.kind, account.channel, account.page, event.body
            FROM event JOIN account ON account.id = event.account WHERE event.person = ? ORDER BY event.at, event.id
            """,
            [person]
        ) { row in
            let (channel, account): (String, String) = (row[3], row[4])
            return ExportedEvent(
                at: row[0],
                receivedAt: row[1],
                kind: row[2],
                account: "\(channel):\(account)",
                content: row[5]
            )
        }
    }
}
