import DripCore
import GRDB

extension Database {
    /// What a person got of all sequences in the last 24 hours, and what is on its way to them. What is on its way counts as
    /// sent, and so does what is in doubt, or what arrived of a step that failed.
    /// - Parameter enrollment: whose own job does not count; nil: no job does.
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
