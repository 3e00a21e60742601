/// A button below a text.
package struct Button: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// Opens this http or https address.
        case url(String)
        /// Calls this number, in its international form.
        case phone(String)
        /// Sends back this payload, which may start sequences. Other programs of the page may react to it, too.
        case postback(String)
        case tap(Tap)
    }

    package let title: String
    package let action: Action

    package init(title: String, action: Action) {
        self.title = title
        self.action = action
    }

    var pieces: [String] { ["button", title, action.target] }
}

extension Button.Action {
    fileprivate var target: String {
        switch self {
        case .url(let url): url
        case .phone(let number): number
        case .postback(let payload): payload
        case .tap(let tap): tap.description
        }
    }
}

/// A reply that the person can tap. The platform removes all of them with the next message.
package enum QuickReply: Hashable, Sendable {
    case answer(title: String, Tap)
    /// The person's own telephone number, if the platform knows it. A tap sends it, and it is stored as an attribute.
    case phone
    /// The same for the e-mail address.
    case email

    package init(title: String, tap: Tap) {
        self = .answer(title: title, tap)
    }

    var pieces: [String] {
        switch self {
        case .answer(let title, let tap): ["quick_reply", title, tap.description]
        case .phone: ["quick_reply_phone"]
        case .email: ["quick_reply_email"]
        }
    }
}

/// The effect of a tap on one of our own buttons or quick replies. It is sent to the platform as the payload and comes
/// back with the tap.
package enum Tap: Hashable, Sendable {
    case tag(String)
    /// Enrolls the person in this sequence.
    case start(String)
    /// Opts the person out.
    case stop
}

extension Tap: LosslessStringConvertible {
    private static let scheme = "dripd"

    package var description: String {
        switch self {
        case .tag(let tag): "\(Self.scheme)/tag/\(tag)"
        case .start(let sequence): "\(Self.scheme)/start/\(sequence)"
        case .stop: "\(Self.scheme)/stop"
        }
    }

    /// The most bytes in one of our payloads: the scheme, the verb and a tag of 64 letters.
    private static let longest = 300

    package init?(_ payload: String) {
        guard payload.utf8.count <= Self.longest else { return nil }
        let pieces = payload.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        switch (pieces.first, pieces.dropFirst().first, pieces.count) {
        case (Self.scheme, "tag", 3) where Tag.isValid(pieces[2]): self = .tag(pieces[2])
        case (Self.scheme, "start", 3): self = .start(pieces[2])
        case (Self.scheme, "stop", 2): self = .stop
        default: return nil
        }
    }
}

/// One of the cards that a step sends side by side. Source: "Generic template".
package struct Card: Hashable, Sendable {
    package let title: TextTemplate
    package let subtitle: TextTemplate?
    /// The picture's address. The platform takes no uploaded picture here.
    package let image: String?
    /// The address that a tap on the card itself opens.
    package let url: String?
    package let buttons: [Button]

    package init(
        title: TextTemplate,
        subtitle: TextTemplate? = nil,
        image: String? = nil,
        url: String? = nil,
        buttons: [Button] = []
    ) {
        self.title = title
        self.subtitle = subtitle
        self.image = image
        self.url = url
        self.buttons = buttons
    }
}

extension Card {
    package func filled(seed: UInt64, value: (String) -> String?) -> FilledCard {
        let subtitle = subtitle?.rendered(seed: seed, value: value) ?? ""
        return FilledCard(
            title: title.rendered(seed: seed, value: value),
            subtitle: subtitle.isEmpty ? nil : subtitle,
            image: image,
            url: url,
            buttons: buttons
        )
    }
}
