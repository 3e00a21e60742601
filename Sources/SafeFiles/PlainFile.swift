import Glibc

/// Operations on a regular file, by its descriptor.
package enum PlainFile {
    /// Checks that a descriptor is that of a regular file.
    /// - Parameter allowsLinks: whether the file may have a second name (a hard link). Another user may have linked a file of
    ///   another directory.
    /// - Throws: `FileFailure`, also for a directory, pipe, socket or device.
    package static func check(_ descriptor: Int32, _ path: String, allowsLinks: Bool) throws(FileFailure) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw FileFailure(path) }
        try check(facts, path, allowsLinks: allowsLinks)
    }

    static func check(_ facts: stat, _ path: String, allowsLinks: Bool) throws(FileFailure) {
        guard facts.st_mode & S_IFMT == S_IFREG else { throw FileFailure(path, "is not a regular file") }
        guard allowsLinks || facts.st_nlink <= 1 else {
            throw FileFailure(path, "has \(facts.st_nlink) names (hard links), so it is not used")
        }
    }

    package static func size(_ descriptor: Int32, _ path: String) throws(FileFailure) -> Int64 {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw FileFailure(path) }
        return Int64(facts.st_size)
    }

    /// Appends the whole of one file to another, and writes it to the disk.
    /// - Parameter progress: called with the number of bytes copied so far.
    package static func copy(
        _ source: Int32,
        _ sourcePath: String,
        to target: Int32,
        _ targetPath: String,
        progress: (Int64) -> Void = { _ in }
    ) throws(FileFailure) {
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        var copied: Int64 = 0
        while true {
            let count = pread(source, &chunk, chunk.count, off_t(copied))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileFailure(sourcePath) }
            if count == 0 { break }
            try write(chunk[..<count], to: target, targetPath)
            copied += Int64(count)
            progress(copied)
        }
        guard fsync(target) == 0 else { throw FileFailure(targetPath) }
    }

    package static func write(_ bytes: some Sequence<UInt8>, to descriptor: Int32, _ path: String) throws(FileFailure) {
        let bytes = Array(bytes)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileFailure(path) }
            written += count
        }
    }
}

/// Atomic replacement of a file: either the whole content is written, or nothing.
package enum OutputFile {
    /// - Parameter path: the path of a regular file, or of a link that may be followed. An existing file is replaced.
    /// - Parameter mode: the exact permissions; nil for those that the process gives new files.
    /// - Throws: `FileFailure`; an existing file is then unchanged.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32? = nil) throws(FileFailure) {
        let (directory, name) = try OpenDirectory.holding(path, following: true)
        try directory.replaceable(name)
        let draft = ".dripd-\(UInt64.random(in: 0...UInt64.max)).part"
        let descriptor = try directory.makeFile(draft, mode: mode ?? 0o666)
        defer { close(descriptor) }
        do throws(FileFailure) {
            if let mode, fchmod(descriptor, mode) != 0 { throw FileFailure(path) }
            try PlainFile.write(bytes, to: descriptor, directory.path(of: draft))
            guard fsync(descriptor) == 0 else { throw FileFailure(path) }
            try directory.rename(draft, to: name)
            try directory.sync()
        } catch {
            unlinkat(directory.descriptor, draft, 0)
            throw error
        }
    }
}

/// The reason why a file or directory cannot be opened or used.
package struct FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    /// The text after the path and a colon.
    package let why: String
    /// `errno`; 0 if dripd itself refuses the file.
    package let code: Int32

    package init(_ path: String, _ why: String) {
        (self.path, self.why, code) = (path, why, 0)
    }

    /// Creates a failure from the error of the last system call.
    package init(_ path: String, errno code: Int32 = errno) {
        (self.path, self.code) = (path, code)
        why = String(cString: strerror(code)).lowercased()
    }

    package var description: String { "\(path): \(why)" }
}
