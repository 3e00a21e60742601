import Glibc

/// The bytes of a file, read in pieces. They can be read from the start any number of times.
final class ByteSource: Sendable {
    /// nil if the bytes are in `memory`.
    private let descriptor: Int32?
    private let memory: [UInt8]

    /// Attributes that change when the file does.
    struct Stamp: Hashable {
        fileprivate let size: Int
        fileprivate let seconds: Int
        fileprivate let nanoseconds: Int
    }

    init(_ bytes: [UInt8]) {
        descriptor = nil
        memory = bytes
    }

    /// Opens a regular file.
    init(path: String) throws(BoundedFile.Failure) {
        // O_NONBLOCK: without it, opening a named pipe that has no writer blocks forever.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw BoundedFile.Failure(errno) }
        do throws(BoundedFile.Failure) {
            try Self.checkRegular(descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        memory = []
    }

    /// Opens standard input. A pipe can be read only once, so its bytes are copied to a file without a name.
    init(standardInput input: Int32) throws(BoundedFile.Failure) {
        var status = stat()
        guard fstat(input, &status) == 0 else { throw BoundedFile.Failure(errno) }
        let isFile = status.st_mode & S_IFMT == S_IFREG && lseek(input, 0, SEEK_CUR) == 0
        let descriptor = isFile ? fcntl(input, F_DUPFD_CLOEXEC, 3) : try Self.spool(input)
        guard descriptor >= 0 else { throw BoundedFile.Failure(errno) }
        self.descriptor = descriptor
        memory = []
    }

    deinit {
        if let descriptor { close(descriptor) }
    }

    /// Returns the current stamp. Two equal stamps mean that the file was not written to in between.
    func stamp() throws(BoundedFile.Failure) -> Stamp {
        guard let descriptor else { return Stamp(size: memory.count, seconds: 0, nanoseconds: 0) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw BoundedFile.Failure(errno) }
        return Stamp(size: status.st_size, seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    /// Reads a piece, which is empty at the end. A piece may be shorter than `count` anywhere.
    func piece(at offset: Int, count: Int) throws(BoundedFile.Failure) -> [UInt8] {
        guard let descriptor else { return Array(memory.dropFirst(offset).prefix(count)) }
        var piece = [UInt8](repeating: 0, count: count)
        while true {
            let got = pread(descriptor, &piece, count, off_t(offset))
            if got >= 0 {
                piece.removeLast(count - got)
                return piece
            }
            guard errno == EINTR else { throw BoundedFile.Failure(errno) }
        }
    }

    private static func checkRegular(_ descriptor: Int32) throws(BoundedFile.Failure) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw BoundedFile.Failure(errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .isFolder }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
    }

    /// Copies the input to a file that disappears with this process, however it ends.
    private static func spool(_ input: Int32) throws(BoundedFile.Failure) -> Int32 {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var path = Array((folder + "/dripd-import-XXXXXX").utf8CString)
        let spool = mkstemp(&path)
        guard spool >= 0 else { throw BoundedFile.Failure(errno) }
        unlink(path)
        do throws(BoundedFile.Failure) {
            guard fcntl(spool, F_SETFD, FD_CLOEXEC) == 0 else { throw BoundedFile.Failure(errno) }
            try copy(from: input, to: spool)
        } catch {
            close(spool)
            throw error
        }
        return spool
    }

    private static func copy(from input: Int32, to output: Int32) throws(BoundedFile.Failure) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(input, &chunk, chunk.count)
            if count == 0 { return }
            guard count > 0 else {
                guard errno == EINTR else { throw BoundedFile.Failure(errno) }
                continue
            }
            var written = 0
            while written < count {
                let more = chunk[written..<count].withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
                guard more >= 0 || errno == EINTR else { throw BoundedFile.Failure(errno) }
                written += max(more, 0)
            }
        }
    }
}
