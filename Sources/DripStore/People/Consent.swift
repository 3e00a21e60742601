import DripCore
import GRDB

/// Records whether a person wants messages, in the caller's transaction, with a row for each change. The caller ends or
/// resumes the enrollments.
struct Consent {
    let db: Database
    let person: PersonID

    /// - Returns: false if they were stopped already.
    func stop(at: Instant, by source: ConsentSource) throws -> Bool {
        try db.run(
            "UPDATE person SET stopped_at = ?, stopped_by = ?, paused_at = NULL WHERE id = ? AND stopped_at IS NULL",
            [at, source.rawValue, person]
        )
        guard db.changesCount > 0 else { return false }
        try record(.stopped, at, source)
        return true
    }

    /// - Returns: false if they are stopped or paused already.
    func pause(at: Instant, by source: ConsentSource = .person) throws -> Bool {
        try db.run(
            "UPDATE person SET paused_at = ? WHERE id = ? AND paused_at IS NULL AND stopped_at IS NULL",
            [at, person]
        )
        guard db.changesCount > 0 else { return false }
        try record(.paused, at, source)
        return true
    }

    /// Pauses a person because a file says so. The file may be older than a later decision.
    /// - Returns: false if nothing changed.
    func pauseByFile(at: Instant) throws -> Bool {
        let decided = try db.row("SELECT 1 FROM consent_change WHERE person = ? AND at >= ? LIMIT 1", [person, at])
        return try decided == nil && pause(at: at, by: .file)
    }

    /// Takes back a stop or a pause. Jobs that a pause held become due at once; enrollments that a stop ended stay
    /// ended.
    /// - Returns: whether any job became due.
    func resume(at: Instant, now: Instant, by source: ConsentSource, reason: String? = nil) throws -> Bool {
        try db.run("UPDATE person SET stopped_at = NULL, stopped_by = NULL, paused_at = NULL WHERE id = ?", [person])
        try record(.resumed, at, source, reason)
        try db.run(Self.wakePaused, [now, person])
        return db.changesCount > 0
    }

    static let wakePaused = """
        UPDATE job SET due = ? WHERE waiting_for = 'paused' AND claimed_at IS NULL
            AND enrollment IN (SELECT id FROM enrollment WHERE person = ?)
        """

    /// Returns the changes, oldest first.
    func changes() throws -> [ConsentChange] {
        try db.all("SELECT at, kind, source, reason FROM consent_change WHERE person = ? ORDER BY id", [person]) {
            row in
            let (kind, source): (String, String) = (row[1], row[2])
            return ConsentChange(
                at: row[0],
                kind: ConsentChange.Kind(rawValue: kind) ?? .stopped,
                source: ConsentSource(rawValue: source) ?? .person,
                reason: row[3]
            )
        }
    }

    private func record(
        _ kind: ConsentChange.Kind,
        _ at: Instant,
        _ source: ConsentSource,
        _ reason: String? = nil
    ) throws {
        try db.run(
            "INSERT INTO consent_change (person, at, kind, source, reason) VALUES (?, ?, ?, ?, ?)",
            [person, at, kind.rawValue, source.rawValue, reason]
        )
    }
}
