package import ControlAPI
package import DripCore
import Foundation
import GRDB

/// A read-only state that no daemon works on, such as a copy of the database file in CI.
package final class StateCopy: Sendable {
    private let directory: StateDirectory
    private let reader: DatabaseQueue

    /// - Throws: `StoreError`.
    package init(directory: String) throws {
        let directory = try StateDirectory(reading: directory)
        self.directory = directory
        reader = try directory.perform {
            try directory.checkDatabaseFiles()
            return try Self.open(directory.location + "/dripd.db")
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw StoreError.cannotOpen(path: path, why: "no such file, or this user may not read it")
        }
        var configuration = Configuration.untrusted
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            let reader = try DatabaseQueue(path: path, configuration: configuration)
            try reader.read { db in
                let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                guard application == Schema.applicationID else { throw StoreError.notOurs(path: path) }
                if try Schema.migrator.hasBeenSuperseded(db) { throw StoreError.newerSchema(path: path) }
                try SchemaCheck.check(db, path: path)
                guard try Schema.migrator.hasCompletedMigrations(db) else {
                    throw StoreError.cannotOpen(
                        path: path,
                        why: "an older dripd wrote it; start a daemon of this version on it once to upgrade it"
                    )
                }
            }
            return reader
        } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
            // https://www.sqlite.org/wal.html#read_only_databases
            throw StoreError.cannotOpen(
                path: path,
                why: "SQLite creates files beside it while it reads; copy it into a folder that this user may write to"
            )
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }

    package func versionsInForce() throws -> [SequenceVersion] {
        try directory.perform { try reader.read { try Store.versionsInForce($0) } }
    }

    package func pinnedVersions() throws -> [SequenceVersion] {
        try directory.perform { try reader.read { try Store.pinnedVersions($0) } }
    }

    /// Returns what adopting `after` would do while `before` is in force.
    package func plan(from before: Catalog, to after: Catalog, people: Int, now: Instant) throws -> PlanReport {
        try directory.perform {
            try reader.read { try PlanReading.report($0, from: before, to: after, people: people, now: now) }
        }
    }
}
