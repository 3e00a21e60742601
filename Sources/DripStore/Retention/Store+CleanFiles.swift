import DripCore
import GRDB
import Synchronization

/// Removes what an erasure leaves in the files: pages in the write-ahead log, and bytes in the gaps of the database's
/// pages (`PageGaps`). A reader of the log, such as a backup in another process or a shell, delays this.
extension Store {
    enum Cleanup: Hashable, Sendable {
        case done
        /// A reader holds the log.
        case held
        /// The log is empty, but the pages of a large database are not cleaned yet.
        case pagesAreLeft
    }

    /// How long the writer waits for a reader, in milliseconds. Messages wait meanwhile.
    static let longestWait = 50
    /// The largest database whose pages are cleaned at once, which takes some hundredths of a second. A larger one is
    /// cleaned in slices.
    static let largestWhole: Int64 = 64_000_000
    private static let pagesPerSlice = 1000
    private static let retryInterval = Duration.seconds(2)
    private static let sliceInterval = Duration.milliseconds(20)

    /// Records, in the erasure's own transaction, that the files must be cleaned, so that it happens even after a
    /// crash.
    static func noteErasure(_ db: Database) throws {
        try db.run("INSERT INTO meta (name, value) VALUES ('clean_files', '1') ON CONFLICT (name) DO NOTHING", [])
    }

    /// Cleans the files if that is pending. Runs outside of a transaction.
    static func cleanFiles(
        _ db: Database,
        _ gaps: PageGaps,
        wait: Int = longestWait,
        wholeUpTo largest: Int64 = largestWhole
    ) throws -> Cleanup {
        guard try db.row("SELECT 1 FROM meta WHERE name = 'clean_files'", []) != nil else { return .done }
        guard try emptyLog(db, wait: wait) else { return .held }
        guard try StoreFile.size(gaps.path) <= largest else { return .pagesAreLeft }
        try wipe(gaps, from: 0, count: nil, db)
        try db.run("DELETE FROM meta WHERE name = 'clean_files'", [])
        return .done
    }

    /// - Returns: false if a reader holds the log.
    private static func emptyLog(_ db: Database, wait: Int) throws -> Bool {
        try db.execute(sql: "PRAGMA busy_timeout = \(wait)")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = 5000") }
        return try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0
    }

    /// - Returns: the first page of the next slice; nil at the end.
    @discardableResult
    private static func wipe(_ gaps: PageGaps, from first: Int, count: Int?, _ db: Database) throws -> Int? {
        let (next, isChanged) = try gaps.wipe(from: first, count: count)
        // The writer's cached pages would bring the gaps back.
        if isChanged { try db.execute(sql: "PRAGMA shrink_memory") }
        return next
    }

    /// Cleans the files now. While a reader holds the log, it retries every few seconds until they are clean.
    /// - Returns: false if a reader holds the log now.
    func cleanFilesSoon() async -> Bool {
        let cleanup = (try? await cleanFiles()) ?? .held
        guard cleanup != .done, !isCleaning.exchange(true, ordering: .relaxed) else { return cleanup != .held }
        Task { [weak self] in
            defer { self?.isCleaning.store(false, ordering: .relaxed) }
            var cleanup = cleanup
            // This throws once the state is closed; the next start cleans the files.
            while let store = self, cleanup != .done {
                switch cleanup {
                case .pagesAreLeft: cleanup = try await store.wipeInSlices()
                case .held, .done:
                    try await Task.sleep(for: Self.retryInterval)
                    cleanup = try await store.cleanFiles(wait: 0)
                }
            }
        }
        return cleanup != .held
    }

    func cleanFiles(wait: Int = longestWait, wholeUpTo largest: Int64 = largestWhole) async throws -> Cleanup {
        // Not as a barrier: it would wait for readers, and block all writes meanwhile. A plan may read for seconds.
        try await pool.writeWithoutTransaction { [self] db in
            try measuring("cleanFiles") { _ in try Self.cleanFiles(db, gaps, wait: wait, wholeUpTo: largest) }
        }
    }

    /// Overwrites the gaps of a large database in slices, with other writes in between.
    func wipeInSlices(pages: Int = pagesPerSlice) async throws -> Cleanup {
        var next: Int? = 0
        while let first = next {
            let following: Int?? = try await pool.writeWithoutTransaction { [gaps] db in
                // A page that is still in the log would be restored from it.
                let log = try db.row("PRAGMA wal_checkpoint(PASSIVE)", [])
                let (written, copied): (Int, Int) = (log?["log"] ?? 0, log?["checkpointed"] ?? 0)
                guard written == copied else { return nil }
                return .some(try Self.wipe(gaps, from: first, count: pages, db))
            }
            guard let following else { return .held }
            next = following
            try await Task.sleep(for: Self.sliceInterval)
        }
        // The log may contain pages that were written meanwhile.
        return try await pool.writeWithoutTransaction { db in
            guard try Self.emptyLog(db, wait: Self.longestWait) else { return .held }
            try db.run("DELETE FROM meta WHERE name = 'clean_files'", [])
            return .done
        }
    }
}
