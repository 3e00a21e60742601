package import ControlAPI
package import DripCore
import GRDB

/// Limits private replies to comments without an author, in the caller's transaction.
///
/// The platform leaves the author out if the token lacks a permission. Until the answer to a private reply names the
/// person that it reached, dripd cannot tell whether the author wants nothing more, or has had a reply already. So one
/// reply is sent at a time, and the number per hour is limited. If a reply reached a person who should not have got it,
/// the others wait.
struct UnnamedReplies {
    let db: Database
    let catalog: Catalog
    let now: Instant

    /// How long a reply counts towards its person's daily share, and how long a pause makes the next one longer.
    static let remembered = Milliseconds.days(1)
    static let firstPause = Milliseconds.hours(1)
    static let nextPause = Milliseconds.days(1)

    /// Returns when the account may send the next reply; nil if now.
    func earliest(account: AccountID) throws -> Instant? {
        if let until = try pausedUntil(account) { return until }
        if try db.row(Self.onItsWay, [account]) != nil { return now + .seconds(1) }
        guard let most = catalog.unnamedRepliesPerHour else { return nil }
        let first: Instant? = try db.row(Self.countedFrom, [account, now - .hours(1), most - 1])?["at"]
        return first.map { $0 + .hours(1) }
    }

    /// Counts a reply that is being sent.
    func note(_ job: Job) throws {
        try db.run(
            """
            INSERT INTO unnamed_reply (account, at, enrollment) VALUES (?, ?, ?)
            ON CONFLICT (enrollment) DO UPDATE SET at = excluded.at
            """,
            [job.person.address.account.id, now, job.enrollment.id]
        )
    }

    /// Checks which person a reply has reached, after the enrollment was given to that person. Begins a pause if they
    /// should not have got it.
    /// - Returns: the pause; nil if none begins.
    func check(_ enrollment: EnrollmentID) throws -> CommentPause? {
        let row = try db.row(
            """
            SELECT person.id, person.stopped_at, person.paused_at, unnamed_reply.account, account.page FROM unnamed_reply
                JOIN enrollment ON enrollment.id = unnamed_reply.enrollment
                JOIN person ON person.id = enrollment.person JOIN account ON account.id = unnamed_reply.account
            WHERE enrollment.id = ?
            """,
            [enrollment]
        )
        guard let row else { return nil }
        let (stoppedAt, pausedAt): (Instant?, Instant?) = (row["stopped_at"], row["paused_at"])
        if stoppedAt != nil || pausedAt != nil { return try pause(row["account"], row["page"], .stopped) }
        let count: Int = try db.row(Self.repliesOfDay, [row["id"] as PersonID, now - Self.remembered])?["count"] ?? 0
        let most = max(2, catalog.dailyLimit?.messages ?? DailyLimit.standard)
        guard count >= most else { return nil }
        return try pause(row["account"], row["page"], .repeated)
    }

    /// - Returns: nil if a pause is under way already.
    func pause(_ account: AccountID, _ page: String, _ reason: CommentPause.Reason) throws -> CommentPause? {
        let last: Instant? = try db.row("SELECT until FROM unnamed_pause WHERE account = ?", [account])?["until"]
        if let last, last > now { return nil }
        let isAgain = last.map { now - $0 < Self.remembered } ?? false
        let until = now + (isAgain ? Self.nextPause : Self.firstPause)
        try db.run(
            """
            INSERT INTO unnamed_pause (account, at, until, reason) VALUES (?, ?, ?, ?)
            ON CONFLICT (account) DO UPDATE SET at = excluded.at, until = excluded.until, reason = excluded.reason
            """,
            [account, now, until, reason.rawValue]
        )
        return CommentPause(page: page, reason: reason, until: until)
    }

    private func pausedUntil(_ account: AccountID) throws -> Instant? {
        try db.row("SELECT until FROM unnamed_pause WHERE account = ? AND until > ?", [account, now])?["until"]
    }

    static let onItsWay = """
        SELECT 1 FROM job JOIN enrollment ON enrollment.id = job.enrollment
            JOIN address ON address.id = job.address
        WHERE job.account = ? AND job.claimed_at IS NOT NULL
            AND address.external_id >= 'comment:' AND address.external_id < 'comment;' LIMIT 1
        """

    static let countedFrom =
        "SELECT at FROM unnamed_reply WHERE account = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"

    static let repliesOfDay = """
        SELECT count(*) AS count FROM enrollment JOIN unnamed_reply ON unnamed_reply.enrollment = enrollment.id
        WHERE enrollment.person = ? AND unnamed_reply.at > ?
        """
}

extension Store {
    /// Returns the pauses that are under way, by page.
    package func commentPauses(now: Instant) async throws -> [CommentPause] {
        try await read { db in
            try db.rows(
                """
                SELECT page, reason, until FROM unnamed_pause JOIN account ON account.id = unnamed_pause.account
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

extension Store {
    /// Returns the replies to those of the comments that started an enrollment.
    package func replies(toComments comments: [String]) async throws -> [String: CommentReply] {
        try await read { db in
            var replies: [String: CommentReply] = [:]
            for comment in comments {
                guard let row = try db.row(Self.commentReply, [comment]) else { continue }
                replies[comment] = CommentReply(row: row)
            }
            return replies
        }
    }

    private static let commentReply = """
        SELECT enrollment.sequence, enrollment.ended_at, enrollment.end_reason,
            delivery.state, delivery.step AS sent_step, delivery.at, job.step AS next_step, job.due
        FROM enrollment LEFT JOIN delivery ON delivery.enrollment = enrollment.id AND permission = 'private_reply'
            LEFT JOIN job ON job.enrollment = enrollment.id
        WHERE enrollment.comment = ?
        """
}

extension CommentReply {
    fileprivate init(row: Row) {
        let sequence: String = row["sequence"]
        let delivered: String? = row["state"]
        if let delivered {
            // A request that was refused for good uses up nothing at the platform. The ledger still does not offer it
            // again.
            let state = State(rawValue: delivered) ?? .none
            let reason = state == .none ? delivered : nil
            self.init(state: state, sequence: sequence, step: row["sent_step"], at: row["at"], reason: reason)
        } else if let next: String = row["next_step"] {
            self.init(state: .waiting, sequence: sequence, step: next, at: row["due"], reason: nil)
        } else {
            self.init(state: .none, sequence: sequence, step: nil, at: row["ended_at"], reason: row["end_reason"])
        }
    }
}
