package import DripCore
import GRDB

extension Store {
    /// When private replies left within the hour before `now`, by lane; also those of which no outcome is known. Looks at every
    /// enrollment that a comment began: for the start, not for each message.
    package func privateReplies(before now: Instant) async throws -> [LaneID: [Instant]] {
        let oldest = now - PrivateReply.length - .hours(1)
        return try await read { db in
            let rows = try db.all(Self.privateReplies, [oldest, now - .hours(1), oldest, now - .hours(1)]) { row in
                (lane: row[0] as LaneID, at: row[1] as Instant)
            }
            return Dictionary(grouping: rows, by: \.lane).mapValues { $0.map(\.at) }
        }
    }

    /// A private reply is sent within a week of its comment: older enrollments need no look.
    static let privateReplies = """
        SELECT person.lane, coalesce(left_at, at) FROM enrollment JOIN delivery ON delivery.enrollment = enrollment.id
        JOIN person ON person.id = enrollment.person
        WHERE enrollment.comment IS NOT NULL AND anchor > ? AND permission = 'private_reply' AND coalesce(left_at, at) > ?
        UNION ALL
        SELECT job.lane, claimed_at FROM job JOIN enrollment ON enrollment.id = job.enrollment
        WHERE enrollment.comment IS NOT NULL AND anchor > ? AND claimed_permission = 'private_reply' AND claimed_at > ?
        """
}
