import DripCore
import GRDB

/// Writes whether a person wants messages, in the caller's transaction, with a row for each change. What is under way for them
/// is the caller's.
struct Consent {
    let db: Database
    let person: PersonID

    /// - Returns: false where they had asked for it before.
    func stop(at: Instant, by source: ConsentSource) throws -> Bool {
        try db.run(
            "UPDATE person SET stopped_at = ?, stopped_by = ?, paused_at = NULL WHERE id = ? AND stopped_at IS NULL",
            [at, source.rawValue, person]
        )
        guard db.changesCount > 0 else { return false }
        try record(.stopped, at, source)
        return true
    }

    /// - Returns: false where nothing is sent to them already.
    func pause(at: Instant, by source: ConsentSource = .person) throws -> Bool {
        try db.run(
            "UPDATE person SET paused_at = ? WHERE id = ? AND paused_at IS NULL AND stopped_at IS NULL",
            [at, person]
        )
        guard db.changesCount > 0 else { return false }
        try record(.paused, at, source)
        return true
    }

    /// As a file says it, which may be older than what was decided since.
    /// - Returns: false where it changes nothing.
    func pauseByFile(at: Instant) throws -> Bool {
        let decided = try db.row("SELECT 1 FROM consent_change WHERE person = ? AND at >= ? LIMIT 1", [person, at])
        return try decided == nil && pause(at: at, by: .file)
    }

    /// Takes a stop or a pause back. What a pause held is due at once; what a stop ended stays ended.
    /// - Returns: whether anything that was held is due now.
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

    /// The oldest first.
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
