package import DripCore

/// A message as the person sees it.
package struct SentMessage: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable {
        case text
        case images
        case video
        case audio
        case file
        case template
        case cards
        /// The step's own content for a channel: see `fields`.
        case ofChannel = "of_channel"
    }

    package struct Card: Codable, Hashable, Sendable {
        package var title: String
        package var subtitle: String?
        package var image: String?
        package var url: String?
        package var buttons: [Choice]
    }

    /// A button or a quick reply, and what a tap on it does.
    package struct Choice: Codable, Hashable, Sendable {
        package enum Effect: String, Codable, Hashable, Sendable {
            case open
            case call
            case tag
            case start
            case stop
            case postback
            /// Sends the person's own phone number or email address.
            case give
        }

        package var title: String
        package var effect: Effect
        /// The URL, phone number, tag, sequence or payload.
        package var target: String?
    }

    package var kind: Kind
    package var text: String?
    /// The URLs of attachments, and the paths of files beside the sequence file.
    package var media: [String] = []
    /// The template's name and language, and its parameters in the template's order.
    package var template: String?
    package var language: String?
    package var parameters: [Parameter] = []
    package var cards: [Card] = []
    /// Of a channel's own content, by the names of the file.
    package var fields: [String: String]?
    package var buttons: [Choice] = []
    package var quickReplies: [Choice] = []
    /// The id of the persona that sends it.
    package var persona: String?

    package struct Parameter: Codable, Hashable, Sendable {
        package var name: String
        package var text: String
    }

    package init(_ part: MessagePart) {
        switch part.content {
        case .text(let text, let buttons):
            kind = .text
            self.text = text
            self.buttons = buttons.map(Choice.init)
        case .images: kind = .images
        case .video: kind = .video
        case .audio: kind = .audio
        case .file: kind = .file
        case .cards(let cards):
            kind = .cards
            self.cards = cards.map {
                Card(
                    title: $0.title,
                    subtitle: $0.subtitle,
                    image: $0.image,
                    url: $0.url,
                    buttons: $0.buttons.map(Choice.init)
                )
            }
        case .template(let filled):
            kind = .template
            template = filled.name
            language = filled.language
            parameters = filled.parameters.map { Parameter(name: $0.name, text: $0.text) }
        case .ofChannel(let message):
            kind = .ofChannel
            fields = message.fields
            buttons = message.buttons.map(Choice.init)
        }
        media = part.media.map(\.media.name)
        quickReplies = part.quickReplies.map(Choice.init)
        persona = part.persona
    }
}

extension SentMessage.Choice {
    fileprivate init(_ button: Button) {
        switch button.action {
        case .url(let url): self.init(title: button.title, effect: .open, target: url)
        case .phone(let number): self.init(title: button.title, effect: .call, target: number)
        case .postback(let payload): self.init(title: button.title, effect: .postback, target: payload)
        case .tap(let tap): self.init(title: button.title, tap: tap)
        }
    }

    fileprivate init(_ reply: QuickReply) {
        switch reply {
        case .answer(let title, let tap): self.init(title: title, tap: tap)
        case .phone: self.init(title: "their phone number", effect: .give, target: "phone")
        case .email: self.init(title: "their e-mail address", effect: .give, target: "email")
        }
    }

    fileprivate init(title: String, tap: Tap) {
        switch tap {
        case .tag(let tag): self.init(title: title, effect: .tag, target: tag)
        case .start(let sequence): self.init(title: title, effect: .start, target: sequence)
        case .stop: self.init(title: title, effect: .stop, target: nil)
        }
    }
}
