package import DripCore
import Foundation
import Glibc
import SafeFiles

/// A former database, which `dripd restore` has kept beside the new one.
package struct SetAsideFile: Codable, Hashable, Sendable {
    package let path: String
    /// When dripd deletes it.
    package let until: Instant
}

/// What lies beside the state and is no part of it: former databases, and drafts that were never finished. Both hold people whom
/// the state may have forgotten since.
struct SetAsideFiles {
    let directory: String

    /// Who restores a backup finds out within days whether the former state is still needed.
    static let kept = Span.days(30)

    private static let database = "dripd.db.replaced-"
    /// By `DatabaseLog`.
    private static let log = "dripd.db-wal.set-aside-"

    /// The former databases, each without the log that belongs to it, and logs that belong to none.
    var all: [SetAsideFile] {
        names.filter {
            $0.hasPrefix(Self.log) || $0.hasPrefix(Self.database) && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
        }.sorted()
            .map { name in SetAsideFile(path: "\(directory)/\(name)", until: (since(name) ?? .distantPast) + Self.kept)
            }
    }

    /// Deletes those whose time is over, each with its log.
    /// - Returns: what was deleted.
    func removeExpired(now: Instant) -> [String] {
        let expired = all.filter { $0.until <= now }.map(\.path)
        for path in expired {
            for suffix in ["-wal", "-shm", ""] { unlink(path + suffix) }
        }
        return expired
    }

    /// Deletes the drafts of restores and backups that were killed. The caller holds the state's lock, so no restore is under way;
    /// a backup that is holds its own.
    func removeLeftovers() throws {
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink("\(directory)/dripd.db\(DraftFile.suffix)\(suffix)") }
        let open: OpenDirectory
        do throws(FileFailure) {
            open = try OpenDirectory(directory)
        } catch {
            throw StoreError(error)
        }
        for name in names where name.hasSuffix(DraftFile.suffix) && isDatabase(name) {
            try DraftFile.removeLeftover(name, in: open)
        }
    }

    private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] }

    /// By its name (`…replaced-20270104T030000Z`), or else by when it was last changed.
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

    /// Whatever else is called so is somebody else's.
    private func isDatabase(_ name: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: "\(directory)/\(name)") else { return false }
        defer { try? file.close() }
        let head = (try? file.read(upToCount: 15)) ?? Data()
        return head.isEmpty || head == Data("SQLite format 3".utf8)
    }
}
