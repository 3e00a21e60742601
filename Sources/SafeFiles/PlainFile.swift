import Glibc

/// A regular file by its descriptor.
package enum PlainFile {
    /// - Parameter allowsLinks: the file may have a second name. Who made that name may have meant another directory's file.
    /// - Throws: `FileFailure` for a directory, pipe, socket or device too.
    package static func check(_ descriptor: Int32, _ path: String, allowsLinks: Bool) throws(FileFailure) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw FileFailure(path) }
        try check(facts, path, allowsLinks: allowsLinks)
    }

    static func check(_ facts: stat, _ path: String, allowsLinks: Bool) throws(FileFailure) {
        guard facts.st_mode & S_IFMT == S_IFREG else { throw FileFailure(path, "is not a regular file") }
        guard allowsLinks || facts.st_nlink <= 1 else {
            throw FileFailure(path, "is one file under \(facts.st_nlink) names (hard links), and is not used")
        }
    }

    package static func size(_ descriptor: Int32, _ path: String) throws(FileFailure) -> Int64 {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw FileFailure(path) }
        return Int64(facts.st_size)
    }

    /// Copies all of one file to the end of another, and has it on the disk.
    /// - Parameter progress: told the bytes that are copied.
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
