extension Comment {
    /// As `GET /sandbox/comments` has it.
    func json(at now: Int64) -> JSON {
        [
            "comment_id": .string(id), "post_id": .string(post), "parent_id": parent.map { .string($0) } ?? nil,
            "person": .string(author), "message": text.map { .string($0) } ?? nil, "at": .integer(at),
            "private_reply": privateReply.map { .string($0) } ?? nil,
            "may_be_replied_to": .bool(mayBeRepliedTo(at: now)),
        ]
    }
}
