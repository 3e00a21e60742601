extension Person {
    /// As `GET /sandbox/people` has it.
    func json(at now: Int64) -> JSON {
        [
            "id": .string(id), "name": .string(name), "blocked": .bool(hasBlockedPage),
            "unread": .integer(Int64(unreadCount)), "window_open": .bool(windowIsOpen(at: now)),
            "window_closes_at": windowClosesAt.map { .integer($0) } ?? nil,
            "window_left": .integer(windowClosesAt.map { max(0, $0 - now) } ?? 0),
        ]
    }
}
