import CFileIdentity
import Crypto
import DripCore
package import Foundation
import Glibc

/// The file beside the database that counts what a copy of the database cannot know (`Fence`).
///
/// No copy of it can pass for the original, however it is restored:
/// - It contains its own inode and birth time. A file that was copied, unpacked or replaced has another birth time,
///   even if it gets the same inode number. No program can set a birth time.
/// - Its name contains the epoch, and each write ends with a rename. A copy that is written over the directory in place
///   has an older name. It becomes a second file and never changes the content of the first.
///
/// The content is written in place, in one sector, in the order write, flush, rename. So the name is never ahead of the
/// content.
struct FenceFile {
    private let directory: String
    private let instance: String
    /// -1 while no file is open.
    private var descriptor: Int32 = -1
    /// The path of the open file.
    private(set) var path: String
    private var identity = ""
    /// The epoch in the file; nil if it contains nothing usable.
    private(set) var epoch: Int64?
    /// The epoch that the database file alone, without its log, is known to have reached; 0 if unknown. Written with
    /// the next epoch.
    var base: Int64 = 0
    /// The last number of the list of stops and erasures (`SuppressionFile`). Written with the next epoch.
    var suppressions: Int64 = 0

    static let name = "dripd.fence"
    private static let form = "dripd-fence-2"
    /// The form of dripd 0.1: identified by the inode alone, under a name that never changes.
    private static let firstForm = "dripd-fence-1"
    private static let marksName = "base"
    private static let longest = 512
    private static let note = "# dripd recognises a copy of dripd.db by this file: do not edit, move or restore it.\n"

    init(directory: String, instance: String) {
        self.directory = directory
        self.instance = instance
        path = directory + "/" + Self.name
    }

    /// Opens the original if it exists, otherwise any copy of it.
    /// - Throws: `StoreError` if a file exists but may not be read or written.
    mutating func read() throws -> Fence.File {
        release()
        epoch = nil
        (base, suppressions) = (0, 0)
        var found = Fence.File.missing
        for path in try Self.paths(in: directory) {
            let file = try read(path)
            if case .present(_, let counted, isOriginal: true) = file {
                epoch = counted
                (base, suppressions) = Self.marks(try content())
                return file
            }
            release()
            if found == .missing || found == .unreadable { found = file }
        }
        return found
    }

    private mutating func read(_ path: String) throws -> Fence.File {
        self.path = path
        descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw failure("open") }
        guard let line = try content().first else { return .unreadable }
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 5, StableHash.hex(of: Array(words[..<4])) == words[4], let epoch = Int64(words[3]) else {
            return .unreadable
        }
        let (inode, birth) = try facts()
        switch words[0] {
        case Self.form:
            identity = Self.identity(inode, birth)
            // If the file system has no birth times, the inode alone decides.
            let isOriginal = words[2] == identity || birth == 0 && words[2].hasPrefix("\(inode).")
            // The name is written after the content. A name that is ahead shows that older content was written under
            // it.
            let counted = max(epoch, Self.epoch(inName: path) ?? 0)
            return .present(instance: words[1], epoch: counted, isOriginal: isOriginal)
        case Self.firstForm:
            identity = Self.identity(inode, birth)
            return .present(instance: words[1], epoch: epoch, isOriginal: words[2] == "\(inode)")
        default: return .unreadable
        }
    }

    /// Returns the lines of the open file.
    private func content() throws -> [String] {
        var bytes = [UInt8](repeating: 0, count: Self.longest)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw failure("read") }
        return bytes[..<count].split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Parses the second line. An older dripd wrote none, and leaves an existing one unchanged; both numbers stay
    /// valid.
    private static func marks(_ lines: [String]) -> (base: Int64, suppressions: Int64) {
        for line in lines.dropFirst() {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 4, words[0] == marksName, StableHash.hex(of: Array(words[..<3])) == words[3] else {
                continue
            }
            return (Int64(words[1]) ?? 0, Int64(words[2]) ?? 0)
        }
        return (0, 0)
    }

    /// Replaces any existing file by a new one.
    mutating func make(epoch: Int64) throws {
        release()
        let others = try Self.paths(in: directory)
        let draft = directory + "/" + Self.name + ".new"
        unlink(draft)
        path = draft
        descriptor = open(draft, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("create") }
        let (inode, birth) = try facts()
        identity = Self.identity(inode, birth)
        base = 0
        try write(epoch)
        for other in others where other != path { unlink(other) }
        try StoreFile.syncDirectory(of: path)
    }

    /// Removes copies beside the original. They have no meaning any more.
    func removeOthers() throws {
        for other in try Self.paths(in: directory) where other != path { unlink(other) }
    }

    /// Writes an epoch. The content is on the disk when this returns.
    mutating func write(_ epoch: Int64) throws(StoreError) {
        let digits = String(epoch)
        let first = Self.line([Self.form, instance, identity, Self.padded(epoch)])
        let second = Self.line([Self.marksName, Self.padded(base), Self.padded(suppressions)])
        let bytes = Array((first + second + Self.note).utf8)
        // A partial write counts as none: the next attempt writes everything again.
        guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, fdatasync(descriptor) == 0 else {
            throw failure("write")
        }
        // A power loss may leave the old name, which does no harm: the content counts.
        let named = directory + "/" + Self.name + "-" + digits
        guard rename(path, named) == 0 else { throw failure("rename") }
        path = named
        self.epoch = epoch
    }

    private static func line(_ words: [String]) -> String {
        (words + [StableHash.hex(of: words)]).joined(separator: " ") + "\n"
    }

    private static func padded(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(19 - digits.count, 0)) + digits
    }

    mutating func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Returns all fence files in a directory: the original and its copies.
    static func paths(in directory: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory)
                .filter { $0 == name || epoch(inName: $0) != nil }.sorted().map { directory + "/" + $0 }
        } catch {
            throw StoreError.unavailable(path: directory, why: "cannot list it: \(ErrorDescription.words(error))")
        }
    }

    private static func epoch(inName path: String) -> Int64? {
        guard let range = path.range(of: name + "-", options: .backwards) else { return nil }
        return Int64(path[range.upperBound...])
    }

    private static func identity(_ inode: UInt64, _ birth: Int64) -> String { "\(inode).\(birth)" }

    private func facts() throws -> (inode: UInt64, birth: Int64) {
        var (inode, birth): (UInt64, Int64) = (0, 0)
        guard dripd_file_identity(descriptor, &inode, &birth) == 0 else { throw failure("read") }
        return (inode, birth)
    }

    private func failure(_ act: String) -> StoreError {
        .unavailable(path: path, why: "cannot \(act) it: \(String(cString: strerror(errno)))")
    }
}

/// Distinguishes this machine from others without revealing its identity.
package enum MachineIdentity {
    /// dripd's own application id, from `systemd-id128 new`, so that other programs derive different ids from the same
    /// machine id.
    private static let application: [UInt8] = [
        0x5c, 0x0e, 0x8e, 0x3a, 0x1b, 0x7d, 0x4f, 0x86, 0x9a, 0x2c, 0x61, 0xd4, 0x0b, 0x93, 0xe7, 0x58,
    ]

    /// Derives an id from the content of `/etc/machine-id`, as `sd_id128_get_machine_app_specific(3)` does. The machine
    /// id itself must not be exposed (machine-id(5)).
    /// - Returns: nil if there is no machine id, as in a container, or none yet ("uninitialized").
    package static func of(machineID text: Data?) -> String? {
        guard let text else { return nil }
        let digits = String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard digits.utf8.count == 32, digits.allSatisfy(\.isHexDigit) else { return nil }
        let pairs = stride(from: 0, to: 32, by: 2).map { offset in
            let start = digits.index(digits.startIndex, offsetBy: offset)
            return UInt8(digits[start...].prefix(2), radix: 16) ?? 0
        }
        let code = HMAC<SHA256>.authenticationCode(for: application, using: SymmetricKey(data: pairs))
        var id = Array(code.prefix(16))
        id[6] = id[6] & 0x0f | 0x40
        id[8] = id[8] & 0x3f | 0x80
        return id.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Returns the id of this machine.
    package static func current() -> String? {
        of(machineID: try? Data(contentsOf: URL(fileURLWithPath: "/etc/machine-id")))
    }
}
