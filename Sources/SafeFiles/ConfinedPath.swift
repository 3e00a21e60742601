import Glibc

/// Opens a file below a directory, by a path that somebody else wrote.
///
/// Each component is opened through the descriptor of the one before it. Links are followed as long as they stay below.
package enum ConfinedPath {
    package enum Failure: Error, Hashable, Sendable {
        /// Above the directory, or to an absolute path.
        case leadsOut
        /// This component's name begins with a dot, as those of `.git` and `.env` do.
        case hidden(String)
        /// Not all users may pass this directory.
        case closed(String)
        /// `errno`.
        case system(Int32)
    }

    /// As many as Linux follows. Source: path_resolution(7).
    private static let mostLinks = 40

    /// - Parameter base: the directory; empty: the process's own.
    /// - Returns: a descriptor for reading, of whatever kind of file it is, which the caller closes.
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
                guard links <= mostLinks else { throw .system(ELOOP) }
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
                // What has taken its place in between is no better: it is checked by whoever reads it.
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

    /// The last one first.
    private static func components(_ path: String, isLink: Bool) -> [Component] {
        path.split(separator: "/").filter { $0 != "." }.map { Component(name: String($0), isLink: isLink) }.reversed()
    }
}
