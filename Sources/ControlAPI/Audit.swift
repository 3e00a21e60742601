package import DripCore

/// One request for a change: who made it, what it concerned, and its result. It contains no name and no words of a
/// person.
package struct AuditRecord: Codable, Hashable, Sendable {
    package enum Result: String, Codable, Sendable {
        case done, refused, failed
        /// The process ended, or the state could not be written, before the request was done.
        case begun
    }

    package var at: Instant
    package var verb: String
    /// nil for dripd itself, at a signal.
    package var peer: AuditPeer?
    /// The person's pseudonym; `forgotten` if they were erased since. nil if the request concerned no person, or
    /// several.
    package var person: String?
    /// The number of people, if not one.
    package var people: Int?
    package var sequence: String?
    package var step: String?
    /// The state before and after the change, in a few words.
    package var before: String?
    package var after: String?
    package var result: Result
    /// Why it was not done.
    package var reason: String?

    package init(
        at: Instant,
        verb: String,
        peer: AuditPeer? = nil,
        person: String? = nil,
        people: Int? = nil,
        sequence: String? = nil,
        step: String? = nil,
        before: String? = nil,
        after: String? = nil,
        result: Result,
        reason: String? = nil
    ) {
        self.at = at
        self.verb = verb
        self.peer = peer
        self.person = person
        self.people = people
        self.sequence = sequence
        self.step = step
        self.before = before
        self.after = after
        self.result = result
        self.reason = reason
    }
}

/// A selection of audit records.
package struct AuditQuery: Codable, Hashable, Sendable {
    package var since: Instant?
    /// The user id of the process that made the request, or of the user who logged in.
    package var user: UInt32?
    package var verb: String?
    /// An address, PAGE/ADDRESS, CHANNEL:ACCOUNT/ADDRESS, or a pseudonym.
    package var person: String?
    /// The maximum number of records to return: the newest.
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

/// The origin of a request.
package struct AuditPeer: Codable, Hashable, Sendable {
    /// The header in which a client sends the uid of the login user. It may differ from the client's own uid (sudo).
    package static let loginHeader = "dripd-login"

    /// The process at the other end of the control socket, as the kernel reports it (`SO_PEERCRED`).
    package let uid: UInt32
    package let gid: UInt32
    package let pid: Int32
    /// The user who logged in, if that is another one, as after `sudo`. The client claims it without proof: root could
    /// claim anything.
    package var login: UInt32?

    package init(uid: UInt32, gid: UInt32, pid: Int32, login: UInt32? = nil) {
        self.uid = uid
        self.gid = gid
        self.pid = pid
        self.login = login
    }
}
