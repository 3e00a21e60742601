/// A call of the Send API whose form is right. Whether it may be sent now is for ``Platform`` to say.
/// https://developers.facebook.com/docs/messenger-platform/reference/send-api
struct SendRequest: Sendable, Equatable {
    enum Content: Sendable, Equatable {
        case message(OutgoingMessage)
        case action(SenderAction)

        var isUtility: Bool {
            if case .message(let message) = self { message.template != nil } else { false }
        }
    }

    let recipient: Recipient
    let tag: MessageTag?
    let persona: String?
    let content: Content

    init(_ fields: JSON, file: UploadedFile?) throws(GraphError) {
        recipient = try Recipient(fields["recipient"])
        tag = try Self.tag(type: fields["messaging_type"], tag: fields["tag"])
        persona = fields["persona_id"].flatMap { $0.string ?? $0.integer.map { String($0) } }
        if let type = fields["notification_type"] {
            guard ["REGULAR", "SILENT_PUSH", "NO_PUSH"].contains(type) else {
                throw .parameter("Param notification_type must be one of {REGULAR, SILENT_PUSH, NO_PUSH}")
            }
        }
        switch (fields["message"], fields["sender_action"]) {
        case (_?, _?):
            throw .parameter("Cannot send both message and state at the same time.")
        case (let message?, nil):
            let outgoing = try MessageValidation(message, file: file).outgoing()
            // Every sample of the platform has both or neither.
            guard (outgoing.template != nil) == (fields["messaging_type"] == "UTILITY") else {
                throw .parameter("A utility message needs messaging_type UTILITY and message[template]")
            }
            content = .message(outgoing)
        case (nil, let action?):
            guard let action = action.string.flatMap(SenderAction.init) else {
                throw .parameter("Param sender_action must be one of {typing_on, typing_off, mark_seen}")
            }
            content = .action(action)
        case (nil, nil):
            throw .emptyMessage
        }
    }

    /// Calls without `messaging_type` are taken, as the platform's own samples do without it.
    private static func tag(type: JSON?, tag: JSON?) throws(GraphError) -> MessageTag? {
        guard type.map({ ["RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"].contains($0) }) ?? true else {
            throw .parameter("Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG, UTILITY}")
        }
        guard let tag else {
            if type == "MESSAGE_TAG" { throw .parameter("Param tag is required with messaging_type MESSAGE_TAG") }
            return nil
        }
        guard let known = tag.string.flatMap(MessageTag.init) else {
            throw .parameter("Param tag is not a message tag")
        }
        return known
    }
}
