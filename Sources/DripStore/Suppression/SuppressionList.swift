import ControlAPI
import DripCore
import GRDB
import Synchronization

/// Keeps the list of stops and erasures in step with the database.
///
/// Within a transaction the list is written first. If the process ends before the commit, the list is ahead by changes
/// that were never confirmed. The database stores the number of the last line that it knows:
/// - If the list is ahead, the database is an older copy, or the process ended before the commit: the lines are applied
///   to it.
/// - If the list is behind or missing, it was lost or could not be written: it is rebuilt from the database.
final class SuppressionList: Sendable {
    private struct State {
        var file: SuppressionFile
        /// Whether the list has lines that the database does not know yet: `replay` applies them.
        var isAhead = false
        /// Whether writing the file failed, so it must be rebuilt.
        var isBroken = false
        /// The last number that was assigned.
        var last: Int64
    }

    private let state: Mutex<State>
    private let instance: String
    private let triggers: SuppressionTriggers

    /// - Parameters:
    ///   - counted: the last number that the fence file knows; nil if that file is not the original.
    ///   - isCopy: whether the database is on hold, so that it may know only some of the changes.
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
        // Changes that a copy does not know and that no list has any more.
        let isGap = isCopy && (counted == nil || isLost || file.dropped > known ?? 0)
        state.isAhead = file.last > known ?? 0
        if isGap {
            try pool.write { db in
                var report = try SuppressionReplayReport(db)
                report.isIncomplete = true
                try report.write(db)
            }
        }
        if isLost, !state.isAhead { try pool.write { try Self.makeAnew(&state, $0, instance: instance) } }
        if state.file.isLong { try state.file.replace(with: state.file.all()) }
        self.state = Mutex(state)
    }

    var last: Int64 { state.withLock(\.last) }

    /// Appends the changes of the transaction to the list, with one flush. Call it last in every transaction.
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
                // The stop must not fail because of the list. The next change, or the next start, rebuilds the list.
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

    /// Applies to the database the lines that it does not know. Call it once, before anything is claimed.
    /// - Returns: the changes; nil if the database knew all lines.
    func replay(_ ledger: Ledger) throws -> SuppressionReplayReport? {
        try state.withLock { state in
            guard state.isAhead else { return nil }
            let db = ledger.db
            let known: Int64 = try db.row("SELECT suppressions FROM fence", [])?["suppressions"] ?? 0
            let lines = Suppression.latest(try state.file.all().filter { $0.number > known })
            var report = try SuppressionReplayReport(db)
            try SuppressionReplay(ledger: ledger, instance: instance).perform(lines, &report)
            try report.write(db)
            // The list has these changes already.
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
