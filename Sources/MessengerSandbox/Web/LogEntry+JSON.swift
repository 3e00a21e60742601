extension LogEntry {
    /// As `GET /sandbox/messages` has it.
    var json: JSON {
        [
            "number": .integer(Int64(number)), "at": .integer(at), "direction": .string(direction.rawValue),
            "person": .string(person), "message_id": .string(messageID), "text": text.map { .string($0) } ?? nil,
            "attachments": .array(
                attachments.map { ["type": .string($0.kind.rawValue), "url": .string($0.url)] }
            ),
            "buttons": .array(
                buttons.map { button in
                    .object([
                        .init(name: "type", value: .string(button.kind.rawValue)),
                        .init(name: "title", value: .string(button.title)),
                        .init(name: button.valueName, value: .string(button.value)),
                    ])
                }
            ),
            "quick_replies": .array(quickReplies.map { .string($0) }),
            "metadata": metadata.map { .string($0) } ?? nil, "ref": ref.map { .string($0) } ?? nil,
        ]
    }
}
