import ControlAPI
import DripCore
import GRDB

extension AuditRecord {
    init(row: Row) {
        let uid: UInt32? = row["uid"]
        let result: String = row["result"]
        self.init(
            at: row["at"],
            verb: row["verb"],
            peer: uid.map { AuditPeer(uid: $0, gid: row["gid"] ?? 0, pid: row["pid"] ?? 0, login: row["login"]) },
            person: row["person"],
            people: row["people"],
            sequence: row["sequence"],
            step: row["step"],
            before: row["was"],
            after: row["became"],
            result: Result(rawValue: result) ?? .begun,
            reason: row["reason"]
        )
    }
}

/// Operators' requests that change something.
package enum AuditVerb: String, CaseIterable, Sendable {
    case enroll, stop, resume, forget, tag, untag, link, unlink, consent, address, resolve, sync, apply, reload, restore
    case takeImport = "import"
    case adoptState = "adopt-state"
}

extension Person {
    /// Whether the person gets messages, as one word.
    var consentState: String { stoppedAt != nil ? "stopped" : pausedAt != nil ? "paused" : "active" }
}
