import ControlAPI
import DripCore
import GRDB

/// The records of people who were joined, and of addresses that were cut off, in the caller's transaction.
struct LinkLog {
    let db: Database

    /// - Parameter other: who was joined to the person, or got the address; nil if the address was removed.
    func add(
        _ kind: LinkRecord.Kind,
        _ person: PersonID,
        _ other: PersonID?,
        _ addresses: [AddressID],
        proof: String? = nil,
        at now: Instant
    ) throws {
        let peer = AuditedRequest.current?.peer
        try db.run(
            "INSERT INTO link (at, kind, person, other, addresses, proof, operator) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                now, kind.rawValue, person, other, try JSONColumn.text(addresses.map(\.rawValue)), proof,
                peer?.login ?? peer?.uid,
            ]
        )
    }

    /// Returns the records of a person, oldest first. A record that joined somebody to another person is that person's.
    func records(of person: PersonID) throws -> [LinkRecord] {
        let rows = try db.rows(
            """
            SELECT at, kind, addresses, proof, operator FROM link
            WHERE person = ? OR other = ? AND kind = 'cut' ORDER BY id
            """,
            [person, person]
        )
        return try rows.map { row in
            let ids = try JSONColumn.read(row["addresses"], or: [Int64]())
            return LinkRecord(
                at: row["at"],
                kind: LinkRecord.Kind(rawValue: row["kind"]) ?? .cut,
                addresses: try ids.compactMap { try db.address(AddressID(rawValue: $0))?.reference },
                proof: row["proof"],
                operator: row["operator"]
            )
        }
    }
}

extension Database {
    func address(_ id: AddressID) throws -> Address? {
        try first(
            """
            SELECT account.id, account.channel, account.page, address.external_id
            FROM address JOIN account ON account.id = address.account WHERE address.id = ?
            """,
            [id]
        ) { row in
            Address(
                id: id,
                account: Account(id: row[0], channel: ChannelName(rawValue: row[1]), externalID: row[2]),
                externalID: row[3]
            )
        }
    }

    /// Returns a person's addresses as commands show them.
    func addressSummaries(of person: PersonID) throws -> [AddressSummary] {
        let others = try rows(
            """
            SELECT given_by, created_at, delivered_until, read_until FROM address WHERE person = ? ORDER BY id
            """,
            [person]
        )
        return zip(try ways(of: person).addresses, others).map { address, row in
            AddressSummary(
                address,
                givenBy: row["given_by"],
                since: row["created_at"],
                deliveredUntil: row["delivered_until"],
                readUntil: row["read_until"]
            )
        }
    }
}
