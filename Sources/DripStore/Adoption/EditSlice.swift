import ControlAPI
import DripCore
import GRDB

/// Applies an edit to a part of the people under way, in the caller's transaction. After every slice no person can get
/// a step twice or lose a step that is ahead of them:
/// ```
/// adopt ──► edit: under_way, applied 0 ──► … ──► under_way, applied n ──► finished ──► done ──► rows deleted
///               │ An enrollment that the edit has not reached yet:
///               ├─ its job becomes due: the claim applies the edit first (`Ledger.applyEdit`)
///               ├─ its message is being sent: the outcome is followed up by the files in force
///               └─ it ends: nothing is left to apply
/// ```
/// The cursor moves in the transaction of its slice, so a process that is killed continues where it was.
struct EditSlice {
    enum Phase: String {
        case underWay = "under_way"
        case finished
        case done
    }

    let db: Database
    let ledger: Ledger
    /// The catalog in force before the edit. It saves calendar calculations for enrollments that did not change. nil
    /// after a restart, when it is not known any more.
    let before: Catalog?

    /// A row of the table `edit`.
    private struct Edit {
        let sequence: String
        let phase: Phase
        let cursor: EditCursor
        let finishedPosition: Int64
        let finishedEnrollment: Int64

        init(row: Row) {
            sequence = row["sequence"]
            phase = Phase(rawValue: row["phase"]) ?? .underWay
            cursor = EditCursor(applied: row["applied"], last: row["last"])
            finishedPosition = row["finished_position"] ?? .min
            finishedEnrollment = row["finished_enrollment"] ?? 0
        }
    }

    static func cursors(_ db: Database) throws -> [String: EditCursor] {
        let edits = try db.rows("SELECT * FROM edit WHERE phase = 'under_way'", []).map(Edit.init)
        return Dictionary(uniqueKeysWithValues: edits.map { ($0.sequence, $0.cursor) })
    }

    /// Examines up to `limit` enrollments.
    /// - Parameter enrollments: caches values that many enrollments share, from one slice to the next.
    /// - Returns: the work done so far; complete once the edit has reached everyone.
    func perform(limit: Int, _ enrollments: inout EnrollmentReading) throws -> AdoptionReport {
        let next = try db.row("SELECT * FROM edit WHERE phase <> 'done' ORDER BY sequence LIMIT 1", [])
        if let edit = next.map(Edit.init) {
            switch edit.phase {
            case .underWay: try apply(edit, limit: limit, &enrollments)
            case .finished: try extend(edit, limit: limit, &enrollments)
            case .done: break
            }
        }
        let report = try Self.report(db)
        if report.isComplete { try db.run("DELETE FROM edit", []) }
        return report
    }

    static func report(_ db: Database) throws -> AdoptionReport {
        let sums = try db.row(
            """
            SELECT coalesce(sum(moved), 0) AS moved, coalesce(sum(finished), 0) AS finished,
                coalesce(sum(reopened), 0) AS reopened, coalesce(sum(held), 0) AS held,
                count(CASE WHEN phase <> 'done' THEN 1 END) AS pending,
                coalesce(sum(examined), 0) AS examined, coalesce(sum(total), 0) AS total
            FROM edit
            """,
            []
        )
        var report = AdoptionReport()
        report.moved = sums?["moved"] ?? 0
        report.finished = sums?["finished"] ?? 0
        report.reopened = sums?["reopened"] ?? 0
        report.held = sums?["held"] ?? 0
        report.isComplete = (sums?["pending"] ?? 0) == 0
        let (examined, total): (Int, Int) = (sums?["examined"] ?? 0, sums?["total"] ?? 0)
        // The number of finished enrollments that are left is unknown.
        report.share = report.isComplete ? 1 : min(Double(examined) / Double(max(total, 1)), 0.99)
        return report
    }

    /// Recomputes the next step of enrollments under way.
    private func apply(_ edit: Edit, limit: Int, _ enrollments: inout EnrollmentReading) throws {
        var counts = AdoptionReport()
        let rows = try db.rows(EnrollmentReading.underWay, [edit.sequence, edit.cursor.applied, limit])
        var applied = rows.count < limit ? edit.cursor.last : edit.cursor.applied
        for row in rows {
            let state = enrollments.state(row)
            guard state.enrollment.id.rawValue <= edit.cursor.last.rawValue else {
                applied = edit.cursor.last
                break
            }
            if rows.count == limit { applied = state.enrollment.id }
            let isSame = before.map { ledger.catalog.keepsNextMessage(state, since: $0) } ?? false
            guard let job = state.job, !state.isSending, !isSame || job.part > 0 else { continue }
            if let following = try ledger.applyEdit(to: job, over: state.over) { counts.count(following) }
        }
        try pin(edit.sequence, after: edit.cursor.applied, through: applied)
        let isThrough = applied == edit.cursor.last
        let extends = ledger.catalog[edit.sequence]?.extend == .finished
        let phase: Phase = !isThrough ? .underWay : extends ? .finished : .done
        try db.run(
            """
            UPDATE edit SET applied = ?, phase = ?, examined = examined + ?, moved = moved + ?, finished = finished + ?,
                held = held + ?
            WHERE sequence = ?
            """,
            [applied, phase.rawValue, rows.count, counts.moved, counts.finished, counts.held, edit.sequence]
        )
    }

    /// Pins or unpins enrollments, as the file in force says. With `pin`, enrollments that started before the file said so
    /// are pinned to this version.
    private func pin(_ id: String, after first: EnrollmentID, through last: EnrollmentID) throws {
        guard let sequence = ledger.catalog[id] else { return }
        switch sequence.onEdit {
        case .pin: try db.run(Self.pinning, [sequence.hash, id, first, last])
        case .follow: try db.run(Self.unpinning, [id, first, last])
        }
    }

    static let pinning = """
        UPDATE enrollment SET version = ? WHERE sequence = ? AND ended_at IS NULL AND version IS NULL
            AND id > ? AND id <= ?
        """

    static let unpinning = """
        UPDATE enrollment SET version = NULL WHERE sequence = ? AND ended_at IS NULL AND version IS NOT NULL
            AND id > ? AND id <= ?
        """

    /// Reopens finished enrollments for the appended steps, if the file says so.
    private func extend(_ edit: Edit, limit: Int, _ enrollments: inout EnrollmentReading) throws {
        let end = ledger.catalog[edit.sequence]?.steps.last?.position
        var (position, enrollment) = (edit.finishedPosition, edit.finishedEnrollment)
        var reopened = 0
        let rows = try db.rows(
            EnrollmentReading.finished,
            [edit.sequence, end, edit.finishedPosition, edit.finishedEnrollment, limit]
        )
        for row in rows {
            let state = enrollments.state(row)
            (position, enrollment) = (
                state.enrollment.position?.milliseconds ?? .min, state.enrollment.id.rawValue
            )
            if try ledger.reopen(state) { reopened += 1 }
        }
        let phase: Phase = rows.count < limit ? .done : .finished
        try db.run(
            """
            UPDATE edit SET phase = ?, finished_position = ?, finished_enrollment = ?, reopened = reopened + ?
            WHERE sequence = ?
            """,
            [phase.rawValue, position, enrollment, reopened, edit.sequence]
        )
    }
}

extension AdoptionReport {
    fileprivate mutating func count(_ following: NextStep) {
        switch following {
        case .step: moved += 1
        case .nothing: finished += 1
        case .held: held += 1
        }
    }
}

extension Ledger {
    /// Recomputes the next step of a job that is not being sent, because the files have changed.
    /// - Returns: what follows; nil if nothing changed.
    func applyEdit(to job: Job, over: Set<String>) throws -> NextStep? {
        // A step that has begun continues by itself.
        let hasBegun = job.part > 0 && job.waitingFor != .sequence
        if hasBegun, catalog.sequence(of: job.enrollment)?.step(job.step) != nil { return nil }
        let (isChanged, following) = try reschedule(job, over: over)
        return isChanged ? following : nil
    }

    /// Does the same for a job that is due before its slice has reached it, and counts it as the slice would have.
    /// - Returns: whether anything changed.
    func applyEdit(toDue job: Job) throws -> Bool {
        guard let following = try applyEdit(to: job, over: over(job.enrollment.id)) else { return false }
        var counts = AdoptionReport()
        counts.count(following)
        try db.run(
            "UPDATE edit SET moved = moved + ?, finished = finished + ?, held = held + ? WHERE sequence = ?",
            [counts.moved, counts.finished, counts.held, job.enrollment.sequence]
        )
        return true
    }
}
