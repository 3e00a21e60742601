/// A well-formed call of the Send API. ``Platform`` decides whether it may be sent now.
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
            // The platform's samples always have both or neither.
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

    /// Parses the tag. `messaging_type` is optional because the platform's own samples omit it.
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

/// The recipient of a call of the Send API.
enum Recipient: Sendable, Equatable {
    /// A page-scoped id.
    case person(String)
    /// The author of this comment, for a private reply.
    case comment(String)
    /// The person who tapped "Notify Me".
    case oneTimeToken(String)

    /// Parses a recipient, which must have exactly one of the forms.
    init(_ recipient: JSON?) throws(GraphError) {
        guard let recipient else { throw .parameter("The parameter recipient is required") }
        guard case .object(let members) = recipient, members.count == 1, let member = members.first else {
            throw .parameter("Param recipient must have exactly one of {\(Self.names.joined(separator: ", "))}")
        }
        guard Self.names.contains(member.name) else {
            throw .parameter(
                "The sandbox does not support recipient[\(member.name)], only {\(Self.names.joined(separator: ", "))}"
            )
        }
        guard let id = member.value.string ?? member.value.integer.map({ String($0) }), !id.isEmpty else {
            throw .parameter("Param recipient[\(member.name)] must be a string")
        }
        switch member.name {
        case "comment_id": self = .comment(id)
        case "one_time_notif_token": self = .oneTimeToken(id)
        default: self = .person(id)
        }
    }

    private static let names = ["id", "comment_id", "one_time_notif_token"]
}

/// The `tag` of a call with `messaging_type` MESSAGE_TAG.
/// https://developers.facebook.com/docs/messenger-platform/send-messages/message-tags
enum MessageTag: String, Sendable {
    case confirmedEventUpdate = "CONFIRMED_EVENT_UPDATE"
    case postPurchaseUpdate = "POST_PURCHASE_UPDATE"
    case accountUpdate = "ACCOUNT_UPDATE"
    case humanAgent = "HUMAN_AGENT"
    case customerFeedback = "CUSTOMER_FEEDBACK"
    case nonPromotionalSubscription = "NON_PROMOTIONAL_SUBSCRIPTION"

    /// The first three tags ended on 27 April 2026. The others need a review, which the sandbox's app has not passed.
    var refusal: GraphError {
        switch self {
        case .confirmedEventUpdate, .postPurchaseUpdate, .accountUpdate: .deadTag
        case .humanAgent, .customerFeedback, .nonPromotionalSubscription: .tagNotPermitted
        }
    }
}

/// An action of a page in a conversation that sends no message.
enum SenderAction: String, Sendable {
    case typingOn = "typing_on"
    case typingOff = "typing_off"
    case markSeen = "mark_seen"
}
