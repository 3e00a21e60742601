import DripCore
import Foundation

/// The body of a Send API call. Source: Send API reference, "Properties"; for templates "Utility messages".
struct SendRequest: Encodable {
    struct Recipient: Encodable {
        var id: String?
        var commentID: String?
        var oneTimeToken: String?

        enum CodingKeys: String, CodingKey {
            case id
            case commentID = "comment_id"
            case oneTimeToken = "one_time_notif_token"
        }

        init(_ recipient: DripCore.Recipient) {
            switch recipient {
            case .person(let address): id = address
            case .comment(let comment): commentID = comment
            case .oneTime(let token): oneTimeToken = token
            // The token is not part of the recipient: see `MarketingRequest`.
            case .marketing: break
            }
        }
    }

    struct Message: Encodable {
        var text: String?
        var attachment: Attachment?
        var attachments: [Attachment]?
        var quickReplies: [QuickReply]?
        var template: UtilityTemplate?
        /// The delivery key. The platform returns it in the echo, which proves delivery.
        var metadata: String

        enum CodingKeys: String, CodingKey {
            case text
            case attachment
            case attachments
            case quickReplies = "quick_replies"
            case template
            case metadata
        }
    }

    struct Attachment: Encodable {
        var type: String
        var payload: Payload
    }

    struct Payload: Encodable {
        var url: String?
        var attachmentID: String?
        var templateType: String?
        var text: String?
        var buttons: [Button]?
        var elements: [Card]?

        enum CodingKeys: String, CodingKey {
            case url
            case elements
            case attachmentID = "attachment_id"
            case templateType = "template_type"
            case text
            case buttons
        }
    }

    /// An element of a generic template.
    struct Card: Encodable {
        /// The action of a tap on the card itself.
        struct Action: Encodable {
            let type = "web_url"
            let url: String
        }

        let title: String
        let subtitle: String?
        let imageURL: String?
        let defaultAction: Action?
        let buttons: [Button]?

        enum CodingKeys: String, CodingKey {
            case title
            case subtitle
            case imageURL = "image_url"
            case defaultAction = "default_action"
            case buttons
        }

        init(_ card: FilledCard) {
            title = card.title
            subtitle = card.subtitle
            imageURL = card.image
            defaultAction = card.url.map(Action.init)
            buttons = card.buttons.isEmpty ? nil : card.buttons.map(Button.init)
        }
    }

    struct Button: Encodable {
        let type: String
        let title: String
        var url: String?
        var payload: String?

        init(_ button: DripCore.Button) {
            title = button.title
            switch button.action {
            case .url(let url):
                type = "web_url"
                self.url = url
            case .phone(let number):
                type = "phone_number"
                payload = number
            case .postback(let payload):
                type = "postback"
                self.payload = payload
            case .tap(let tap):
                type = "postback"
                payload = tap.description
            }
        }
    }

    struct QuickReply: Encodable {
        let contentType: String
        var title: String?
        var payload: String?

        enum CodingKeys: String, CodingKey {
            case contentType = "content_type"
            case title
            case payload
        }

        init(_ reply: DripCore.QuickReply) {
            switch reply {
            case .answer(let title, let tap):
                contentType = "text"
                self.title = title
                payload = tap.description
            case .phone: contentType = "user_phone_number"
            case .email: contentType = "user_email"
            }
        }
    }

    struct UtilityTemplate: Encodable {
        struct Language: Encodable {
            let code: String
        }

        struct Component: Encodable {
            let type = "body"
            let parameters: [Parameter]
        }

        struct Parameter: Encodable {
            let type = "text"
            let name: String
            let text: String

            enum CodingKeys: String, CodingKey {
                case type
                case name = "parameter_name"
                case text
            }
        }

        let name: String
        let language: Language
        let components: [Component]

        init(_ template: FilledTemplate) {
            name = template.name
            language = Language(code: template.language)
            let parameters = template.parameters.map { Parameter(name: $0.name, text: $0.text) }
            components = parameters.isEmpty ? [] : [Component(parameters: parameters)]
        }
    }

    let recipient: Recipient
    /// `UPDATE`: sent proactively, within the standard window; `RESPONSE`: answers a comment; `UTILITY`: an approved template,
    /// at any time. nil for a one-time notification, as in the requests of other programs.
    let messagingType: String?
    /// The persona whose name and picture the message shows. Source: "Personas".
    let personaID: String?
    let message: Message

    enum CodingKeys: String, CodingKey {
        case recipient
        case messagingType = "messaging_type"
        case personaID = "persona_id"
        case message
    }

    /// - Throws: an error if a file has not been uploaded.
    init(_ part: MessagePart, to recipient: DripCore.Recipient, persona: String? = nil, key: DeliveryKey) throws {
        self.recipient = Recipient(recipient)
        var message = Message(metadata: key.description)
        var messagingType: String? =
            switch recipient {
            case .comment: "RESPONSE"
            case .person: "UPDATE"
            case .oneTime, .marketing: nil
            }
        switch part.content {
        case .text(let text, let buttons) where buttons.isEmpty:
            message.text = text
        case .text(let text, let buttons):
            message.attachment = Attachment(
                type: "template",
                payload: Payload(templateType: "button", text: text, buttons: buttons.map(Button.init))
            )
        case .images(let images) where images.count > 1:
            message.attachments = try part.media.map(Self.attachment)
        case .images, .video, .audio, .file:
            message.attachment = try part.media.first.map(Self.attachment)
        case .cards(let cards):
            message.attachment = Attachment(
                type: "template",
                payload: Payload(templateType: "generic", elements: cards.map(Card.init))
            )
        case .ofChannel(let content):
            // `Catalog.admit` never chooses it for this channel.
            throw EncodingError.invalidValue(
                content,
                EncodingError.Context(codingPath: [], debugDescription: "content for another channel")
            )
        case .template(let template):
            message.template = UtilityTemplate(template)
            messagingType = "UTILITY"
        }
        if !part.quickReplies.isEmpty {
            message.quickReplies = part.quickReplies.map(QuickReply.init)
        }
        self.message = message
        self.messagingType = messagingType
        // No source says that a private reply, or a template that was approved for the page, may use a persona.
        let isPlain = if case .person = recipient { messagingType == "UPDATE" } else { false }
        personaID = isPlain ? persona : nil
    }

    private static func attachment(_ kind: MediaKind, _ media: Media) throws -> Attachment {
        var payload = Payload()
        switch media {
        case .url(let url): payload.url = url
        case .file(let file):
            guard let attachment = file.attachment else { throw NotUploaded(path: file.path) }
            payload.attachmentID = attachment
        }
        return Attachment(type: kind.rawValue, payload: payload)
    }

    private struct NotUploaded: Error, CustomStringConvertible {
        let path: String

        var description: String { "\(path) has not been uploaded" }
    }

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
