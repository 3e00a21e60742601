import Glibc

/// A regular file's bytes, read once, never more than a limit.
struct BoundedFile {
    /// Why a file's content cannot be had; to be put after its name.
    enum Failure: Error, Hashable {
        case missing
        case isFolder
        case notRegular
        case tooLarge(limit: Int)
        /// The operating system's own word for anything else: "Permission denied".
        case system(String)

        /// - Parameter code: of the operating system (`errno`).
        init(_ code: Int32) {
            self = code == ENOENT || code == ENOTDIR ? .missing : .system(String(cString: strerror(code)))
        }

        var reason: String {
            switch self {
            case .missing: "no such file or folder"
            case .isFolder: "is a folder, not a file"
            case .notRegular: "is not a regular file"
            case .tooLarge(let limit): "is larger than \(limit / 1024) KiB"
            case .system(let word): "cannot be read: \(word)"
            }
        }
    }

    let bytes: [UInt8]
    /// Of the file that was read.
    let facts: stat

    /// Others than the file's owner and group may read it.
    var isReadableByOthers: Bool { facts.st_mode & S_IROTH != 0 }

    init(path: String, limit: Int) throws(Failure) {
        // O_NONBLOCK: opening a named pipe that nobody writes to would wait for ever.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(errno) }
        defer { close(descriptor) }
        try self.init(descriptor: descriptor, limit: limit)
    }

    /// - Parameter descriptor: stays the caller's.
    init(descriptor: Int32, limit: Int) throws(Failure) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure(errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .isFolder }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        bytes = try Self.readAll(descriptor, limit: limit)
        facts = status
    }

    private static func readAll(_ descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
        // The size from `fstat` may be out of date by now: what counts is what is read.
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                guard errno == EINTR else { throw Failure(errno) }
                continue
            }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        }
    }
}
