import ControlAPI
import DripCore
import Foundation
import Glibc
import SafeFiles

/// Files beside the state that are no part of it: former databases, and unfinished drafts. Both contain people that the
/// state may have erased since.
struct SetAsideFiles {
    let directory: String

    /// How long they are kept: within this time an operator knows whether the former state is still needed.
    static let kept = Milliseconds.days(30)

    private static let database = "dripd.db.replaced-"
    /// Followed by the last migration that it has.
    static let formerSchema = "dripd.db.before-migration-"
    /// Written by `DatabaseLog`.
    private static let log = "dripd.db-wal.set-aside-"

    /// The former databases, each without its log, and logs without a database.
    var all: [SetAsideFile] {
        names.filter {
            [Self.log, Self.database, Self.formerSchema].contains(where: $0.hasPrefix)
                && !["-wal", "-shm", DraftFile.suffix].contains(where: $0.hasSuffix)
        }.sorted()
            .map { name in SetAsideFile(path: "\(directory)/\(name)", until: (since(name) ?? .distantPast) + Self.kept)
            }
    }

    /// Deletes the expired files, each with its log.
    /// - Returns: the paths that were deleted.
    func removeExpired(now: Instant) -> [String] {
        let expired = all.filter { $0.until <= now }.map(\.path)
        for path in expired {
            for suffix in ["-wal", "-shm", ""] { unlink(path + suffix) }
        }
        return expired
    }

    /// Deletes the drafts of restores and backups that were killed. The caller holds the state's lock, so no restore is
    /// under way; a backup that is under way holds the lock of its own draft.
    func removeLeftovers() throws {
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink("\(directory)/dripd.db\(DraftFile.suffix)\(suffix)") }
        let open: OpenDirectory
        do throws(FileFailure) {
            open = try OpenDirectory(directory)
        } catch {
            throw StoreError(error)
        }
        // A copy that was cut off has zeros where its first page belongs.
        for name in names
        where name.hasSuffix(DraftFile.suffix) && (name.hasPrefix(Self.formerSchema) || isDatabase(name)) {
            try DraftFile.removeLeftover(name, in: open)
        }
    }

    private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] }

    /// Returns when the file was set aside: by its name (`…replaced-20270104T030000Z`), otherwise by its modification
    /// time.
    private func since(_ name: String) -> Instant? {
        let stamp = name.dropFirst(Self.database.count)
        if let time = stamp.wholeMatch(of: /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/)?.output {
            let text = "\(time.1)-\(time.2)-\(time.3)T\(time.4):\(time.5):\(time.6)Z"
            if let instant = Instant(text) { return instant }
        }
        var facts = stat()
        guard stat("\(directory)/\(name)", &facts) == 0 else { return nil }
        return Instant(milliseconds: Int64(facts.st_mtim.tv_sec) * 1000)
    }

    /// Returns whether a file with such a name is a draft of dripd. Other files are left alone.
    private func isDatabase(_ name: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: "\(directory)/\(name)") else { return false }
        defer { try? file.close() }
        let head = (try? file.read(upToCount: 15)) ?? Data()
        return head.isEmpty || head == Data("SQLite format 3".utf8)
    }
}
