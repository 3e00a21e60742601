import DripCore
import Foundation
import GRDB
import Glibc

/// The write-ahead log of a database that no process has open. Decides whether the log belongs to that database.
///
/// SQLite applies any intact log to any database. After `kill -9` the log remains. If an older `dripd.db` is then
/// copied over the newer one, SQLite reads it with the newer log: a mixture of both, with the fence of the newer one.
/// The database file alone shows what it is. It contains an epoch (`Fence`), and two rules hold after any crash:
/// - It is at least `base`, which is recorded once a checkpoint has written that epoch to the database file and the
///   disk.
/// - It is at most the epoch that the database has together with its log, because a checkpoint copies from the log.
///
/// Every log has an epoch of its own, because the fence advances with each new log. So a database file from before a
/// log is below `base` once the next log has begun, and together with any earlier log the database does not get above
/// it.
///
/// A log that breaks a rule is set aside. The database alone is then an older copy, and is put on hold as any other. A
/// copy of both files from one moment is left as it is: together they are older than the fence file.
struct DatabaseLog {
    private let database: String
    private var path: String { database + "-wal" }

    /// The length of SQLite's log header. A shorter log contains nothing.
    private static let headerLength = 32

    init(database: String) {
        self.database = database
    }

    /// Returns the header of the log. SQLite writes a new header each time it restarts the log, which it does once all
    /// of the log is in the database file and on the disk. Empty if the log is empty; nil if there is none or it cannot
    /// be read for now.
    func header() -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.headerLength)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : count == bytes.count ? bytes : []
    }

    /// Its size in bytes; 0 if there is no log.
    var size: Int64 { (try? StoreFile.size(path)) ?? 0 }

    /// Sets the log aside if it belongs to another database file. No process may have the database open.
    /// - Parameter file: the fence file beside the database.
    /// - Returns: the new path of the log; nil if it belongs to the database, or if that cannot be decided.
    /// - Throws: `StoreError` if it cannot be set aside.
    func setAsideIfForeign(_ file: FenceFile) throws -> String? {
        guard header()?.isEmpty == false, let counted = file.epoch, let alone = databaseEpoch() else { return nil }
        let together = epochWithLog() ?? counted
        // Each log has an epoch of its own. A log that adds none belongs to another file, or is already copied into
        // this one.
        let isNewer = alone < file.base && (together >= counted || together <= alone)
        // If an older dripd wrote the fence file without a base, only the two epochs themselves can tell.
        let least = file.base > 0 ? min(counted, file.base + 1) : 0
        let isOlder = alone >= file.base && together < max(alone, least)
        guard isNewer || isOlder else { return nil }
        let aside = path + ".set-aside-\(counted)"
        guard rename(path, aside) == 0 else { throw StoreFile.failure(path, "set aside") }
        try StoreFile.syncDirectory(of: path)
        return aside
    }

    /// Returns the epoch of the database file without its log.
    /// - Returns: 0 for a database older than any with a recorded `base`; nil if unknown. A power loss during a
    ///   checkpoint may have torn the page; then the log has it intact.
    private func databaseEpoch() -> Int64? {
        // "immutable" makes SQLite read the file alone and ignore the log (https://www.sqlite.org/uri.html).
        var allowed = CharacterSet.urlPathAllowed
        allowed.remove(charactersIn: "?#%;")
        guard let name = database.addingPercentEncoding(withAllowedCharacters: allowed) else { return nil }
        return try? epoch(ofFileNamed: "\(name.hasPrefix("/") ? "file://" : "file:")\(name)?immutable=1")
    }

    /// - Returns: -1 if the two files together are no valid database; nil if unknown.
    private func epochWithLog() -> Int64? {
        do {
            return try epoch(ofFileNamed: database)
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            return -1
        } catch {
            return nil
        }
    }

    private func epoch(ofFileNamed name: String) throws -> Int64? {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.qos = .default
        let queue = try DatabaseQueue(path: name, configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { db in
            guard try Int.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else { return nil }
            let columns = try db.tableExists("fence") ? try db.columns(in: "fence").map(\.name) : []
            guard columns.contains("epoch_negated") else { return 0 }
            return try Int64.fetchOne(db, sql: "SELECT epoch FROM fence WHERE id = 1 AND epoch_negated = -epoch")
        }
    }
}
