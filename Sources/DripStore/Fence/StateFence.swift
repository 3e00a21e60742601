import DripCore
import GRDB
import Synchronization

/// The fence of an open state: the fence file, and whether anything may be sent. "Log" means SQLite's write-ahead log.
final class StateFence: Sendable {
    private struct State {
        var file: FenceFile
        /// The epoch of the database. The file follows it.
        var epoch: Int64
        var hold: Hold?
        var sentElsewhereUntil: Instant?
        /// Why the file could not be updated; nil if it was.
        var trouble: StoreError?
        /// The header of the log when it was last read. Empty if it does not matter, because all of the log is in the
        /// database file.
        var logHeader: [UInt8] = []
    }

    private let state: Mutex<State>
    private let machine: String?
    private let log: DatabaseLog

    /// The longest log that a start copies into the database file, in bytes. The copy takes a tenth of a second.
    private static let longestLogAtStart: Int64 = 16_000_000

    /// Decides whether the state may send. If it may, the database and the file both count this start.
    /// - Throws: `StoreError`, `DatabaseError`.
    init(directory: String, instance: String, machine: String?, log: DatabaseLog, _ pool: DatabasePool) throws {
        self.machine = machine
        self.log = log
        var file = FenceFile(directory: directory, instance: instance)
        let found = try file.read()
        let (row, isEmpty) = try pool.read { db in
            (
                try db.row("SELECT * FROM fence", []),
                try db.row("SELECT 1 FROM person LIMIT 1", []) == nil
            )
        }
        var epoch: Int64 = row?["epoch"] ?? 0
        var logHeader: [UInt8] = []
        var hold = row.flatMap(Hold.init)
        if hold == nil {
            let record = Fence.Record(
                instance: instance,
                isEmpty: isEmpty,
                epoch: row?["epoch"],
                machine: row?["machine"]
            )
            if let reason = Fence.reasonToHold(found, record, machine: machine) {
                hold = try pool.write { try Self.hold($0, reason) }
            } else {
                // The database must never be ahead by more than one: see `Fence`.
                if found == .present(instance: instance, epoch: file.epoch ?? 0, isOriginal: true) {
                    try file.removeOthers()
                } else {
                    try file.make(epoch: 0)
                }
                if let counted = file.epoch, epoch > counted { try file.write(epoch) }
                epoch = max(epoch, file.epoch ?? 0) + 1
                try pool.write { [epoch] db in try Self.set(db, epoch: epoch, machine: machine) }
                try file.write(epoch)
                // If another program holds the database, the next start or the next new log does this.
                if log.size <= Self.longestLogAtStart,
                    (try? pool.writeWithoutTransaction { try Self.checkpoint($0) }) == true
                {
                    // From here on a database file from before this start counts as older.
                    file.base = max(file.base, epoch)
                    epoch += 1
                    // This begins a new log, which needs an epoch of its own.
                    try pool.write { [epoch] db in try Self.set(db, epoch: epoch, machine: machine) }
                    try file.write(epoch)
                }
                logHeader = log.header() ?? []
            }
        }
        state = Mutex(
            State(
                file: file,
                epoch: epoch,
                hold: hold,
                sentElsewhereUntil: row?["sent_elsewhere_until"],
                logHeader: logHeader
            )
        )
    }

    /// Copies the log into the database file, without waiting for readers.
    /// - Returns: whether all of it was copied and is on the disk.
    private static func checkpoint(_ db: Database) throws -> Bool {
        let (frames, copied) = try db.checkpoint(.passive)
        return frames >= 0 && frames == copied
    }

    /// Whether SQLite has begun a new log since the fence last advanced. The new log needs an epoch of its own.
    var mustMarkDatabase: Bool {
        state.withLock { state in
            guard state.hold == nil, state.trouble == nil, !state.logHeader.isEmpty, let header = log.header() else {
                return false
            }
            return header != state.logHeader
        }
    }

    /// Advances the fence without a message: see `mustMarkDatabase`.
    func markDatabase(_ db: Database) throws {
        if mustMarkDatabase { try advance(db, now: nil) }
    }

    /// Completes `adopt`: from here on older database files are recognised by their epoch.
    func completeAdoption(_ db: Database) throws {
        guard try Self.checkpoint(db) else { return }
        try state.withLock { state in
            state.file.base = state.epoch
            // The log that the next write begins needs an epoch of its own.
            state.logHeader = [0]
            try state.file.write(state.epoch)
        }
    }

    var hold: Hold? { state.withLock(\.hold) }

    /// The last number of the list of stops and erasures, as the fence file records it; nil if that file was made
    /// elsewhere or is missing.
    var suppressions: Int64? { state.withLock { $0.file.epoch == nil ? nil : $0.file.suppressions } }

    /// Records the last number of that list. It is written with the next epoch.
    func noteSuppressions(_ number: Int64) {
        state.withLock { $0.file.suppressions = max($0.file.suppressions, number) }
    }

    /// Steps that were due until this time may have been sent by the daemon of the original state; nil if there are
    /// none.
    var sentElsewhereUntil: Instant? { state.withLock(\.sentElsewhereUntil) }

    /// Updates the file if an earlier update failed.
    /// - Throws: `StoreError` if it still fails. Then nothing may be claimed.
    func catchUp() throws {
        try state.withLock { state in
            guard state.trouble != nil else { return }
            try state.file.write(state.epoch)
            state.trouble = nil
        }
    }

    /// Counts the messages that this transaction claims. Call it once per transaction. The file is updated before the
    /// transaction returns to its caller; the messages may be sent if that succeeded (`trouble` is nil).
    /// - Parameter now: the time to record; nil to record none.
    func advance(_ db: Database, now: Instant?) throws {
        let row = try db.row(
            """
            UPDATE fence SET epoch = epoch + 1, epoch_negated = -(epoch + 1), at = coalesce(?, at) RETURNING epoch
            """,
            [now]
        )
        guard let epoch: Int64 = row?["epoch"] else { return }
        db.afterNextTransaction { [self] _ in
            state.withLock { state in
                noteLog(&state, before: epoch)
                state.epoch = epoch
                do throws(StoreError) {
                    try state.file.write(epoch)
                } catch {
                    state.trouble = error
                }
            }
        }
    }

    /// Records a new log. It proves that everything before it is in the database file and on the disk, including the
    /// previous epoch.
    private func noteLog(_ state: inout State, before epoch: Int64) {
        guard let header = log.header(), header != state.logHeader else { return }
        if !state.logHeader.isEmpty { state.file.base = max(state.file.base, epoch - 1) }
        state.logHeader = header
    }

    /// Counts an opt-out in the same way: a copy of the state without it would write to the person. Counts
    /// nothing if the file could not be updated, because the database may be ahead by only one.
    func countOptOut(_ db: Database, now: Instant) throws {
        if hold == nil, trouble == nil { try advance(db, now: now) }
    }

    var trouble: StoreError? { state.withLock(\.trouble) }

    /// Records the time of a start. For a state on hold, this is when the hold was noticed; otherwise, it is the latest
    /// time that the state knows of.
    func noteStart(_ db: Database, now: Instant) throws {
        let isNews = "SELECT 1 FROM fence WHERE hold IS NOT NULL AND noticed_at IS NULL"
        if try db.row(isNews, []) != nil { try Self.skipNumbers(db, until: now.milliseconds) }
        try db.run(
            """
            UPDATE fence SET at = CASE WHEN hold IS NULL THEN ? ELSE at END,
                noticed_at = CASE WHEN hold IS NULL THEN NULL ELSE coalesce(noticed_at, ?) END
            """,
            [now, now]
        )
        let hold = try db.row("SELECT * FROM fence", []).flatMap(Hold.init)
        db.afterNextTransaction { [self] _ in state.withLock { $0.hold = hold } }
    }

    /// Skips the ids of enrollments and addresses that the original state may have used since. Echoes contain the former,
    /// links in messages the latter, and they must not mean other people here. Ids grow by less than one per millisecond, so
    /// the present time is larger than all of them.
    private static func skipNumbers(_ db: Database, until number: Int64) throws {
        for table in ["enrollment", "address"] {
            let last = try db.greatestIDEver(in: table)
            try db.run("DELETE FROM sqlite_sequence WHERE name = ?", [table])
            try db.run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [table, max(last, number)])
        }
    }

    /// Ends the hold: this state is the current one from now on. Here the file comes first, because the hold is stored
    /// in the database: if this is interrupted, the state is still on hold.
    /// - Parameter until: steps that were due until then are skipped; nil to send them by the ordinary rules.
    func adopt(_ db: Database, leavingOutUntil until: Instant?, now: Instant) throws {
        let until = [until, sentElsewhereUntil].compactMap(\.self).max()
        let epoch = try state.withLock { state in
            let epoch = max(state.epoch, state.file.epoch ?? 0) + 1
            try state.file.make(epoch: epoch)
            return epoch
        }
        try Self.set(db, epoch: epoch, machine: machine)
        try db.run(
            """
            UPDATE fence SET hold = NULL, copied_at = NULL, noticed_at = NULL, brought_back = NULL, at = ?,
                sent_elsewhere_until = ?
            """,
            [now, until]
        )
        db.afterNextTransaction { [self] _ in
            state.withLock { state in
                state.epoch = epoch
                state.hold = nil
                state.sentElsewhereUntil = until
            }
        }
    }

    func release() {
        state.withLock { $0.file.release() }
    }

    deinit {
        release()
    }

    private static func set(_ db: Database, epoch: Int64, machine: String?) throws {
        try db.run(
            """
            INSERT INTO fence (id, epoch, epoch_negated, machine) VALUES (1, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, epoch_negated = excluded.epoch_negated,
                machine = coalesce(excluded.machine, machine)
            """,
            [epoch, -epoch, machine]
        )
    }

    /// Puts a state on hold until an operator adopts it.
    @discardableResult
    static func hold(_ db: Database, _ reason: Hold.Reason) throws -> Hold? {
        let row = try db.row(
            """
            INSERT INTO fence (id, epoch, epoch_negated, hold) VALUES (1, 0, 0, ?)
            ON CONFLICT (id) DO UPDATE SET hold = excluded.hold, copied_at = at, noticed_at = NULL,
                brought_back = NULL
            RETURNING *
            """,
            [reason.rawValue]
        )
        return row.flatMap(Hold.init)
    }
}

extension Hold {
    /// nil if the row describes no hold.
    init?(row: Row) {
        guard let reason: String = row["hold"] else { return nil }
        // A reason that only a newer dripd knows is a hold, too.
        self.init(
            reason: Reason(rawValue: reason) ?? .restored,
            copiedAt: row["copied_at"],
            noticedAt: row["noticed_at"]
        )
    }
}
