import DripCore
import Foundation
import Glibc

/// What a file needs besides its content: to be its owner's alone, and on the disk.
enum StoreFile {
    static func createDirectory(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw StoreError.cannotOpen(path: path, why: ErrorText.words(error))
        }
    }

    static func size(_ path: String) throws -> Int64 {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw failure(path, "read") }
        return Int64(facts.st_size)
    }

    static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, "open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(path, "write") }
    }

    /// A new name is on the disk only when its directory is.
    static func syncDirectory(of path: String) throws {
        guard let slash = path.lastIndex(of: "/") else { return try sync(".") }
        try sync(slash == path.startIndex ? "/" : String(path[..<slash]))
    }

    /// - Throws: `StoreError` that says whether it is missing or not for this user.
    static func mustBeReadable(_ path: String) throws {
        guard access(path, R_OK) != 0 else { return }
        let why =
            errno == EACCES
            ? "permission denied; run as root or as its owner" : String(cString: strerror(errno)).lowercased()
        throw StoreError.cannotOpen(path: path, why: why)
    }

    /// What the last call of the system met.
    static func failure(_ path: String, _ act: String) -> StoreError {
        .cannotOpen(path: path, why: "cannot \(act) it: \(String(cString: strerror(errno)))")
    }
}
