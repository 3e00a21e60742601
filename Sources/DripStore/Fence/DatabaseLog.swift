import DripCore
import Foundation
import GRDB
import Glibc

/// The write-ahead log beside a database that no process has open: whether it belongs to that database.
///
/// SQLite reads any log that is whole together with any database. After `kill -9` the log stays, so an older `dripd.db` that is
/// written over the newer one is read with the newer log: a mixture of both, whose fence is the newer one's. The database file
/// by itself shows what it is. It holds an epoch of its own (`Fence`), and two rules that no crash breaks:
/// - It is at least `base`, which is recorded once a checkpoint has put that epoch into the database file and on the disk.
/// - It is at most the epoch that the database has together with its log, since a checkpoint copies out of the log.
///
/// Every log has an epoch of its own: the fence advances with each that is begun. So a database file from before a log is below
/// `base` once the next one is begun, and together with any earlier log the database does not get above it.
///
/// A log that breaks one of them is set aside. The database alone is then an older copy, which is held as any other. A copy of
/// both files, from one moment, stays as it is: together they are behind the fence file.
struct DatabaseLog {
    private let database: String
    private var path: String { database + "-wal" }

    /// SQLite's header of the log: until it is there the log says nothing.
    private static let headerLength = 32

    init(database: String) {
        self.database = database
    }

    /// What begins the log: another one each time that SQLite has begun it anew, which it does once all of it is in the database
    /// file and on the disk. Empty where the log is; nil where there is none, or it cannot be read for now.
    func header() -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.headerLength)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : count == bytes.count ? bytes : []
    }

    /// Bytes; 0 where there is none.
    var size: Int64 { (try? StoreFile.size(path)) ?? 0 }

    /// Sets a log aside that is another database file's. No process may have the database open.
    /// - Parameter file: the one beside the database.
    /// - Returns: where the log lies now; nil where it belongs to the database, or nothing tells.
    /// - Throws: `StoreError` where it cannot be set aside.
    func setAsideIfForeign(_ file: FenceFile) throws -> String? {
        guard header()?.isEmpty == false, let counted = file.epoch, let alone = databaseEpoch() else { return nil }
        let together = epochWithLog() ?? counted
        // Each log has an epoch of its own: one that adds none is another file's, or all of it is in this one.
        let isNewer = alone < file.base && (together >= counted || together <= alone)
        // Beside the file of a dripd that recorded no base, nothing tells but the two themselves.
        let least = file.base > 0 ? min(counted, file.base + 1) : 0
        let isOlder = alone >= file.base && together < max(alone, least)
        guard isNewer || isOlder else { return nil }
        let aside = path + ".set-aside-\(counted)"
        guard rename(path, aside) == 0 else { throw StoreFile.failure(path, "set aside") }
        try StoreFile.syncDirectory(of: path)
        return aside
    }

    /// The epoch of the database file without its log.
    /// - Returns: 0 in one that is older than any that `base` is recorded of; nil where it cannot be told. A loss of power in
    ///   the middle of a checkpoint may have torn the page: then the log has it whole.
    private func databaseEpoch() -> Int64? {
        // A name for SQLite: "immutable" has it read the file by itself and leave the log alone (https://www.sqlite.org/uri.html).
        var allowed = CharacterSet.urlPathAllowed
        allowed.remove(charactersIn: "?#%;")
        guard let name = database.addingPercentEncoding(withAllowedCharacters: allowed) else { return nil }
        return try? epoch(ofFileNamed: "\(name.hasPrefix("/") ? "file://" : "file:")\(name)?immutable=1")
    }

    /// - Returns: -1 where the two make no database; nil where it cannot be told.
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
