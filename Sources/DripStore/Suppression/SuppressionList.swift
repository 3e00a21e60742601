import DripCore
import GRDB
import Synchronization

/// Keeps the list beside the database in step with it.
///
/// Within a transaction the list comes first: a process that ends in between leaves it ahead, by what nobody was told is done.
/// The database keeps the number of the last line that it knows of:
/// - Where the list is ahead, the database is a copy from before, or the process ended in between: its lines are brought back.
/// - Where the list is behind or missing, it was lost, or could not be written: it is made anew from the database.
final class SuppressionList: Sendable {
    private struct State {
        var file: SuppressionFile
        /// The database has not taken over what the list has: `bringBack` is to come.
        var isAhead = false
        /// The file could not be written, and is to be made anew.
        var isBroken = false
        /// The last number that was given out.
        var last: Int64
    }

    private let state: Mutex<State>
    private let instance: String
    private let triggers: SuppressionTriggers

    /// - Parameters:
    ///   - counted: the last number that the fence file knows of; nil: it is no original, and knows nothing.
    ///   - isCopy: the database is on hold, and what it knows is no more than a part.
    /// - Throws: `StoreError`, `DatabaseError`.
    init(
        directory: String,
        instance: String,
        counted: Int64?,
        isCopy: Bool,
        _ triggers: SuppressionTriggers,
        _ pool: DatabasePool
    ) throws {
        self.instance = instance
        self.triggers = triggers
        var file = SuppressionFile(directory: directory, instance: instance)
        let isThere = try file.open()
        let known: Int64? = try pool.read { try $0.row("SELECT suppressions FROM fence", [])?["suppressions"] }
        var state = State(file: file, last: [file.last, known ?? 0, counted ?? 0].max() ?? 0)
        let isLost = file.last < max(known ?? 0, counted ?? 0) || known == nil && !isThere
        // What a copy does not know, and no list tells any more.
        let isGap = isCopy && (counted == nil || isLost || file.dropped > known ?? 0)
        state.isAhead = file.last > known ?? 0
        if isGap {
            try pool.write { db in
                var report = try BroughtBack(db)
                report.isIncomplete = true
                try report.write(db)
            }
        }
        if isLost, !state.isAhead { try pool.write { try Self.makeAnew(&state, $0, instance: instance) } }
        if state.file.isLong { try state.file.replace(with: state.file.all()) }
        self.state = Mutex(state)
    }

    var last: Int64 { state.withLock(\.last) }

    /// Puts on the list what the transaction has changed. To be called last in every transaction; one flush for all of it.
    func flush(_ db: Database) throws {
        var changes = try triggers.take(db, instance: instance)
        guard !changes.isEmpty else { return }
        try state.withLock { state in
            for index in changes.indices { changes[index].number = state.last + Int64(index) + 1 }
            state.last += Int64(changes.count)
            do {
                if state.isBroken || state.file.last > 0 && !state.file.isOwnFile() {
                    try Self.makeAnew(&state, db, instance: instance)
                } else {
                    try state.file.append(changes)
                }
            } catch is StoreError {
                // The stop itself counts more than the list: the next one, or the next start, makes that anew.
                state.isBroken = true
            }
            guard !state.isAhead else { return }
            try db.run("UPDATE fence SET suppressions = ?", [state.last])
        }
    }

    private static func makeAnew(_ state: inout State, _ db: Database, instance: String) throws {
        var all = try SuppressionTriggers.everything(db, instance: instance)
        for index in all.indices { all[index].number = state.last + Int64(index) + 1 }
        state.last += Int64(all.count)
        if !all.isEmpty {
            try state.file.replace(with: all)
            state.last = max(state.last, state.file.last)
        }
        state.isBroken = false
        try db.run("UPDATE fence SET suppressions = ?", [state.last])
    }

    /// Applies to the database what the list has and it does not know. To be called once, before anything is claimed.
    /// - Returns: what that was; nil where the database knew all of it.
    func bringBack(_ ledger: Ledger) throws -> BroughtBack? {
        try state.withLock { state in
            guard state.isAhead else { return nil }
            let db = ledger.db
            let known: Int64 = try db.row("SELECT suppressions FROM fence", [])?["suppressions"] ?? 0
            let lines = Suppression.latest(try state.file.all().filter { $0.number > known })
            var report = try BroughtBack(db)
            try BringingBack(ledger: ledger, instance: instance).perform(lines, &report)
            try report.write(db)
            // It is on the list already.
            try SuppressionTriggers.discard(db)
            try db.run("UPDATE fence SET suppressions = ?", [state.last])
            db.afterNextTransaction { [self] _ in self.state.withLock { $0.isAhead = false } }
            return report
        }
    }

    func release() {
        state.withLock { $0.file.release() }
    }

    deinit {
        release()
    }
}
