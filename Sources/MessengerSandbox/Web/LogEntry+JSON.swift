extension LogEntry {
    /// As `GET /sandbox/messages` has it. `comment_id` is there for private replies only, and `operator` for
    /// what a human being wrote.
    var json: JSON {
        var members: [JSON.Member] = [
            .init(name: "number", value: .integer(Int64(number))),
            .init(name: "at", value: .integer(at)),
            .init(name: "direction", value: .string(direction.rawValue)),
            .init(name: "person", value: .string(person)),
            .init(name: "message_id", value: .string(messageID)),
            .init(name: "text", value: text.map { .string($0) } ?? nil),
            .init(
                name: "attachments",
                value: .array(attachments.map { ["type": .string($0.kind.rawValue), "url": .string($0.url)] })
            ),
            .init(name: "buttons", value: .array(buttons.map(\.json))),
            .init(name: "cards", value: .array(cards.map(\.json))),
            .init(name: "quick_replies", value: .array(quickReplies.map { .string($0.title) })),
            .init(name: "metadata", value: metadata.map { .string($0) } ?? nil),
            .init(name: "ref", value: ref.map { .string($0) } ?? nil),
        ]
        if let comment { members.append(.init(name: "comment_id", value: .string(comment))) }
        if isByOperator { members.append(.init(name: "operator", value: true)) }
        return .object(members)
    }
}
