package import DripCore
import GRDB

/// One request for a change: who asked for it, of whom, and what came of it. It names no person, and no words of one.
package struct AuditRecord: Codable, Hashable, Sendable {
    package enum Result: String, Codable, Sendable {
        case done, refused, failed
        /// The process ended, or the state could not be written, before it was done.
        case begun
    }

    package var at: Instant
    package var verb: String
    /// nil: dripd itself, at a signal.
    package var peer: AuditPeer?
    /// The name that the log has for the person; `forgotten` of one who was erased since. nil where it was none, or several.
    package var person: String?
    /// How many it was about, where that is not one.
    package var people: Int?
    package var sequence: String?
    package var step: String?
    /// What was so before, and what is after it, in a few words.
    package var before: String?
    package var after: String?
    package var result: Result
    /// Why it was not done.
    package var reason: String?
}

/// Which records are asked for.
package struct AuditQuery: Codable, Hashable, Sendable {
    package var since: Instant?
    /// Of the process that asked, or of the user who logged in.
    package var user: UInt32?
    package var verb: String?
    /// An address, PAGE/ADDRESS, or the name that the log has for a person.
    package var person: String?
    /// At most so many: the newest.
    package var limit: Int

    package init(
        since: Instant? = nil,
        user: UInt32? = nil,
        verb: String? = nil,
        person: String? = nil,
        limit: Int
    ) {
        self.since = since
        self.user = user
        self.verb = verb
        self.person = person
        self.limit = limit
    }
}

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

/// Who asked for a change.
package struct AuditPeer: Codable, Hashable, Sendable {
    /// The process at the other end of the control socket, as the kernel names it (`SO_PEERCRED`).
    package let uid: UInt32
    package let gid: UInt32
    package let pid: Int32
    /// The user who logged in, where that is another one, as after `sudo`. The client says so, and nothing proves it: who is root
    /// could say anything.
    package var login: UInt32?

    package init(uid: UInt32, gid: UInt32, pid: Int32, login: UInt32? = nil) {
        self.uid = uid
        self.gid = gid
        self.pid = pid
        self.login = login
    }
}

/// What operators may ask for that changes something.
package enum AuditVerb: String, CaseIterable, Sendable {
    case enroll, stop, resume, forget, tag, untag, resolve, sync, apply, reload, restore
    case takeImport = "import"
    case adoptState = "adopt-state"
}

extension Person {
    /// Whether they get messages, in a word.
    var wish: String { stoppedAt != nil ? "stopped" : pausedAt != nil ? "paused" : "active" }
}
