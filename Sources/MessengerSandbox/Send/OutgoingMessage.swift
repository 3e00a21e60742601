/// The validated `message` of a Send API call.
struct OutgoingMessage: Sendable, Equatable {
    /// The text of the message or of its button template.
    var text: String?
    var media: [MediaReference] = []
    /// Not empty if the message is a button template.
    var buttons: [Button] = []
    /// Not empty if the message is a generic template.
    var cards: [Card] = []
    var quickReplies: [QuickReply] = []
    /// Not nil if the text and buttons come from an approved template.
    var template: TemplateUse?
    var metadata: String?

    var hasAudioOrVideo: Bool {
        media.contains { $0.kind == .audio || $0.kind == .video }
    }
}

/// A media file of a message, by URL. The sandbox does not fetch it, so that nothing leaves this machine.
package struct Attachment: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case image
        case audio
        case video
        case file
    }

    package let kind: Kind
    package let url: String
}

/// One button of a template.
package struct Button: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case webURL = "web_url"
        case postback
        case phoneNumber = "phone_number"
        /// "Notify Me", the button of a one-time notification request.
        case oneTimeNotification = "one_time_notif_req"
    }

    package let kind: Kind
    package let title: String
    /// The URL of a `web_url` button, or the payload of any other.
    package let value: String

    /// The key of `value` in the platform's JSON.
    var valueName: String { kind == .webURL ? "url" : "payload" }
}

/// A quick reply that a message offers.
package struct QuickReply: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case text
        case phoneNumber = "user_phone_number"
        case email = "user_email"
    }

    package let kind: Kind
    /// The title, or the kind if the reply asks for a phone number or email address: the platform sets the shown text.
    package let title: String
    /// Nil if the reply asks for a phone number or email address.
    package let payload: String?
}

/// An element of a generic template. Cards are shown side by side.
/// https://developers.facebook.com/docs/messenger-platform/reference/templates/generic
package struct Card: Sendable, Equatable {
    package static let most = 10

    package let title: String
    package let subtitle: String?
    package let imageURL: String?
    /// The URL that a tap on the card itself opens.
    package let url: String?
    package let buttons: [Button]
}

extension Card {
    /// - Parameter place: the element's name in errors.
    init(_ element: JSON, at place: String) throws(GraphError) {
        title = try MessageValidation.required(element["title"], of: place + "[title]", atMost: 80)
        subtitle = try Self.optional(element["subtitle"]) { subtitle throws(GraphError) in
            try MessageValidation.required(subtitle, of: place + "[subtitle]", atMost: 80)
        }
        imageURL = try Self.optional(element["image_url"]) { url throws(GraphError) in
            try MessageValidation.webURL(url, of: place + "[image_url]")
        }
        url = try Self.optional(element["default_action"]) { action throws(GraphError) in
            guard action["type"] == "web_url", action["title"] == nil else {
                throw .parameter("Param \(place)[default_action] must be a web_url without a title")
            }
            return try MessageValidation.webURL(action["url"], of: place + "[default_action][url]")
        }
        buttons =
            try Self.optional(element["buttons"]) { buttons throws(GraphError) in
                try MessageValidation.buttons(buttons, at: place + "[buttons]")
            } ?? []
        guard subtitle != nil || imageURL != nil || url != nil || !buttons.isEmpty else {
            throw .parameter("Param \(place) must have at least one property besides title")
        }
    }

    private static func optional<Value>(
        _ value: JSON?,
        _ read: (JSON) throws(GraphError) -> Value
    ) throws(GraphError) -> Value? {
        guard let value else { return nil }
        return try read(value)
    }
}

/// The platform's JSON in echoes.
extension Card {
    var json: JSON {
        var members: [JSON.Member] = [.init(name: "title", value: .string(title))]
        if let subtitle { members.append(.init(name: "subtitle", value: .string(subtitle))) }
        if let imageURL { members.append(.init(name: "image_url", value: .string(imageURL))) }
        if let url {
            members.append(.init(name: "default_action", value: ["type": "web_url", "url": .string(url)]))
        }
        if !buttons.isEmpty { members.append(.init(name: "buttons", value: .array(buttons.map(\.json)))) }
        return .object(members)
    }
}

extension Button {
    var json: JSON {
        .object([
            .init(name: "type", value: .string(kind.rawValue)),
            .init(name: valueName, value: .string(value)),
            .init(name: "title", value: .string(title)),
        ])
    }
}

/// A reference to media in a message, not resolved yet.
struct MediaReference: Sendable, Equatable {
    enum Source: Sendable, Equatable {
        case url(String)
        /// An attachment id.
        case saved(String)
        /// The file that was uploaded with the call.
        case file(UploadedFile)
    }

    let kind: Attachment.Kind
    let source: Source
    /// Whether the answer must include an id for sending it again.
    let isReusable: Bool

    /// - Parameters:
    ///   - attachment: for example `{"type":"image","payload":{"url":"…"}}`.
    ///   - place: the attachment's name in errors.
    init(_ attachment: JSON?, file: UploadedFile?, at place: String) throws(GraphError) {
        guard let kind = attachment?["type"]?.string.flatMap(Attachment.Kind.init) else {
            throw .parameter("Param \(place)[type] must be one of {image, audio, video, file, template}")
        }
        let payload = attachment?["payload"]
        self.kind = kind
        // A form field outside JSON has "true" as a string.
        isReusable = payload?["is_reusable"] == true || payload?["is_reusable"] == "true"
        switch (payload?["url"], payload?["attachment_id"], file) {
        case (let url, nil, nil): source = .url(try MessageValidation.webURL(url, of: place + "[payload][url]"))
        case (nil, let id?, nil):
            guard let id = id.string ?? id.integer.map({ String($0) }) else {
                throw .parameter("Param \(place)[payload][attachment_id] must be a string")
            }
            source = .saved(id)
        case (nil, nil, let file?):
            guard file.bytes.count <= UploadedFile.byteLimit else { throw .attachmentTooLarge }
            guard kind == .file || file.mediaType.hasPrefix(kind.rawValue + "/") else { throw .attachmentMismatch }
            source = .file(file)
        default:
            throw .parameter(
                "Param \(place) must have exactly one of payload[url], payload[attachment_id] and filedata"
            )
        }
    }
}
