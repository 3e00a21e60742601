import CFileIdentity
import DripCore
import Foundation
import Glibc

/// The file beside the database that counts what a copy of the database cannot know (`Fence`).
///
/// No copy of it passes for the original, however it is put back:
/// - Its own inode and birth time are written in it. A file that was copied, unpacked or replaced has another birth time, even
///   if it gets the same inode number again; no program can set a birth time.
/// - Its name carries the epoch, and each write ends with a rename. A copy that is written over the directory in place has an
///   older name, so it becomes a second file and never changes the content of the first.
///
/// The content is written in place, in one sector. Write, flush, rename: the name is never ahead of the content.
struct FenceFile {
    private let directory: String
    private let instance: String
    /// -1 until there is one that may be written.
    private var descriptor: Int32 = -1
    /// Of the open file.
    private(set) var path: String
    private var identity = ""
    /// What the file says; nil where it says nothing of use.
    private(set) var epoch: Int64?
    /// The epoch that the database file by itself is known to have reached, without its log; 0 where none is known. Written
    /// with the next epoch.
    var base: Int64 = 0
    /// The last number of the list of stops and erasures (`SuppressionFile`). Written with the next epoch.
    var suppressions: Int64 = 0

    static let name = "dripd.fence"
    private static let form = "dripd-fence-2"
    /// Written by dripd 0.1: identified by the inode alone, under a name that never changes.
    private static let firstForm = "dripd-fence-1"
    private static let marksName = "base"
    private static let longest = 512
    private static let note = "# dripd recognises a copy of dripd.db by this file: do not edit, move or restore it.\n"

    init(directory: String, instance: String) {
        self.directory = directory
        self.instance = instance
        path = directory + "/" + Self.name
    }

    /// Opens the original if it is there, else any copy of it.
    /// - Throws: `StoreError` where a file is there and may not be read or written.
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
        guard words.count == 5, Seed.hex(of: Array(words[..<4])) == words[4], let epoch = Int64(words[3]) else {
            return .unreadable
        }
        let (inode, birth) = try facts()
        switch words[0] {
        case Self.form:
            identity = Self.identity(inode, birth)
            // A file system that cannot tell when a file was made leaves the inode to tell.
            let isOriginal = words[2] == identity || birth == 0 && words[2].hasPrefix("\(inode).")
            // The name follows the content, so a name that is ahead shows that an older content was put under it.
            let counted = max(epoch, Self.epoch(inName: path) ?? 0)
            return .present(instance: words[1], epoch: counted, isOriginal: isOriginal)
        case Self.firstForm:
            identity = Self.identity(inode, birth)
            return .present(instance: words[1], epoch: epoch, isOriginal: words[2] == "\(inode)")
        default: return .unreadable
        }
    }

    /// The lines of the open file.
    private func content() throws -> [String] {
        var bytes = [UInt8](repeating: 0, count: Self.longest)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw failure("read") }
        return bytes[..<count].split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// What the second line says. An earlier dripd wrote none, and leaves this one as it is: both numbers stay true.
    private static func marks(_ lines: [String]) -> (base: Int64, suppressions: Int64) {
        for line in lines.dropFirst() {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 4, words[0] == marksName, Seed.hex(of: Array(words[..<3])) == words[3] else {
                continue
            }
            return (Int64(words[1]) ?? 0, Int64(words[2]) ?? 0)
        }
        return (0, 0)
    }

    /// Puts a new file in the place of whatever is there.
    mutating func make(epoch: Int64) throws {
        release()
        let others = try Self.paths(in: directory)
        let draft = directory + "/" + Self.name + ".new"
        unlink(draft)
        path = draft
        descriptor = open(draft, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("make") }
        let (inode, birth) = try facts()
        identity = Self.identity(inode, birth)
        base = 0
        try write(epoch)
        for other in others where other != path { unlink(other) }
        try StoreFile.syncDirectory(of: path)
    }

    /// Removes copies beside the original: they say nothing any more.
    func removeOthers() throws {
        for other in try Self.paths(in: directory) where other != path { unlink(other) }
    }

    /// The content is on the disk when it returns.
    mutating func write(_ epoch: Int64) throws(StoreError) {
        let digits = String(epoch)
        let first = Self.line([Self.form, instance, identity, Self.padded(epoch)])
        let second = Self.line([Self.marksName, Self.padded(base), Self.padded(suppressions)])
        let bytes = Array((first + second + Self.note).utf8)
        // Less than the whole is as good as nothing: the next attempt writes it all again.
        guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, fdatasync(descriptor) == 0 else {
            throw failure("write")
        }
        // A loss of power may leave the old name, which does no harm: the content counts.
        let named = directory + "/" + Self.name + "-" + digits
        guard rename(path, named) == 0 else { throw failure("rename") }
        path = named
        self.epoch = epoch
    }

    private static func line(_ words: [String]) -> String {
        (words + [Seed.hex(of: words)]).joined(separator: " ") + "\n"
    }

    private static func padded(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(19 - digits.count, 0)) + digits
    }

    mutating func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Every file of this kind in a directory: the original and its copies.
    static func paths(in directory: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory)
                .filter { $0 == name || epoch(inName: $0) != nil }.sorted().map { directory + "/" + $0 }
        } catch {
            throw StoreError.unavailable(path: directory, why: "cannot list it: \(ErrorText.words(error))")
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
