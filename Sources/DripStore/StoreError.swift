import GRDB
import Glibc
import SafeFiles

/// A problem with a state directory. Each message tells the operator what to do.
package enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    case inUse(directory: String, process: String)
    case newerSchema(path: String)
    case notOurs(path: String)
    case cannotOpen(path: String, why: String)
    /// The content is not what was written. Retrying does not help.
    case damaged(path: String, why: String)
    /// The schema differs from the one that dripd's migrations create.
    case altered(path: String, what: String)
    /// Nothing was written, and the same write may work later.
    case unavailable(path: String, why: String)

    package var description: String {
        switch self {
        case .inUse(let directory, let process):
            "another dripd\(process.isEmpty ? "" : " (process \(process))") is using \(directory); "
                + "stop it first, or give this one a state directory of its own"
        case .newerSchema(let path):
            "\(path) was written by a newer dripd; install that version or a later one (an older one would lose data)"
        case .notOurs(let path):
            "\(path) is a database of another program; give dripd a state directory of its own"
        case .cannotOpen(let path, let why):
            "cannot open \(path): \(why)"
        case .damaged(let path, let why):
            "\(path) is damaged: \(why). Stop dripd and put a backup in its place: dripd restore FILE (`dripd backup` makes "
                + "one; dripd-backup.timer keeps them in /var/lib/dripd-backups)"
        case .altered(let path, let what):
            "\(path) was altered by another program: \(what). It could change what is sent, so dripd does not open it; "
                + "restore another backup, or, if the change was yours, undo it with sqlite3"
        case .unavailable(let path, let why):
            "cannot write to \(path): \(why); is the disk full, mounted read-only, or the file locked "
                + "by another program? Check with `df -h`, `findmnt -T` and `fuser -v`"
        }
    }
}

extension StoreError {
    /// Whether the same operation may succeed later.
    package var mayPass: Bool {
        switch self {
        case .damaged, .altered: false
        case .inUse, .newerSchema, .notOurs, .cannotOpen, .unavailable: true
        }
    }

    init(_ failure: FileFailure) {
        let todo = failure.code == EACCES ? "; run as root or as its owner" : ""
        self = .cannotOpen(path: failure.path, why: failure.why + todo)
    }

    /// Replaces a directory's real location in the message with the path that the user gave.
    func replacing(_ location: String, with path: String) -> StoreError {
        func named(_ text: String) -> String { text.replacing(location, with: path) }
        return switch self {
        case .inUse(let directory, let process): .inUse(directory: named(directory), process: process)
        case .newerSchema(let file): .newerSchema(path: named(file))
        case .notOurs(let file): .notOurs(path: named(file))
        case .cannotOpen(let file, let why): .cannotOpen(path: named(file), why: named(why))
        case .damaged(let file, let why): .damaged(path: named(file), why: named(why))
        case .altered(let file, let what): .altered(path: named(file), what: named(what))
        case .unavailable(let file, let why): .unavailable(path: named(file), why: named(why))
        }
    }

    /// Returns SQLite's message for a result code, without the code.
    private static func words(_ code: ResultCode) -> String {
        DatabaseError(resultCode: code).message ?? "\(code)"
    }

    /// Creates the error for a database file that SQLite cannot use.
    init(_ error: DatabaseError, path: String) {
        // During a backup SQLite keeps the message with the other connection and reports "not an error" for this one.
        let why = error.message.flatMap { $0 == "not an error" ? nil : $0 } ?? Self.words(error.resultCode)
        self =
            if error.isDamage {
                .damaged(path: path, why: why)
            } else if error.isOutage {
                .unavailable(path: path, why: why)
            } else {
                .cannotOpen(path: path, why: why)
            }
    }
}
