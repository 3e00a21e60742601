import Glibc

/// Functions that open a path without following symbolic links that another user has planted.
///
/// Root works in directories where the service's user, or an author of sequences, may create links. Root follows only links
/// that root made, in directories that root owns. Each component is opened through the descriptor of the one before it, so
/// nothing can be exchanged between the check and the use. For other users, the kernel's own rules apply
/// (`fs.protected_symlinks`).
package enum TrustedPath {
    /// The maximum number of links to follow, the same as in Linux. Source: path_resolution(7).
    private static let maxLinks = 40

    /// - Parameter flags: for open(2), applied to the last component, which must exist.
    /// - Returns: a descriptor. The caller closes it.
    package static func open(_ path: String, _ flags: Int32) throws(FileFailure) -> Int32 {
        let (folder, name) = try resolve(path)
        defer { close(folder) }
        let descriptor = openat(folder, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path) }
        return descriptor
    }

    /// Follows all links, and opens the directory that contains, or would contain, the target of a path.
    /// - Returns: the directory's descriptor, which the caller closes, and the name in it, which is not a link: "." for a path
    ///   that ends in a directory's own name, such as "/" or "..".
    static func resolve(_ path: String) throws(FileFailure) -> (folder: Int32, name: String) {
        var (folder, name) = try parent(of: path)
        var links = 0
        do throws(FileFailure) {
            while let target = try link(folder, name, path) {
                links += 1
                guard links <= maxLinks else { throw FileFailure(path, errno: ELOOP) }
                let next = try parent(of: target, from: folder, named: path)
                close(folder)
                (folder, name) = next
            }
        } catch {
            close(folder)
            throw error
        }
        return (folder, name)
    }

    /// Does the same as `resolve`, but does not follow the last component.
    static func parent(of path: String) throws(FileFailure) -> (folder: Int32, name: String) {
        try parent(of: path, from: AT_FDCWD, named: path)
    }

    private static func parent(
        of path: String,
        from start: Int32,
        named whole: String
    ) throws(FileFailure) -> (folder: Int32, name: String) {
        guard !path.isEmpty else { throw FileFailure(whole, errno: ENOENT) }
        var folder = try directory(path.hasPrefix("/") ? AT_FDCWD : start, path.hasPrefix("/") ? "/" : ".", whole)
        var pending: [String] = components(path).reversed()
        var name = "."
        if let last = pending.first, last != ".." { name = pending.removeFirst() }
        var links = 0
        do throws(FileFailure) {
            while let component = pending.popLast() {
                if let target = try link(folder, component, whole) {
                    links += 1
                    guard links <= maxLinks else { throw FileFailure(whole, errno: ELOOP) }
                    pending += components(target).reversed()
                    if target.hasPrefix("/") {
                        close(folder)
                        folder = -1
                        folder = try directory(AT_FDCWD, "/", whole)
                    }
                } else {
                    let next = try directory(folder, component, whole)
                    close(folder)
                    folder = next
                }
            }
        } catch {
            if folder >= 0 { close(folder) }
            throw error
        }
        return (folder, name)
    }

    private static func directory(_ folder: Int32, _ name: String, _ path: String) throws(FileFailure) -> Int32 {
        let descriptor = openat(folder, name, OpenDirectory.unread | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path) }
        return descriptor
    }

    /// Returns the target of a link.
    /// - Returns: nil if the entry is not a link, or does not exist.
    private static func link(_ folder: Int32, _ name: String, _ path: String) throws(FileFailure) -> String? {
        let entry = openat(folder, name, OpenDirectory.unread | O_NOFOLLOW | O_CLOEXEC)
        guard entry >= 0 else {
            if errno == ENOENT { return nil }
            throw FileFailure(path)
        }
        defer { close(entry) }
        var (facts, around) = (stat(), stat())
        guard fstat(entry, &facts) == 0, fstat(folder, &around) == 0 else { throw FileFailure(path) }
        guard facts.st_mode & S_IFMT == S_IFLNK else { return nil }
        guard geteuid() != 0 || facts.st_uid == 0 && around.st_uid == 0 else {
            throw FileFailure(
                path,
                "'\(name)' is a symbolic link that user \(max(facts.st_uid, around.st_uid)) controls, and root does not follow it"
            )
        }
        var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlinkat(entry, "", &target, target.count - 1)
        guard count > 0 else { throw FileFailure(path) }
        return String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func components(_ path: String) -> [String] {
        path.split(separator: "/").filter { $0 != "." }.map(String.init)
    }
}

/// An existing Unix socket, held by a descriptor. A client that connects to `location` reaches this socket, even if its path
/// now leads elsewhere.
package final class TrustedSocket: Sendable {
    private let descriptor: Int32

    /// - Throws: `FileFailure`, also if the path is not a socket.
    package init(_ path: String) throws(FileFailure) {
        descriptor = try TrustedPath.open(path, OpenDirectory.unread)
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw FileFailure(path) }
        guard facts.st_mode & S_IFMT == S_IFSOCK else { throw FileFailure(path, "is not a socket") }
    }

    deinit {
        close(descriptor)
    }

    package var location: String { "/proc/self/fd/\(descriptor)" }
}
