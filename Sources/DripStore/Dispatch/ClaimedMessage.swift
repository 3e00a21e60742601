package import DripCore
import GRDB

/// What a claimed message was made from. This is all that its delivery row keeps of it.
struct ClaimedMessage {
    let position: Milliseconds?
    let sequenceHash: String?
    let permission: Permission
    let variant: Int?
    let bodyHash: String?
    let isLast: Bool

    static let columns = """
        job.claimed_hash, job.claimed_offset, job.claimed_permission, job.claimed_variant, job.claimed_body,
        job.claimed_last
        """

    init(row: Row) {
        let permission: String? = row["claimed_permission"]
        position = row["claimed_offset"]
        sequenceHash = row["claimed_hash"]
        // An older dripd recorded no permission; it knew only this one.
        self.permission = permission.flatMap(Permission.init(rawValue:)) ?? .standardWindow
        variant = row["claimed_variant"]
        bodyHash = row["claimed_body"]
        isLast = row["claimed_last"] ?? true
    }

    func entry(_ delivery: Delivery) -> Ledger.Entry {
        Ledger.Entry(
            delivery: delivery,
            position: position,
            sequenceHash: sequenceHash,
            permission: permission,
            variant: variant,
            bodyHash: bodyHash,
            hasMore: !isLast
        )
    }
}

extension Database {
    /// Returns the messages that a person got from all sequences in the last 24 hours, and those that are being sent. A
    /// message that is being sent counts as sent. So does one in doubt, and so do the parts that arrived of a failed
    /// step.
    /// - Parameter enrollment: its own job does not count; nil if every job counts.
    func messagesOfDay(
        of person: PersonID,
        but enrollment: EnrollmentID?,
        now: Instant
    ) throws -> [DailyLimit.Message] {
        try all(Self.messagesOfDay, [person, now - .days(1), person, enrollment]) { row in
            DailyLimit.Message(
                at: row[0],
                cause: row[1],
                anchor: row[2],
                scheduled: row[3],
                origin: DailyLimit.Message.Origin(enrollment: row[4], step: row[5])
            )
        }
    }

    static let messagesOfDay = """
        SELECT coalesce(left_at, at) AS at, cause, anchor, scheduled, enrollment.id, step
        FROM enrollment JOIN delivery ON delivery.enrollment = enrollment.id
        WHERE person = ? AND at > ? AND (state IN ('sent', 'in_doubt') OR message_ids IS NOT NULL)
        UNION ALL
        SELECT coalesce(claimed_at, due), cause, anchor, scheduled, enrollment.id, step
        FROM enrollment JOIN job ON job.enrollment = enrollment.id
        WHERE person = ? AND enrollment.id <> ? AND (claimed_at IS NOT NULL OR part > 0)
        """
}

extension Store {
    /// Returns when private replies were sent within the hour before `now`, by account. Replies without a known outcome
    /// count. Reads every enrollment that a comment started, so call it at start-up, not for each message.
    package func privateReplies(before now: Instant) async throws -> [AccountID: [Instant]] {
        let oldest = now - PrivateReply.length - .hours(1)
        return try await read { db in
            let rows = try db.all(Self.privateReplies, [oldest, now - .hours(1), oldest, now - .hours(1)]) { row in
                (account: row[0] as AccountID, at: row[1] as Instant)
            }
            return Dictionary(grouping: rows, by: \.account).mapValues { $0.map(\.at) }
        }
    }

    /// A private reply is sent within a week of its comment, so older enrollments are left out.
    static let privateReplies = """
        SELECT address.account, coalesce(left_at, at)
        FROM enrollment JOIN delivery ON delivery.enrollment = enrollment.id
        JOIN address ON address.id = coalesce(delivery.address, enrollment.person)
        WHERE enrollment.comment IS NOT NULL AND anchor > ? AND permission = 'private_reply' AND coalesce(left_at, at) > ?
        UNION ALL
        SELECT job.account, claimed_at FROM job JOIN enrollment ON enrollment.id = job.enrollment
        WHERE enrollment.comment IS NOT NULL AND anchor > ? AND claimed_permission = 'private_reply' AND claimed_at > ?
        """
}
