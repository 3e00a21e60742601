import DripStore
import Foundation

/// A record as JSON shows it: with the users' names as this machine has them.
struct AuditEntry: Encodable {
    let record: AuditRecord

    init(_ record: AuditRecord) {
        self.record = record
    }

    private enum CodingKeys: String, CodingKey {
        case user, loginUser
    }

    func encode(to encoder: any Encoder) throws {
        try record.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encodeIfPresent(record.peer.flatMap { SystemUser.name(of: $0.uid) }, forKey: .user)
        try values.encodeIfPresent(record.peer?.login.flatMap { SystemUser.name(of: $0) }, forKey: .loginUser)
    }
}

/// Records as a table.
struct AuditText {
    private let records: [AuditRecord]
    private let zone: TimeZone
    private let name: (UInt32) -> String?

    /// - Parameter name: a user's, by number; nil where there is none.
    init(_ records: [AuditRecord], zone: TimeZone, name: @escaping (UInt32) -> String? = SystemUser.name) {
        self.records = records
        self.zone = zone
        self.name = name
    }

    var table: TextTable {
        var table = TextTable(["WHEN", "USER", "PID", "VERB", "PERSON", "SEQUENCE", "CHANGE", "RESULT"])
        for record in records {
            table.add([
                LocalTime.text(record.at, zone), user(record.peer), record.peer.map { "\($0.pid)" } ?? "-", record.verb,
                record.person ?? record.people.map { "\($0) people" } ?? "-",
                record.sequence.map { $0 + (record.step.map { "/\($0)" } ?? "") } ?? "-", change(record),
                record.result.rawValue + (record.reason.map { ": \($0)" } ?? ""),
            ])
        }
        return table
    }

    /// `root (lan)`: root, by the login of lan.
    private func user(_ peer: AuditPeer?) -> String {
        guard let peer else { return "dripd (signal)" }
        let login = peer.login.map { " (\(name($0) ?? "\($0)"))" } ?? ""
        return (name(peer.uid) ?? "\(peer.uid)") + login
    }

    private func change(_ record: AuditRecord) -> String {
        switch (record.before, record.after) {
        case (let before?, let after?): "\(before) → \(after)"
        case (nil, let after?): after
        default: "-"
        }
    }
}
