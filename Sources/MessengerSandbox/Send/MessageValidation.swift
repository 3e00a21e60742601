/// Validates a `message` against the platform's limits and parses it.
///
/// Lengths are counted in Unicode scalars; the platform says only "characters".
/// Limits: https://developers.facebook.com/docs/messenger-platform/reference/send-api,
/// …/reference/templates/button, …/reference/templates/generic, …/send-messages/quick-replies.
struct MessageValidation {
    private let message: JSON
    /// The file that was uploaded with the call as `filedata`.
    private let file: UploadedFile?

    init(_ message: JSON, file: UploadedFile?) throws(GraphError) {
        guard message.isObject else { throw .parameter("Param message must be an object") }
        self.message = message
        self.file = file
    }

    func outgoing() throws(GraphError) -> OutgoingMessage {
        var outgoing = try body()
        if let metadata = message["metadata"] {
            outgoing.metadata = try Self.text(metadata, of: "message[metadata]", below: 1000)
        }
        outgoing.quickReplies = try quickReplies()
        guard file == nil || outgoing.media.count == 1 else {
            throw .parameter("filedata needs exactly one message[attachment]")
        }
        return outgoing
    }

    private func body() throws(GraphError) -> OutgoingMessage {
        if let template = message["template"] {
            guard message["text"] == nil, message["attachment"] == nil, message["attachments"] == nil else {
                throw .parameter("Param message must have exactly one of text, attachment, attachments and template")
            }
            return OutgoingMessage(template: try TemplateUse(template))
        }
        switch (message["text"], message["attachment"], message["attachments"]) {
        case (nil, nil, nil):
            throw .emptyMessage
        case (let text?, nil, nil):
            guard text != "" else { throw .emptyMessage }
            return OutgoingMessage(text: try Self.text(text, of: "message[text]", below: 2000))
        case (nil, let attachment?, nil):
            guard attachment["type"] == "template" else {
                return OutgoingMessage(media: [try MediaReference(attachment, file: file, at: "message[attachment]")])
            }
            switch attachment["payload"]?["template_type"] {
            case "button": return try Self.buttonTemplate(attachment["payload"])
            case "generic": return try Self.genericTemplate(attachment["payload"])
            case "one_time_notif_req": return try Self.oneTimeNotificationRequest(attachment["payload"])
            default:
                throw .parameter(
                    "Param message[attachment][payload][template_type] must be button, generic or "
                        + "one_time_notif_req: the sandbox supports no other template"
                )
            }
        case (nil, nil, let attachments?):
            guard let array = attachments.array, (1...30).contains(array.count) else {
                throw .parameter("Param message[attachments] must be an array of 1 to 30 images")
            }
            var images: [MediaReference] = []
            for (index, element) in array.enumerated() {
                let image = try MediaReference(element, file: nil, at: "message[attachments][\(index)]")
                guard image.kind == .image else {
                    throw .parameter("Param message[attachments][\(index)] must be an image")
                }
                images.append(image)
            }
            return OutgoingMessage(media: images)
        default:
            throw .parameter("Param message must have exactly one of text, attachment and attachments")
        }
    }

    private func quickReplies() throws(GraphError) -> [QuickReply] {
        guard let list = message["quick_replies"] else { return [] }
        guard let array = list.array, array.count <= 13 else {
            throw .parameter("Param message[quick_replies] must be an array of at most 13")
        }
        var replies: [QuickReply] = []
        for (index, reply) in array.enumerated() {
            let place = "message[quick_replies][\(index)]"
            switch reply["content_type"] {
            case "text":
                let title = try Self.required(reply["title"], of: place + "[title]", atMost: 20)
                let payload = try Self.required(reply["payload"], of: place + "[payload]", atMost: 1000)
                replies.append(QuickReply(kind: .text, title: title, payload: payload))
            case "user_phone_number":
                replies.append(QuickReply(kind: .phoneNumber, title: "user_phone_number", payload: nil))
            case "user_email": replies.append(QuickReply(kind: .email, title: "user_email", payload: nil))
            default:
                throw .parameter("Param \(place)[content_type] must be one of {text, user_phone_number, user_email}")
            }
        }
        return replies
    }

    private static func buttonTemplate(_ payload: JSON?) throws(GraphError) -> OutgoingMessage {
        let place = "message[attachment][payload]"
        let text = try required(payload?["text"], of: place + "[text]", atMost: 640)
        return OutgoingMessage(text: text, buttons: try buttons(payload?["buttons"], at: place + "[buttons]"))
    }

    private static func genericTemplate(_ payload: JSON?) throws(GraphError) -> OutgoingMessage {
        let place = "message[attachment][payload][elements]"
        guard let array = payload?["elements"]?.array, (1...Card.most).contains(array.count) else {
            throw .parameter("Param \(place) must be an array of 1 to \(Card.most)")
        }
        var cards: [Card] = []
        for (index, element) in array.enumerated() {
            cards.append(try Card(element, at: "\(place)[\(index)]"))
        }
        return OutgoingMessage(cards: cards)
    }

    static func buttons(_ list: JSON?, at place: String) throws(GraphError) -> [Button] {
        guard let array = list?.array, (1...3).contains(array.count) else {
            throw .parameter("Param \(place) must be an array of 1 to 3")
        }
        var buttons: [Button] = []
        for (index, element) in array.enumerated() {
            buttons.append(try button(element, at: "\(place)[\(index)]"))
        }
        return buttons
    }

    /// https://developers.facebook.com/docs/messenger-platform/send-messages/one-time-notification
    private static func oneTimeNotificationRequest(_ payload: JSON?) throws(GraphError) -> OutgoingMessage {
        let place = "message[attachment][payload]"
        let title = try required(payload?["title"], of: place + "[title]", atMost: 65)
        let value = try required(payload?["payload"], of: place + "[payload]", atMost: 1000)
        return OutgoingMessage(
            text: title,
            buttons: [Button(kind: .oneTimeNotification, title: "Notify Me", value: value)]
        )
    }

    private static func button(_ button: JSON, at place: String) throws(GraphError) -> Button {
        guard let kind = button["type"]?.string.flatMap(Button.Kind.init) else {
            throw .parameter("Param \(place)[type] must be one of {web_url, postback, phone_number}")
        }
        let title = try required(button["title"], of: place + "[title]", atMost: 20)
        switch kind {
        case .oneTimeNotification:
            throw .parameter("Param \(place)[type] must be one of {web_url, postback, phone_number}")
        case .webURL:
            return Button(kind: kind, title: title, value: try webURL(button["url"], of: place + "[url]"))
        case .postback:
            let payload = try required(button["payload"], of: place + "[payload]", atMost: 1000)
            return Button(kind: kind, title: title, value: payload)
        case .phoneNumber:
            let number = try required(button["payload"], of: place + "[payload]", atMost: 32)
            guard number.wholeMatch(of: /\+[0-9]{4,20}/) != nil else {
                throw .parameter("Param \(place)[payload] must be a phone number: + and digits")
            }
            return Button(kind: kind, title: title, value: number)
        }
    }

    static func webURL(_ value: JSON?, of name: String) throws(GraphError) -> String {
        let url = try required(value, of: name, atMost: 2048)
        guard url.lowercased().wholeMatch(of: /https?:\/\/[^\s\/]\S*/) != nil else {
            throw .parameter("Param \(name) must be an http or https URL")
        }
        return url
    }

    static func required(_ value: JSON?, of name: String, atMost limit: Int) throws(GraphError) -> String {
        guard let value, value != "" else { throw .parameter("Param \(name) is required") }
        return try text(value, of: name, below: limit + 1)
    }

    private static func text(_ value: JSON, of name: String, below limit: Int) throws(GraphError) -> String {
        guard let text = value.string else { throw .parameter("Param \(name) must be a string") }
        guard text.unicodeScalars.count < limit else {
            throw .parameter("Length of param \(name) must be less than or equal to \(limit - 1)")
        }
        return text
    }
}
