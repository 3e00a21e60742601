import Glibc

/// A directory that is held by its descriptor. All operations stay in it, even if its path leads elsewhere meanwhile.
///
/// Names are single components. Links are never followed.
package final class OpenDirectory: Sendable {
    /// The path as it was given, for messages.
    package let path: String
    package let descriptor: Int32
    package let owner: UInt32
    package let group: UInt32
    /// Whether users other than the process's own may create, rename and remove files in it.
    package let isWritableByOthers: Bool

    /// Whether other users may rename and remove only their own files in it.
    package let isSticky: Bool

    /// O_PATH of open(2), which the Glibc module lacks. It also opens a directory that may be passed but not listed.
    static let unread: Int32 = 0o10_000_000

    /// - Throws: `FileFailure`.
    package convenience init(_ path: String) throws(FileFailure) {
        try self.init(taking: try TrustedPath.open(path, O_RDONLY | O_DIRECTORY), path)
    }

    /// Opens the directory. Creates it, and those above it, if they are missing, by default for the owner only.
    package convenience init(making path: String, mode: UInt32 = 0o700) throws(FileFailure) {
        do {
            try self.init(path)
        } catch let failure where failure.code == ENOENT {
            let above = path.split(separator: "/").dropLast().joined(separator: "/")
            let upper = (path.hasPrefix("/") ? "/" : "") + above
            let parent = try OpenDirectory(making: upper.isEmpty ? "." : upper, mode: mode)
            try self.init(taking: try parent.makeDirectory(Self.lastName(of: path), mode: mode).duplicate(), path)
        }
    }

    /// Returns the directory that contains, or would contain, a file, and the name of the file in it.
    /// - Parameter following: whether to follow a link; otherwise the name is that of the link itself.
    package static func holding(
        _ path: String,
        following: Bool = false
    ) throws(FileFailure) -> (directory: OpenDirectory, name: String) {
        let (folder, name) = try following ? TrustedPath.resolve(path) : TrustedPath.parent(of: path)
        defer { close(folder) }
        let descriptor = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, name != "." else { throw FileFailure(path, errno: name == "." ? EISDIR : errno) }
        let shown = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return (try OpenDirectory(taking: descriptor, shown.isEmpty ? "/" : shown), name)
    }

    private init(taking descriptor: Int32, _ path: String) throws(FileFailure) {
        self.descriptor = descriptor
        self.path = path
        var facts = stat()
        let isKnown = fstat(descriptor, &facts) == 0
        let code = errno
        (owner, group) = (facts.st_uid, facts.st_gid)
        isWritableByOthers = facts.st_uid != geteuid() || facts.st_mode & (S_IWGRP | S_IWOTH) != 0
        isSticky = facts.st_mode & S_ISVTX != 0
        guard isKnown else { throw FileFailure(path, errno: code) }
    }

    deinit {
        close(descriptor)
    }

    private func duplicate() throws(FileFailure) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw FileFailure(path) }
        return copy
    }

    private static func lastName(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "." }

    /// A path to this directory, valid as long as the object lives, for interfaces that accept no descriptor.
    package var location: String { "/proc/self/fd/\(descriptor)" }

    package func path(of name: String) -> String { path == "/" ? "/" + name : path + "/" + name }

    /// Opens an entry. It may be something other than a file, such as a named pipe.
    /// - Parameter flags: for open(2).
    /// - Returns: a descriptor. The caller closes it.
    package func open(_ name: String, _ flags: Int32, mode: UInt32 = 0o600) throws(FileFailure) -> Int32 {
        guard !name.contains("/"), name != ".." else { throw FileFailure(path(of: name), errno: EINVAL) }
        let descriptor = openat(self.descriptor, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            if errno == ELOOP { throw FileFailure(path(of: name), "is a symbolic link, which is not followed") }
            throw FileFailure(path(of: name))
        }
        return descriptor
    }

    /// Opens a regular file, not a pipe, device or directory. If other users may write to the directory, the file must have no
    /// second name.
    package func openFile(_ name: String, _ flags: Int32) throws(FileFailure) -> Int32 {
        let descriptor = try open(name, flags)
        do throws(FileFailure) {
            try PlainFile.check(descriptor, path(of: name), allowsLinks: !isWritableByOthers)
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Checks that `openFile` would open the file. A missing file passes.
    package func check(_ name: String) throws(FileFailure) {
        var facts = stat()
        guard fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return }
            throw FileFailure(path(of: name))
        }
        try PlainFile.check(facts, path(of: name), allowsLinks: !isWritableByOthers)
    }

    /// Creates a file, open for reading and writing.
    package func makeFile(_ name: String, mode: UInt32 = 0o600) throws(FileFailure) -> Int32 {
        try open(name, O_CREAT | O_EXCL | O_RDWR, mode: mode)
    }

    /// Creates a directory if it is missing, and opens it.
    package func makeDirectory(_ name: String, mode: UInt32 = 0o700) throws(FileFailure) -> OpenDirectory {
        guard mkdirat(descriptor, name, mode) == 0 || errno == EEXIST else { throw FileFailure(path(of: name)) }
        return try OpenDirectory(taking: try open(name, O_RDONLY | O_DIRECTORY), path(of: name))
    }

    /// Returns whether an entry of this name exists, even a link that leads nowhere.
    package func has(_ name: String) -> Bool {
        var facts = stat()
        return fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0
    }

    /// Checks that a file of this name may be replaced.
    /// - Throws: `FileFailure` if the entry is not a file or a link: a directory, a device.
    package func replaceable(_ name: String) throws(FileFailure) {
        var facts = stat()
        guard fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { return }
        guard [S_IFREG, S_IFLNK].contains(facts.st_mode & S_IFMT) else {
            throw FileFailure(path(of: name), "is not a regular file, so it is not replaced")
        }
    }

    /// Returns whether a name is that of an open file.
    package func has(_ name: String, as descriptor: Int32) -> Bool {
        var (named, open) = (stat(), stat())
        return fstatat(self.descriptor, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(descriptor, &open) == 0
            && named.st_dev == open.st_dev && named.st_ino == open.st_ino
    }

    package func rename(_ name: String, to other: String) throws(FileFailure) {
        guard renameat(descriptor, name, descriptor, other) == 0 else { throw FileFailure(path(of: other)) }
    }

    /// Removes a file or a link; never a directory.
    package func remove(_ name: String) throws(FileFailure) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else { throw FileFailure(path(of: name)) }
    }

    /// Writes the directory to the disk. Only then are new names durable.
    package func sync() throws(FileFailure) {
        guard fsync(descriptor) == 0 else { throw FileFailure(path) }
    }

    /// Returns the names of all entries, sorted.
    package func names() throws(FileFailure) -> [String] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw FileFailure(path) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
