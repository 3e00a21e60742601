package import DripCore
import GRDB

/// What came of a comment that started something.
package struct CommentReply: Codable, Hashable, Sendable {
    package enum State: String, Codable, Sendable {
        case sent
        case inDoubt = "in_doubt"
        case waiting
        /// It ended without one.
        case none
    }

    package var state: State
    package var sequence: String
    package var step: String?
    /// When it was sent, is due, or ended.
    package var at: Instant?
    /// Why it ended without one.
    package var reason: String?

    package init(state: State, sequence: String, step: String?, at: Instant?, reason: String?) {
        self.state = state
        self.sequence = sequence
        self.step = step
        self.at = at
        self.reason = reason
    }

    /// The one private reply has gone out, or may have.
    package var isAnswer: Bool { state == .sent || state == .inDoubt }
}

extension Store {
    /// Of these comments, those that started something, each with what came of it.
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
        sequence = row["sequence"]
        let delivered: String? = row["state"]
        if let delivered {
            // A request that was refused for good has used up nothing at the platform, but the ledger offers it no second time.
            state = State(rawValue: delivered) ?? .none
            (step, at) = (row["sent_step"], row["at"])
            reason = state == .none ? delivered : nil
        } else if let next: String = row["next_step"] {
            (state, step, at) = (.waiting, next, row["due"])
        } else {
            (state, at, reason) = (.none, row["ended_at"], row["end_reason"])
        }
    }
}
