import Glibc

/// A directory by its descriptor: what is done in it stays in it, whatever its path names meanwhile.
///
/// Names are single components. Links are never followed.
package final class OpenDirectory: Sendable {
    /// As it was named, for messages.
    package let path: String
    package let descriptor: Int32
    package let owner: UInt32
    package let group: UInt32
    /// Whether users other than the process's own may create, rename and remove files in it.
    package let isWritableByOthers: Bool

    /// In such a one, others may rename and remove their own files alone.
    package let isSticky: Bool

    /// O_PATH of open(2), which the Glibc module leaves out: for directories that may be passed through and not listed.
    static let unread: Int32 = 0o10_000_000

    /// - Throws: `FileFailure`.
    package convenience init(_ path: String) throws(FileFailure) {
        try self.init(taking: try TrustedPath.open(path, O_RDONLY | O_DIRECTORY), path)
    }

    /// Makes the directory, and those above it, if they are missing: each of them for its owner alone.
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

    /// The directory in which a file is or would be, and its name there.
    /// - Parameter following: a link is what it leads to; else it is the link itself.
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

    /// A path that names this directory for as long as the object lives, for interfaces that take no descriptor.
    package var location: String { "/proc/self/fd/\(descriptor)" }

    package func path(of name: String) -> String { path == "/" ? "/" + name : path + "/" + name }

    /// - Parameter flags: of open(2). A descriptor of something else than a file, such as a named pipe, is possible.
    /// - Returns: a descriptor, which the caller closes.
    package func open(_ name: String, _ flags: Int32, mode: UInt32 = 0o600) throws(FileFailure) -> Int32 {
        guard !name.contains("/"), name != ".." else { throw FileFailure(path(of: name), errno: EINVAL) }
        let descriptor = openat(self.descriptor, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            if errno == ELOOP { throw FileFailure(path(of: name), "is a symbolic link, which is not followed") }
            throw FileFailure(path(of: name))
        }
        return descriptor
    }

    /// Opens a regular file: no pipe, device or directory, and where others may write to the directory, under no second name.
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

    /// Whether `openFile` would open it; what is not there passes.
    package func check(_ name: String) throws(FileFailure) {
        var facts = stat()
        guard fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return }
            throw FileFailure(path(of: name))
        }
        try PlainFile.check(facts, path(of: name), allowsLinks: !isWritableByOthers)
    }

    /// Makes a new file, open for reading and writing.
    package func makeFile(_ name: String, mode: UInt32 = 0o600) throws(FileFailure) -> Int32 {
        try open(name, O_CREAT | O_EXCL | O_RDWR, mode: mode)
    }

    /// Makes a directory if it is missing, and opens it.
    package func makeDirectory(_ name: String, mode: UInt32 = 0o700) throws(FileFailure) -> OpenDirectory {
        guard mkdirat(descriptor, name, mode) == 0 || errno == EEXIST else { throw FileFailure(path(of: name)) }
        return try OpenDirectory(taking: try open(name, O_RDONLY | O_DIRECTORY), path(of: name))
    }

    /// Whether there is anything of this name, be it a link that leads nowhere.
    package func has(_ name: String) -> Bool {
        var facts = stat()
        return fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0
    }

    /// - Throws: `FileFailure` where a file of this name would take the place of something that is no file: a directory, a device.
    package func replaceable(_ name: String) throws(FileFailure) {
        var facts = stat()
        guard fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { return }
        guard [S_IFREG, S_IFLNK].contains(facts.st_mode & S_IFMT) else {
            throw FileFailure(path(of: name), "is not a regular file, and is not replaced")
        }
    }

    /// Whether a name is that of the file that is open.
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

    /// A new name is on the disk only when its directory is.
    package func sync() throws(FileFailure) {
        guard fsync(descriptor) == 0 else { throw FileFailure(path) }
    }

    /// Of all that is in it, sorted.
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
