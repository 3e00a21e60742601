import Crypto
import DripCore
import Foundation
import Glibc

/// The list of stops and erasures beside the database. No backup contains it, so a restored database learns from it who
/// stopped messages, or was erased, after the backup was made.
///
/// Lines have a fixed length, and are appended and flushed. The next line overwrites one that a crash cut off. A list
/// that has grown is rewritten with each person's latest lines, up to a maximum.
struct SuppressionFile {
    static let name = "dripd.suppressions"
    private static let form = "dripd-suppressions-1"
    private static let note =
        "# hashes of people who stopped messages or were erased: keep this file beside dripd.db and out of its backups\n"
    private static let longestHeader = 512
    /// The maximum number of lines: about 30 MB.
    static let most = 200_000

    let path: String
    private let tag: String
    private var descriptor: Int32 = -1
    private var header = 0
    private var lines: Int64 = 0
    /// The number of lines when it was last rewritten.
    private var written: Int64 = 0
    /// The number of the last line; 0 if there is none.
    private(set) var last: Int64 = 0
    /// Changes up to this number were dropped when the list had become too long.
    private(set) var dropped: Int64 = 0

    init(directory: String, instance: String) {
        path = directory + "/" + Self.name
        tag = String(SHA256.hash(data: Data("\(instance)/suppressions".utf8)).hexadecimal.prefix(16))
    }

    /// - Returns: false if there is no list, or one of another database. The latter is set aside.
    /// - Throws: `StoreError` if it exists but may not be read or written.
    mutating func open() throws -> Bool {
        release()
        descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        if descriptor < 0, errno == ENOENT { return false }
        guard descriptor >= 0 else { throw failure("open") }
        guard isOwnFile(), try readHeader() else {
            release()
            guard rename(path, path + ".set-aside") == 0 else { throw failure("set aside") }
            return false
        }
        try findLast()
        return true
    }

    /// Returns whether the path still names the open file, and no other path does.
    func isOwnFile() -> Bool {
        var facts = stat()
        guard descriptor >= 0, fstat(descriptor, &facts) == 0 else { return false }
        return facts.st_mode & S_IFMT == S_IFREG && facts.st_nlink == 1
            && FileFacts(descriptor: descriptor)?.isSameFile(as: FileFacts(path: path)) == true
    }

    /// Whether it should be rewritten.
    var isLong: Bool { lines > 2 * written + 10_000 || lines > 2 * Int64(Self.most) }

    func all() throws -> [Suppression] {
        guard descriptor >= 0, lines > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: Int(lines) * Suppression.lineLength)
        guard pread(descriptor, &bytes, bytes.count, off_t(header)) == bytes.count else { throw failure("read") }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            Suppression(line: String(decoding: $0, as: UTF8.self))
        }
    }

    /// Appends lines. All of them are on the disk when this returns, after one flush.
    mutating func append(_ suppressions: [Suppression]) throws {
        if descriptor < 0 { try replace(with: []) }
        let bytes = Array(suppressions.map(\.line).joined().utf8)
        let end = header + Int(lines) * Suppression.lineLength
        guard pwrite(descriptor, bytes, bytes.count, off_t(end)) == bytes.count, fdatasync(descriptor) == 0 else {
            throw failure("write")
        }
        lines += Int64(suppressions.count)
        last = max(last, suppressions.last?.number ?? 0)
    }

    /// Replaces the list. The earlier one stays until the new one is on the disk.
    mutating func replace(with suppressions: [Suppression], most: Int = SuppressionFile.most) throws {
        let kept = Suppression.latest(suppressions, most: most)
        let isCut = kept.count < Suppression.latest(suppressions).count
        dropped = max(dropped, isCut ? (kept.first?.number ?? 1) - 1 : 0)
        let draft = path + ".new"
        unlink(draft)
        let file = Glibc.open(draft, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("create") }
        let words = [Self.form, tag, Suppression.digits(dropped), Suppression.digits(Int64(kept.count))]
        let head = (words + [StableHash.hex(of: words)]).joined(separator: " ") + "\n" + Self.note
        let bytes = Array((head + kept.map(\.line).joined()).utf8)
        guard pwrite(file, bytes, bytes.count, 0) == bytes.count, fdatasync(file) == 0, rename(draft, path) == 0 else {
            let error = failure("write")
            close(file)
            unlink(draft)
            throw error
        }
        release()
        descriptor = file
        (header, lines, written) = (head.utf8.count, Int64(kept.count), Int64(kept.count))
        last = kept.last?.number ?? last
        try StoreFile.syncDirectory(of: path)
    }

    mutating func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        (lines, last) = (0, 0)
    }

    private mutating func readHeader() throws -> Bool {
        var bytes = [UInt8](repeating: 0, count: Self.longestHeader)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw failure("read") }
        let parts = bytes[..<count].split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return false }
        let words = String(decoding: parts[0], as: UTF8.self).split(separator: " ").map(String.init)
        guard words.count == 5, StableHash.hex(of: Array(words[..<4])) == words[4], words[0] == Self.form,
            words[1] == tag,
            let dropped = Int64(words[2]), let written = Int64(words[3])
        else { return false }
        (self.dropped, self.written) = (dropped, written)
        header = parts[0].count + parts[1].count + 2
        return true
    }

    /// Finds the last valid line. A line that a crash left half written or unflushed does not count.
    private mutating func findLast() throws {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw failure("read") }
        lines = max(Int64(facts.st_size) - Int64(header), 0) / Int64(Suppression.lineLength)
        var bytes = [UInt8](repeating: 0, count: Suppression.lineLength)
        while lines > 0 {
            let place = header + Int(lines - 1) * Suppression.lineLength
            guard pread(descriptor, &bytes, bytes.count, off_t(place)) == bytes.count else { throw failure("read") }
            if let line = Suppression(line: String(decoding: bytes.dropLast(), as: UTF8.self)) {
                last = line.number
                return
            }
            lines -= 1
        }
    }

    private func failure(_ act: String) -> StoreError {
        .unavailable(path: path, why: "cannot \(act) it: \(String(cString: strerror(errno)))")
    }
}
