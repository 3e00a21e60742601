import Crypto
import DripCore
import Foundation
import Glibc

/// The bytes of a regular file, read once and up to a limit.
struct BoundedFile {
    /// The reason why a file cannot be read; `reason` follows the file's name in a message.
    enum Failure: Error, Hashable {
        case missing
        case isFolder
        case notRegular
        case tooLarge(limit: Int)
        /// Any other error, in the operating system's words: "Permission denied".
        case system(String)

        /// - Parameter code: the operating system's error code (`errno`).
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
    /// The `fstat` result of the file that was read.
    let facts: stat

    /// Whether users other than the file's owner and group may read it.
    var isReadableByOthers: Bool { facts.st_mode & S_IROTH != 0 }

    init(path: String, limit: Int) throws(Failure) {
        // O_NONBLOCK: without it, opening a named pipe that has no writer blocks forever.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(errno) }
        defer { close(descriptor) }
        try self.init(descriptor: descriptor, limit: limit)
    }

    /// - Parameter descriptor: an open file; the caller closes it.
    init(descriptor: Int32, limit: Int) throws(Failure) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure(errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .isFolder }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        bytes = try Self.readAll(descriptor, limit: limit)
        facts = status
    }

    private static func readAll(_ descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
        // The size from `fstat` may be outdated by now, so the limit applies to the bytes read.
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

/// Identifies a file's content: SHA-256 in lower-case hex.
enum ContentHash {
    static func hex(of bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).hexadecimal
    }
}
