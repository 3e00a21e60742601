/// The Conversations API: https://developers.facebook.com/docs/messenger-platform/conversations
extension Platform {
    /// "You can only get details about the 20 most recent messages in the conversation" (same source).
    static let messagesWithDetails = 20

    /// `GET /{PAGE_ID}/conversations`, the newest first.
    mutating func conversations(_ parameters: JSON, now: Int64) throws(GraphError) -> JSON {
        try admitConversationCall(now: now)
        // Lists of conversations fail while the page's inbox is frozen; the error is not documented:
        // https://developers.facebook.com/docs/messenger-platform/overview/rate-limiting
        guard !inboxIsFrozen(at: now) else { throw .rateExceeded }
        switch parameters["platform"]?.string ?? "messenger" {
        case "messenger": break
        case "instagram": return ["data": []]
        default: throw .parameter("Param platform must be one of {messenger, instagram}")
        }
        let fields = try FieldSelection(of: parameters, else: "updated_time")
        try check(fields)
        let wanted = parameters["user_id"]?.string
        let conversations = everybody.all.compactMap { person -> Conversation? in
            guard wanted == nil || person.id == wanted else { return nil }
            return conversation(with: person)
        }
        // The cursor includes the time, so that a conversation that moves to the top does not repeat others.
        return try Paging(parameters).page(
            conversations.sorted { ($0.last.at, $0.person.id) > ($1.last.at, $1.person.id) },
            url: "\(graphURL)/\(pageID)/conversations",
            key: { "\($0.last.at) \($0.person.id)" },
            isAfter: { conversation, key in
                let parts = key.split(separator: " ").map(String.init)
                guard parts.count == 2, let at = Int64(parts[0]) else { return false }
                return (conversation.last.at, conversation.person.id) < (at, parts[1])
            },
            json: { json(of: $0, fields) }
        )
    }

    /// `GET /{CONVERSATION_ID}`.
    mutating func conversation(_ conversation: Conversation, _ parameters: JSON, now: Int64) throws(GraphError) -> JSON
    {
        try admitConversationCall(now: now)
        let fields = try FieldSelection(of: parameters, else: "updated_time")
        try check(fields)
        return json(of: conversation, fields)
    }

    /// `GET /{CONVERSATION_ID}/messages`, the newest first.
    mutating func messages(
        of conversation: Conversation,
        _ parameters: JSON,
        now: Int64
    ) throws(GraphError) -> JSON {
        try admitConversationCall(now: now)
        return messages(
            of: conversation,
            try FieldSelection(of: parameters, else: "created_time"),
            try Paging(parameters)
        )
    }

    /// `GET /{MESSAGE_ID}`.
    mutating func message(_ entry: LogEntry, _ parameters: JSON, now: Int64) throws(GraphError) -> JSON {
        try admitConversationCall(now: now)
        let fields = try FieldSelection(of: parameters, else: "created_time")
        guard
            messages(with: entry.person).prefix(Self.messagesWithDetails).contains(where: { $0.number == entry.number })
        else {
            // The code is not documented, only "an error that the message has been deleted".
            throw GraphError(code: 100, message: "(#100) The message has been deleted")
        }
        return json(of: entry, fields, hasDetails: true)
    }

    func conversation(_ id: String) -> Conversation? {
        guard id.hasPrefix("t_"), let person = everybody[String(id.dropFirst(2))] else { return nil }
        return conversation(with: person)
    }

    /// Returns nil if the conversation has no message yet.
    private func conversation(with person: Person) -> Conversation? {
        messages(with: person.id).first(where: { _ in true }).map { Conversation(person: person, last: $0) }
    }

    /// Newest first.
    private func messages(with person: String) -> some Sequence<LogEntry> {
        log.conversation(with: person).filter(\.isMessage)
    }

    /// "2 calls per second" for the Conversations API:
    /// https://developers.facebook.com/docs/messenger-platform/overview/rate-limiting
    private mutating func admitConversationCall(now: Int64) throws(GraphError) {
        try require("pages_messaging", "pages_manage_metadata", "pages_read_engagement")
        guard conversationCalls.admits(at: now) else { throw .rateExceeded }
    }

    private func check(_ fields: FieldSelection) throws(GraphError) {
        for field in fields.fields {
            if let limit = field.limit, limit < 1 { throw .parameter("Param limit must be a positive integer") }
        }
    }

    private func json(of conversation: Conversation, _ fields: FieldSelection) -> JSON {
        fields.members { field in
            switch field.name {
            case "id": .string(conversation.id)
            case "updated_time": .string(GraphTime.text(conversation.last.at))
            case "participants":
                ["data": [participant(conversation.person.id), participant(pageID)]]
            case "is_owner": true
            case "messages":
                messages(
                    of: conversation,
                    field.fields ?? FieldSelection(fields: [.init(name: "id"), .init(name: "created_time")]),
                    Paging(limit: field.limit ?? Paging.standardLimit)
                )
            default: nil
            }
        }
    }

    /// Older messages without details still have their id and time. The platform's own sample relies on that: it asks for
    /// a list of those two first.
    private func messages(of conversation: Conversation, _ fields: FieldSelection, _ paging: Paging) -> JSON {
        paging.page(
            messages(with: conversation.person.id).enumerated(),
            url: "\(graphURL)/\(conversation.id)/messages",
            key: { String($0.element.number) },
            isAfter: { message, key in Int(key).map { message.element.number < $0 } ?? false },
            json: { json(of: $0.element, fields, hasDetails: $0.offset < Self.messagesWithDetails) }
        )
    }

    private func json(of entry: LogEntry, _ fields: FieldSelection, hasDetails: Bool) -> JSON {
        let isFromPage = entry.direction == .outgoing
        return fields.members { field in
            switch field.name {
            case "id": .string(entry.messageID)
            case "created_time": .string(GraphTime.text(entry.at))
            case _ where !hasDetails: nil
            case "message": .string(entry.text ?? "")
            case "from": participant(isFromPage ? pageID : entry.person)
            case "to": ["data": [participant(isFromPage ? entry.person : pageID)]]
            case "attachments" where !entry.attachments.isEmpty || !entry.cards.isEmpty:
                [
                    "data": .array(
                        entry.attachments.enumerated().map {
                            json(of: $0.element, id: "\(entry.messageID)-\($0.offset)")
                        } + entry.cards.enumerated().map { json(of: $0.element, id: "\(entry.messageID)-\($0.offset)") }
                    )
                ]
            default: nil
            }
        }
    }

    private func participant(_ id: String) -> JSON {
        ["name": .string(name(of: id)), "email": .string("\(id)@facebook.com"), "id": .string(id)]
    }

    /// Source: "Message Attachment", Graph API, field `generic_template`.
    private func json(of card: Card, id: String) -> JSON {
        var template: [JSON.Member] = [.init(name: "title", value: .string(card.title))]
        if let subtitle = card.subtitle { template.append(.init(name: "subtitle", value: .string(subtitle))) }
        return ["id": .string(id), "generic_template": .object(template)]
    }

    /// Source: answers that libraries have in their tests. The platform's own pages do not show this.
    private func json(of attachment: Attachment, id: String) -> JSON {
        let name = attachment.url.split(separator: "/").last.map(String.init) ?? ""
        let data: JSON.Member =
            switch attachment.kind {
            case .image:
                .init(
                    name: "image_data",
                    value: ["url": .string(attachment.url), "preview_url": .string(attachment.url)]
                )
            case .video: .init(name: "video_data", value: ["url": .string(attachment.url)])
            case .audio, .file: .init(name: "file_url", value: .string(attachment.url))
            }
        return .object([.init(name: "id", value: .string(id)), .init(name: "name", value: .string(name)), data])
    }
}

/// The messages between a person and the page.
struct Conversation: Sendable {
    let person: Person
    let last: LogEntry

    var id: String { "t_" + person.id }
}
