import Glibc

/// The rights of the user who owns a directory, for a process that root started.
///
/// What root does in a directory of another user is done with that user's rights: whatever is planted there then leads nowhere
/// that its owner could not go anyway, and what is made there is the owner's. The rights hold for the whole process.
package struct OwnerRights: Sendable {
    private let user: UInt32
    private let group: UInt32

    /// nil: the process is not root's, or the directory is.
    package init?(of directory: OpenDirectory) {
        guard geteuid() == 0, directory.owner != 0 else { return nil }
        (user, group) = (directory.owner, directory.group)
    }

    /// Gives root's rights up for good.
    /// - Throws: `FileFailure`.
    package func takeForGood() throws(FileFailure) {
        guard setgroups(0, nil) == 0, setgid(group) == 0, setuid(user) == 0,
            geteuid() == user, getegid() == group
        else { throw failure }
    }

    /// Has only the owner's rights while `body` runs.
    package func perform<T>(_ body: () throws -> T) throws -> T {
        let count = getgroups(0, nil)
        var groups = [gid_t](repeating: 0, count: Int(max(count, 0)))
        let formerGroup = getegid()
        guard count >= 0, getgroups(count, &groups) == count, setgroups(0, nil) == 0,
            setegid(group) == 0, seteuid(user) == 0
        else { throw failure }
        defer {
            guard seteuid(0) == 0, setegid(formerGroup) == 0, setgroups(groups.count, groups) == 0 else {
                // What follows would run with half of root's rights: no error could be handled safely.
                fatalError("cannot return to root's rights")
            }
        }
        return try body()
    }

    private var failure: FileFailure {
        FileFailure("user \(user)", "cannot act with this user's rights: \(String(cString: strerror(errno)))")
    }
}
