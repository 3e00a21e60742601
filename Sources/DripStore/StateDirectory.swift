import CSQLite
import Glibc
import SafeFiles

/// A state directory as a command uses it that is not the daemon: `backup`, `restore`, `plan --state`.
///
/// Root has the rights of the directory's owner for all that is done in it: the service's user may plant in it what they like.
package final class StateDirectory: Sendable {
    /// As it was named.
    package let path: String
    let directory: OpenDirectory
    private let rights: OwnerRights?

    /// - Parameter making: it is made if it is missing, for its owner alone.
    /// - Throws: `StoreError`.
    package init(_ path: String, making: Bool = false) throws {
        self.path = path
        do {
            directory = try making ? OpenDirectory(making: path) : OpenDirectory(path)
        } catch {
            throw StoreError(error)
        }
        guard geteuid() != 0 || directory.owner != 0 || !directory.isWritableByOthers else {
            throw StoreError.cannotOpen(
                path: path,
                why: "other users may write to root's directory; chmod go-w \(path)"
            )
        }
        rights = OwnerRights(of: directory)
        if rights != nil, dripd_sqlite_take_names_as_given() != 0 {
            throw StoreError.cannotOpen(path: path, why: "SQLite cannot be told to open files by their names")
        }
    }

    /// One that a database is to be read in: without the directory there is none.
    convenience init(reading path: String) throws {
        do {
            try self.init(path)
        } catch StoreError.cannotOpen(path, let why) {
            throw StoreError.cannotOpen(path: path + "/dripd.db", why: why)
        }
    }

    /// Whether its files are opened with other rights than the process has.
    var isForeign: Bool { rights != nil }

    /// By which its files are opened while `perform` runs. The owner may not be let through all directories above it: systemd keeps
    /// the services' own in /var/lib/private, which is root's alone.
    var location: String { rights == nil ? path : directory.location }

    /// To be called before SQLite opens the database in it: it waits for ever for the other end of a pipe, and takes links of any
    /// kind for its own files.
    /// - Throws: `FileFailure`.
    func checkDatabaseFiles() throws(FileFailure) {
        // Without opening them: to close a file takes away the locks that SQLite has on it.
        for suffix in ["", "-journal", "-wal", "-shm"] { try directory.check("dripd.db" + suffix) }
    }

    /// Has only the owner's rights from here on.
    func takeRightsForGood() throws {
        try rights?.takeForGood()
    }

    /// Works in the directory.
    func perform<T>(_ body: () throws -> T) throws -> T {
        guard let rights else { return try naming(body) }
        return try rights.perform { try naming(body) }
    }

    /// Names this directory in errors as it was named.
    func naming<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as StoreError {
            throw rights == nil ? error : error.replacing(location, with: path)
        } catch let error as FileFailure {
            throw rights == nil ? StoreError(error) : StoreError(error).replacing(location, with: path)
        }
    }
}
