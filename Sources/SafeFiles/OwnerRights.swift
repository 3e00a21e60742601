import Glibc

/// The rights of the user who owns a directory, for a process that root started.
///
/// Root works in the directory of another user with that user's rights. So a planted link leads nowhere that the owner could
/// not go, and new files belong to the owner. The rights apply to the whole process.
package struct OwnerRights: Sendable {
    private let user: UInt32
    private let group: UInt32

    /// nil if the process does not run as root, or root owns the directory.
    package init?(of directory: OpenDirectory) {
        guard geteuid() == 0, directory.owner != 0 else { return nil }
        (user, group) = (directory.owner, directory.group)
    }

    /// Gives up root's rights for good.
    /// - Throws: `FileFailure`.
    package func takeForGood() throws(FileFailure) {
        guard setgroups(0, nil) == 0, setgid(group) == 0, setuid(user) == 0,
            geteuid() == user, getegid() == group
        else { throw failure }
    }

    /// Runs `body` with only the owner's rights.
    package func perform<T>(_ body: () throws -> T) throws -> T {
        let count = getgroups(0, nil)
        var groups = [gid_t](repeating: 0, count: Int(max(count, 0)))
        let formerGroup = getegid()
        guard count >= 0, getgroups(count, &groups) == count, setgroups(0, nil) == 0,
            setegid(group) == 0, seteuid(user) == 0
        else { throw failure }
        defer {
            guard seteuid(0) == 0, setegid(formerGroup) == 0, setgroups(groups.count, groups) == 0 else {
                fatalError("cannot return to root's rights")  // With half of root's rights no error is handled safely.
            }
        }
        return try body()
    }

    private var failure: FileFailure {
        FileFailure("user \(user)", "cannot act with this user's rights: \(String(cString: strerror(errno)))")
    }
}
