import DripCore
import Foundation

/// The body of a Send API call. Source: Send API reference, "Properties".
struct SendRequest: Encodable {
    struct Recipient: Encodable {
        let id: String
    }

    struct Message: Encodable {
        var text: String?
        var attachment: Attachment?
        var attachments: [Attachment]?
        /// Comes back in the echo: proves delivery.
        var metadata: String
    }

    struct Attachment: Encodable {
        var type: String
        var payload: Payload
    }

    struct Payload: Encodable {
        var url: String?
        var templateType: String?
        var text: String?
        var buttons: [Button]?

        enum CodingKeys: String, CodingKey {
            case url
            case templateType = "template_type"
            case text
            case buttons
        }
    }

    struct Button: Encodable {
        let type = "web_url"
        let url: String
        let title: String
    }

    let recipient: Recipient
    /// `UPDATE`: sent proactively, within the standard window.
    let messagingType = "UPDATE"
    let message: Message

    enum CodingKeys: String, CodingKey {
        case recipient
        case messagingType = "messaging_type"
        case message
    }

    init(_ part: MessagePart, to address: String, key: DeliveryKey) {
        recipient = Recipient(id: address)
        var message = Message(metadata: key.description)
        switch part {
        case .text(let text, let buttons) where buttons.isEmpty:
            message.text = text
        case .text(let text, let buttons):
            let buttons = buttons.map { Button(url: $0.url, title: $0.title) }
            message.attachment = Attachment(
                type: "template",
                payload: Payload(templateType: "button", text: text, buttons: buttons)
            )
        case .images(let urls) where urls.count == 1:
            message.attachment = Self.attachment("image", urls[0])
        case .images(let urls):
            message.attachments = urls.map { Self.attachment("image", $0) }
        case .video(let url):
            message.attachment = Self.attachment("video", url)
        case .file(let url):
            message.attachment = Self.attachment("file", url)
        }
        self.message = message
    }

    private static func attachment(_ type: String, _ url: String) -> Attachment {
        Attachment(type: type, payload: Payload(url: url))
    }

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
