import DripCore
import Foundation
import Glibc

/// The file beside the database that counts what a copy of the database cannot know (`Fence`).
///
/// It is written in place, in one sector, so that it stays the file that was made here: its own inode number stands in it,
/// by which a copy of the whole directory gives itself away.
struct FenceFile {
    let path: String
    private let instance: String
    /// -1 until there is one that may be written.
    private var descriptor: Int32 = -1
    private var inode: UInt64 = 0
    /// What the file says; nil where it says nothing of use.
    private(set) var epoch: Int64?

    private static let form = "dripd-fence-1"
    private static let longest = 512
    private static let note = "# Leave this file where it is, and out of backups: by it dripd knows an old dripd.db.\n"

    init(directory: String, instance: String) {
        path = directory + "/dripd.fence"
        self.instance = instance
    }

    /// Opens the file, if it is there.
    /// - Throws: `StoreError` where it is there and may not be read or written.
    mutating func read() throws -> Fence.File {
        release()
        epoch = nil
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return .missing }
        guard descriptor >= 0 else { throw failure("open") }
        self.descriptor = descriptor
        inode = try Self.inode(of: descriptor, or: failure("open"))
        var bytes = [UInt8](repeating: 0, count: Self.longest)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw failure("read") }
        guard let line = bytes[..<count].split(separator: UInt8(ascii: "\n")).first else { return .unreadable }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
        guard words.count == 5, words[0] == Self.form, Seed.hex(of: Array(words[..<4])) == words[4],
            let made = UInt64(words[2]), let epoch = Int64(words[3])
        else { return .unreadable }
        self.epoch = epoch
        return .present(instance: words[1], epoch: epoch, isOriginal: made == inode)
    }

    /// Puts a new file in the place of whatever is there.
    mutating func make(epoch: Int64) throws {
        release()
        let draft = path + ".new"
        descriptor = open(draft, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("make") }
        inode = try Self.inode(of: descriptor, or: failure("make"))
        try write(epoch)
        guard rename(draft, path) == 0 else { throw failure("make") }
        try StoreFile.syncDirectory(of: path)
    }

    /// On the disk when it returns.
    mutating func write(_ epoch: Int64) throws(StoreError) {
        let digits = String(epoch)
        let padded = String(repeating: "0", count: max(19 - digits.count, 0)) + digits
        let words = [Self.form, instance, String(inode), padded]
        let bytes = Array(((words + [Seed.hex(of: words)]).joined(separator: " ") + "\n" + Self.note).utf8)
        // Less than the whole is as good as nothing: the next attempt writes it all again.
        guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, fdatasync(descriptor) == 0 else {
            throw failure("write")
        }
        self.epoch = epoch
    }

    mutating func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    private func failure(_ act: String) -> StoreError {
        .unavailable(path: path, why: "cannot \(act) it: \(String(cString: strerror(errno)))")
    }

    private static func inode(of descriptor: Int32, or failure: @autoclosure () -> StoreError) throws -> UInt64 {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw failure() }
        return UInt64(facts.st_ino)
    }
}
