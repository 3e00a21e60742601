package import DripCore
import GRDB

/// A pause of an account's private replies to comments whose author the platform does not name.
package struct CommentPause: Codable, Hashable, Sendable {
    package enum Reason: String, Codable, Sendable {
        /// The answer showed that the author wants nothing more.
        case stopped
        /// The answers showed one author again and again.
        case repeated
    }

    package let page: String
    package let reason: Reason
    package let until: Instant

    package init(page: String, reason: Reason, until: Instant) {
        self.page = page
        self.reason = reason
        self.until = until
    }
}

/// Keeps private replies to comments without an author few, in the caller's transaction.
///
/// The platform leaves the author out where the token lacks a permission. Then nobody can tell whether it is a person who wants nothing
/// more, or the same one again, before the answer to the private reply tells whom it reached. So one is on its way at a time, so
/// many are sent in an hour, and when the answer shows somebody who should not have had it the others wait.
struct UnnamedReplies {
    let db: Database
    let catalog: Catalog
    let now: Instant

    /// How long a reply counts towards its person's share of a day, and a pause towards the length of the next.
    static let remembered = Span.days(1)
    static let firstPause = Span.hours(1)
    static let nextPause = Span.days(1)

    /// When the account may answer another one; nil: now.
    func earliest(lane: LaneID) throws -> Instant? {
        if let until = try pausedUntil(lane) { return until }
        if try db.row(Self.onItsWay, [lane]) != nil { return now + .seconds(1) }
        guard let most = catalog.unnamedRepliesPerHour else { return nil }
        let first: Instant? = try db.row(Self.countedFrom, [lane, now - .hours(1), most - 1])?["at"]
        return first.map { $0 + .hours(1) }
    }

    /// Counts one that leaves.
    func note(_ job: Job) throws {
        try db.run(
            """
            INSERT INTO unnamed_reply (lane, at, enrollment) VALUES (?, ?, ?)
            ON CONFLICT (enrollment) DO UPDATE SET at = excluded.at
            """,
            [job.person.lane, now, job.enrollment.id]
        )
    }

    /// Looks at whom the answer to one has shown, once that person has the enrollment; begins a pause if they should not have had it.
    /// - Returns: the pause; nil where none begins.
    func check(_ enrollment: EnrollmentID) throws -> CommentPause? {
        let row = try db.row(
            """
            SELECT person.id, person.stopped_at, person.paused_at, person.lane, lane.page FROM unnamed_reply
                JOIN enrollment ON enrollment.id = unnamed_reply.enrollment
                JOIN person ON person.id = enrollment.person JOIN lane ON lane.id = person.lane
            WHERE enrollment.id = ?
            """,
            [enrollment]
        )
        guard let row else { return nil }
        let (stoppedAt, pausedAt): (Instant?, Instant?) = (row["stopped_at"], row["paused_at"])
        if stoppedAt != nil || pausedAt != nil { return try pause(row["lane"], row["page"], .stopped) }
        let count: Int = try db.row(Self.repliesOfDay, [row["id"] as PersonID, now - Self.remembered])?["count"] ?? 0
        let most = max(2, catalog.dailyLimit?.messages ?? DailyLimit.standard)
        guard count >= most else { return nil }
        return try pause(row["lane"], row["page"], .repeated)
    }

    /// - Returns: nil where one is under way.
    func pause(_ lane: LaneID, _ page: String, _ reason: CommentPause.Reason) throws -> CommentPause? {
        let last: Instant? = try db.row("SELECT until FROM unnamed_pause WHERE lane = ?", [lane])?["until"]
        if let last, last > now { return nil }
        let isAgain = last.map { now - $0 < Self.remembered } ?? false
        let until = now + (isAgain ? Self.nextPause : Self.firstPause)
        try db.run(
            """
            INSERT INTO unnamed_pause (lane, at, until, reason) VALUES (?, ?, ?, ?)
            ON CONFLICT (lane) DO UPDATE SET at = excluded.at, until = excluded.until, reason = excluded.reason
            """,
            [lane, now, until, reason.rawValue]
        )
        return CommentPause(page: page, reason: reason, until: until)
    }

    private func pausedUntil(_ lane: LaneID) throws -> Instant? {
        try db.row("SELECT until FROM unnamed_pause WHERE lane = ? AND until > ?", [lane, now])?["until"]
    }

    static let onItsWay = """
        SELECT 1 FROM job JOIN enrollment ON enrollment.id = job.enrollment
            JOIN person ON person.id = enrollment.person
        WHERE job.lane = ? AND job.claimed_at IS NOT NULL AND address >= 'comment:' AND address < 'comment;' LIMIT 1
        """

    static let countedFrom = "SELECT at FROM unnamed_reply WHERE lane = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"

    static let repliesOfDay = """
        SELECT count(*) AS count FROM enrollment JOIN unnamed_reply ON unnamed_reply.enrollment = enrollment.id
        WHERE enrollment.person = ? AND unnamed_reply.at > ?
        """
}

extension Store {
    /// The pauses that are under way, by page.
    package func commentPauses(now: Instant) async throws -> [CommentPause] {
        try await read { db in
            try db.rows(
                """
                SELECT page, reason, until FROM unnamed_pause JOIN lane ON lane.id = unnamed_pause.lane
                WHERE until > ? ORDER BY page
                """,
                [now]
            ).map { row in
                let reason: String = row["reason"]
                return CommentPause(
                    page: row["page"],
                    reason: CommentPause.Reason(rawValue: reason) ?? .stopped,
                    until: row["until"]
                )
            }
        }
    }
}
