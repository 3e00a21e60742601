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
