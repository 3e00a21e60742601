import DripCore
import GRDB

extension Database {
    /// Reads what decides by which of a person's addresses a step is sent.
    /// - Parameter job: the step, whose refusals count; nil for none.
    func ways(of person: PersonID, for job: Job? = nil) throws -> Ways {
        let addresses = try all(Self.addressesOfPerson, [person]) { row in
            Address(
                id: row[0],
                account: Account(id: row[1], channel: ChannelName(rawValue: row[2]), externalID: row[3]),
                externalID: row[4],
                windowEnds: row[5],
                unreachable: row[6],
                blockedAt: row[7],
                subscriptions: try JSONColumn.read(row[9], or: []),
                details: row[8]
            )
        }
        let refusals = try all(
            "SELECT address, reason, error_class FROM attempt WHERE enrollment = ? AND step = ?",
            [job?.enrollment.id, job?.step]
        ) { row in
            (row[0] as AddressID, Delivery(state: .failed, reason: row[1], errorClass: row[2]))
        }
        return Ways(
            addresses: addresses,
            consents: try consents(of: person),
            refusals: Dictionary(refusals) { first, _ in first }
        )
    }

    /// Returns a person's consents in the order in which they were recorded.
    func consents(of person: PersonID) throws -> [ConsentRecord] {
        try all(
            "SELECT at, kind, channel, purpose, source, wording, evidence FROM consent WHERE person = ? ORDER BY id",
            [person]
        ) { row in
            ConsentRecord(
                at: row[0],
                // Whatever else is stored there permits nothing.
                kind: ConsentRecord.Kind(rawValue: row[1]) ?? .withdrawn,
                channel: (row[2] as String?).map(ChannelName.init(rawValue:)),
                purpose: (row[3] as String?).flatMap(Purpose.init(rawValue:)),
                source: ConsentRecord.Source(rawValue: row[4]) ?? .operatorCommand,
                wording: row[5],
                evidence: row[6]
            )
        }
    }

    func add(_ record: ConsentRecord, to person: PersonID) throws {
        try run(
            """
            INSERT INTO consent (person, at, kind, channel, purpose, source, wording, evidence)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                person, record.at, record.kind.rawValue, record.channel?.rawValue, record.purpose?.rawValue,
                record.source.rawValue, record.wording, record.evidence,
            ]
        )
    }

    static let addressesOfPerson = """
        SELECT address.id, address.account, account.channel, account.page, address.external_id, address.window_ends,
            address.unreachable, address.blocked_at, address.details, address.subscriptions
        FROM address JOIN account ON account.id = address.account WHERE address.person = ? ORDER BY address.id
        """
}
