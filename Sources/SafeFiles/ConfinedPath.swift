import Glibc

/// Functions that open a file below a directory by an untrusted path.
///
/// Each component is opened through the descriptor of the one before it. Links are followed only if they stay below the
/// directory.
package enum ConfinedPath {
    package enum Failure: Error, Hashable, Sendable {
        /// The path or a link leads above the directory, or a link is absolute.
        case leadsOut
        /// The name of this component begins with a dot, as in `.git` and `.env`.
        case hidden(String)
        /// Not all users may pass through this directory.
        case closed(String)
        /// A system call failed with this `errno`.
        case system(Int32)
    }

    /// The maximum number of links to follow, the same as in Linux. Source: path_resolution(7).
    private static let maxLinks = 40

    /// - Parameter base: the directory; empty: the current directory.
    /// - Returns: a descriptor for reading a file of any kind. The caller closes it.
    package static func open(_ path: String, below base: String) throws(Failure) -> Int32 {
        var folders = [Glibc.open(base.isEmpty ? "." : base, OpenDirectory.unread | O_DIRECTORY | O_CLOEXEC)]
        guard folders[0] >= 0 else { throw .system(errno) }
        defer { for folder in folders { close(folder) } }
        var pending = components(path, isLink: false)
        var links = 0
        while let component = pending.popLast() {
            if component.name == ".." {
                guard folders.count > 1 else { throw .leadsOut }
                close(folders.removeLast())
                continue
            }
            guard !component.isHidden else { throw .hidden(component.name) }
            let around = folders[folders.count - 1]
            let entry = openat(around, component.name, OpenDirectory.unread | O_NOFOLLOW | O_CLOEXEC)
            var facts = stat()
            guard entry >= 0 else { throw .system(errno) }
            guard fstat(entry, &facts) == 0 else {
                close(entry)
                throw .system(errno)
            }
            switch facts.st_mode & S_IFMT {
            case S_IFLNK:
                defer { close(entry) }
                links += 1
                guard links <= maxLinks else { throw .system(ELOOP) }
                let target = try Self.target(of: entry)
                guard !target.hasPrefix("/") else { throw .leadsOut }
                pending += components(target, isLink: true)
            case S_IFDIR where facts.st_mode & S_IXOTH == 0:
                close(entry)
                throw .closed(component.name)
            case S_IFDIR:
                folders.append(entry)
            default:
                close(entry)
                guard pending.isEmpty else { throw .system(ENOTDIR) }
                // The entry may have been replaced meanwhile, but a link is not followed. The caller checks the kind of file.
                return try readable(openat(around, component.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
            }
        }
        return try readable(openat(folders[folders.count - 1], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }

    private static func readable(_ descriptor: Int32) throws(Failure) -> Int32 {
        guard descriptor >= 0 else { throw .system(errno) }
        return descriptor
    }

    private static func target(of link: Int32) throws(Failure) -> String {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(link, "", &bytes, bytes.count)
        guard count > 0 else { throw .system(errno) }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private struct Component {
        let name: String
        let isLink: Bool

        /// Kubernetes names the targets of its own links `..data` and `..2027_01_04_…`.
        var isHidden: Bool { name.hasPrefix(".") && !(isLink && name.hasPrefix("..")) }
    }

    /// Returns the components in reverse order.
    private static func components(_ path: String, isLink: Bool) -> [Component] {
        path.split(separator: "/").filter { $0 != "." }.map { Component(name: String($0), isLink: isLink) }.reversed()
    }
}
