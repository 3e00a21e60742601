import DripCore
import GRDB
import Synchronization

/// The fence of an open state: the file beside the database, and whether anything may be sent.
final class StateFence: Sendable {
    private struct State {
        var file: FenceFile
        /// The database's: the file follows it.
        var epoch: Int64
        var hold: Hold?
        var sentElsewhereUntil: Instant?
        /// Why the file could not follow.
        var trouble: StoreError?
        /// Of the log, when it was last seen. Empty where it matters to nothing: all of it is in the database file.
        var logHeader: [UInt8] = []
    }

    private let state: Mutex<State>
    private let machine: String?
    private let log: DatabaseLog

    /// A start copies no longer log than this into the database: a tenth of a second.
    private static let longestLogAtStart: Int64 = 16_000_000

    /// Decides whether the state may send; if it may, both sides count this start.
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
                // Never ahead by more than one: see `Fence`.
                if found == .present(instance: instance, epoch: file.epoch ?? 0, isOriginal: true) {
                    try file.removeOthers()
                } else {
                    try file.make(epoch: 0)
                }
                if let counted = file.epoch, epoch > counted { try file.write(epoch) }
                epoch = max(epoch, file.epoch ?? 0) + 1
                try pool.write { [epoch] db in try Self.set(db, epoch: epoch, machine: machine) }
                try file.write(epoch)
                // Where another program holds the database, it is done by the next start, or once the log is begun anew.
                if log.size <= Self.longestLogAtStart,
                    (try? pool.writeWithoutTransaction { try Self.completeDatabaseFile($0) }) == true
                {
                    // A database file from before this start is an older one from here on.
                    file.base = max(file.base, epoch)
                    epoch += 1
                    // This begins the log anew, so that it has an epoch of its own.
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

    /// Copies the log into the database file, without waiting for a reader.
    /// - Returns: whether all of it is there now, and on the disk.
    private static func completeDatabaseFile(_ db: Database) throws -> Bool {
        let (frames, copied) = try db.checkpoint(.passive)
        return frames >= 0 && frames == copied
    }

    /// Whether SQLite has begun the log anew since the fence last advanced: this log is then to have an epoch of its own.
    var mustMarkDatabase: Bool {
        state.withLock { state in
            guard state.hold == nil, state.trouble == nil, !state.logHeader.isEmpty, let header = log.header() else {
                return false
            }
            return header != state.logHeader
        }
    }

    /// Advances for no message: see `mustMarkDatabase`.
    func markDatabase(_ db: Database) throws {
        if mustMarkDatabase { try advance(db, now: nil) }
    }

    /// After `adopt`: from here on older database files are told by their epoch.
    func completeAdoption(_ db: Database) throws {
        guard try Self.completeDatabaseFile(db) else { return }
        try state.withLock { state in
            state.file.base = state.epoch
            // What the next write begins is to have an epoch of its own.
            state.logHeader = [0]
            try state.file.write(state.epoch)
        }
    }

    var hold: Hold? { state.withLock(\.hold) }

    /// The last number of the list of stops and erasures that the file knows of; nil: it was made elsewhere, or is missing.
    var suppressions: Int64? { state.withLock { $0.file.epoch == nil ? nil : $0.file.suppressions } }

    /// Is written with the next epoch.
    func noteSuppressions(_ number: Int64) {
        state.withLock { $0.file.suppressions = max($0.file.suppressions, number) }
    }

    /// What was due until then may have been sent by the daemon that this state is a copy of; nil: nothing may.
    var sentElsewhereUntil: Instant? { state.withLock(\.sentElsewhereUntil) }

    /// Has the file follow, where it could not before.
    /// - Throws: `StoreError` while it still can't: nothing may be claimed.
    func catchUp() throws {
        try state.withLock { state in
            guard state.trouble != nil else { return }
            try state.file.write(state.epoch)
            state.trouble = nil
        }
    }

    /// Counts the messages that this transaction claims; to be called once in a transaction. They may leave once the file has
    /// followed (`trouble` is nil), which is before the transaction returns to its caller.
    /// - Parameter now: nil: the state learns of no moment by it.
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

    /// A log that was begun anew shows that all before it is in the database file and on the disk, the epoch before this one, too.
    private func noteLog(_ state: inout State, before epoch: Int64) {
        guard let header = log.header(), header != state.logHeader else { return }
        if !state.logHeader.isEmpty { state.file.base = max(state.file.base, epoch - 1) }
        state.logHeader = header
    }

    /// Counts, in the same way, that somebody wants nothing more: a copy that knows nothing of it would write to them. Where the
    /// file could not follow nothing is counted, since the database may be ahead by one alone.
    func noteStop(_ db: Database, now: Instant) throws {
        if hold == nil, trouble == nil { try advance(db, now: now) }
    }

    var trouble: StoreError? { state.withLock(\.trouble) }

    /// Notes a start: of what is on hold, when it was found; of what is not, that the state knows of this moment.
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

    /// The state that this one is a copy of has given out numbers of enrollments since: they come back in echoes, and must not
    /// mean anybody else here. Nobody enrols somebody in every millisecond, so that none has got as far as the present.
    private static func skipNumbers(_ db: Database, until number: Int64) throws {
        let last: Int64? = try db.row("SELECT seq FROM sqlite_sequence WHERE name = 'enrollment'", [])?["seq"]
        try db.run("DELETE FROM sqlite_sequence WHERE name = 'enrollment'", [])
        try db.run(
            "INSERT INTO sqlite_sequence (name, seq) VALUES ('enrollment', ?)",
            [max(last ?? 0, number)]
        )
    }

    /// Ends the hold: this state is the one from now on. The file comes first here, since what holds stands in the database:
    /// cut short in between, it still does.
    /// - Parameter until: what was due until then is left out; nil: it goes by the ordinary rules.
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

    /// Puts a state on hold, until an operator ends that.
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
    /// nil where the row holds nothing.
    init?(row: Row) {
        guard let reason: String = row["hold"] else { return nil }
        // A word of a newer dripd holds, too.
        self.init(
            reason: Reason(rawValue: reason) ?? .restored,
            copiedAt: row["copied_at"],
            noticedAt: row["noticed_at"]
        )
    }
}
