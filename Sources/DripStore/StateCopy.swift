package import DripCore
import Foundation
import GRDB

/// A state that no daemon works on, such as a copy of the database file in CI: to be read and never written.
package final class StateCopy: Sendable {
    private let reader: DatabaseQueue

    /// - Throws: `StoreError`.
    package init(directory: String) throws {
        let path = directory + "/dripd.db"
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw StoreError.cannotOpen(path: path, why: "there is no such file, or not for this user")
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            reader = try DatabaseQueue(path: path, configuration: configuration)
            try reader.read { db in
                let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                guard application == Schema.applicationID else { throw StoreError.notOurs(path: path) }
                if try Schema.migrator.hasBeenSuperseded(db) { throw StoreError.newerSchema(path: path) }
                guard try Schema.migrator.hasCompletedMigrations(db) else {
                    throw StoreError.cannotOpen(
                        path: path,
                        why: "an older dripd wrote it; a daemon of this one mends it"
                    )
                }
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
            // https://www.sqlite.org/wal.html#read_only_databases
            throw StoreError.cannotOpen(
                path: path,
                why: "SQLite keeps files beside it while it reads; copy it into a folder that this user may write to"
            )
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }

    package func versionsInForce() throws -> [SequenceVersion] {
        try reader.read { try Store.versionsInForce($0) }
    }

    package func pinnedVersions() throws -> [SequenceVersion] {
        try reader.read { try Store.pinnedVersions($0) }
    }

    /// What adopting `after` would do where `before` is in force.
    package func plan(from before: Catalog, to after: Catalog, people: Int, now: Instant) throws -> PlanReport {
        try reader.read { try PlanReading.report($0, from: before, to: after, people: people, now: now) }
    }
}
