/// An incoming event from a platform.
package struct Event: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The person wrote. `ref` is set if the message came through an ad or a link, `payload` if they tapped a quick
        /// reply.
        case message(text: String?, payload: String?, ref: String?)
        /// The person tapped a button, or Get Started.
        case postback(payload: String?, ref: String?)
        /// The person followed an m.me link or an ad into an existing conversation.
        case referral(ref: String?)
        /// The person reacted to a message.
        case reaction
        /// A comment on a post of the page. If the platform does not name the author, the person's address is a
        /// placeholder until the private reply reveals it.
        case comment(Comment)
        /// A message from the page itself. `delivery` is set if it carries the key of one of our deliveries, `isHuman`
        /// if a team member wrote it by hand.
        case echo(messageID: String, delivery: DeliveryKey?, isHuman: Bool)
        /// Everything that the page sent until then has reached the person.
        case delivered
        /// The person has seen everything that the page sent until then.
        case read
        /// The person gave the page a subscription.
        case subscribed(Subscription.Kind, token: String, topic: String, expires: Instant?)
        /// The person ended the subscription with this token.
        case unsubscribed(token: String)
        /// Anything else, known or not. Stored and counted, never an error.
        case other(String)
    }

    package let channel: ChannelName
    /// The channel's id of the account that it came to.
    package let page: String
    /// The person's address; nil for an event about the page alone.
    package let person: String?
    /// Identifies the event, so that a repeated webhook is recognised.
    package let key: String
    /// The platform's timestamp, if it gave one.
    package let at: Instant?
    package let kind: Kind
    /// The raw event if `kind` does not hold all of it, so that no input is lost.
    package let body: String?
    /// Another app holds the conversation, and dripd only listens.
    package let isStandby: Bool
    /// Found by a sync of conversations. Facts that only a webhook reports (a tap's payload, a link's ref) are unknown.
    package let isFromConversation: Bool

    package init(
        channel: ChannelName,
        page: String,
        person: String?,
        key: String,
        at: Instant?,
        kind: Kind,
        body: String?,
        isStandby: Bool = false,
        isFromConversation: Bool = false
    ) {
        self.channel = channel
        self.page = page
        self.person = person
        self.key = key
        self.at = at
        self.kind = kind
        self.body = body
        self.isStandby = isStandby
        self.isFromConversation = isFromConversation
    }

    /// The part of a webhook that its conversation does not show: payload and ref. nil if it has neither.
    package var notInConversation: Event? {
        let (payload, ref) = (kind.payload, kind.ref)
        guard kind.isReply, payload != nil || ref != nil else { return nil }
        return Event(
            channel: channel,
            page: page,
            person: person,
            key: key,
            at: at,
            kind: .postback(payload: payload, ref: ref),
            body: body,
            isStandby: isStandby
        )
    }
}

extension Event {
    /// Returns the key of a person's message or tap, from the platform's id.
    package static func key(ofMessage id: String) -> String { "m:\(id)" }
}

extension Event.Kind {
    /// Whether the event opens, or reopens, the 24-hour standard window. Source: "Send messages", section "Standard
    /// messaging window": messages, postbacks, m.me links into an existing conversation and reactions do; deliveries,
    /// reads and echoes do not.
    ///
    /// That page counts comments, too. "Private Replies" allows one message after a comment, and more only once the
    /// person answers. dripd follows the stricter of the two.
    package var opensWindow: Bool {
        switch self {
        case .message, .postback, .referral, .reaction: true
        case .comment, .echo, .delivered, .read, .subscribed, .unsubscribed, .other: false
        }
    }

    /// Whether the person wrote or tapped: a reply for `stop: [replied]` and `only_if: {replied: …}`.
    package var isReply: Bool {
        switch self {
        case .message, .postback: true
        case .referral, .reaction, .comment, .echo, .delivered, .read, .subscribed, .unsubscribed, .other: false
        }
    }

    /// The payload of the button or quick reply that the person tapped.
    package var payload: String? {
        switch self {
        case .message(_, let payload, _), .postback(let payload, _): payload
        case .referral, .reaction, .comment, .echo, .delivered, .read, .subscribed, .unsubscribed, .other: nil
        }
    }

    package var ref: String? {
        switch self {
        case .message(_, _, let ref), .postback(_, let ref), .referral(let ref): ref
        case .reaction, .comment, .echo, .delivered, .read, .subscribed, .unsubscribed, .other: nil
        }
    }

    /// A name from a bounded set, for the store and for metric labels.
    package var name: String {
        switch self {
        case .message: "message"
        case .postback: "postback"
        case .referral: "referral"
        case .reaction: "reaction"
        case .comment: "comment"
        case .echo: "echo"
        case .delivered: "delivery"
        case .read: "read"
        case .subscribed, .unsubscribed: "optin"
        case .other(let name): name
        }
    }
}

/// A comment below a post of the page.
package struct Comment: Hashable, Sendable {
    package let id: String
    package let post: String?
    /// nil if the comment is only a picture or a sticker.
    package let text: String?
    /// The author's full name, if the platform gives it.
    package let author: String?
    /// Whether the author edited an existing comment.
    package let isEdit: Bool

    package init(id: String, post: String?, text: String?, author: String?, isEdit: Bool = false) {
        self.id = id
        self.post = post
        self.text = text
        self.author = author
        self.isEdit = isEdit
    }

    /// Returns a placeholder address for an author whom the platform does not name. It is replaced once the answer to
    /// the private reply reveals the real address.
    package static func placeholder(for id: String) -> String { placeholder + id }

    package static func isPlaceholder(_ address: String) -> Bool { address.hasPrefix(placeholder) }

    private static let placeholder = "comment:"
}

/// The text of an event, folded once for all comparisons. Folding is most of the work of a message, so it happens
/// before everything else, outside every transaction.
package struct EventWords: Hashable, Sendable {
    /// The text of a message or a comment; nil if it has none.
    let phrase: Phrase?
    /// The contacts in a message; nil if it was not searched.
    let contacts: Contacts?
    /// Whether the message has a phone number or an e-mail address.
    package var hasContacts: Bool { contacts?.phone != nil || contacts?.email != nil }
    /// The results of keyword searches made in advance.
    private var found: [Phrase: Bool] = [:]

    /// The words of an event without text.
    package static let none = EventWords(phrase: nil, contacts: nil)

    private init(phrase: Phrase?, contacts: Contacts?) {
        (self.phrase, self.contacts) = (phrase, contacts)
    }

    /// The number of bytes up to which a text is always read: reading it costs no more than storing its event. All
    /// opt-out phrases are shorter.
    package static let shortText = 256

    /// - Parameter readsAll: if false, a long text is not read. It then equals no phrase and contains no contacts.
    package init(_ event: Event, readsAll: Bool = true) {
        switch event.kind {
        case .message(let padded?, _, _):
            let text = Self.withoutPadding(padded)
            self =
                readsAll || !Self.isLong(text)
                ? EventWords(phrase: Phrase(message: text), contacts: Contacts(in: text)) : .none
        case .comment(let comment):
            let text = comment.text ?? ""
            self = EventWords(phrase: Phrase(readsAll || !Self.isLong(text) ? text : ""), contacts: nil)
        default: self = .none
        }
    }

    /// Returns whether reading the event's text costs more than storing the event.
    package static func isLong(_ event: Event) -> Bool {
        switch event.kind {
        case .message(let text?, _, _): isLong(withoutPadding(text))
        case .comment(let comment): isLong(comment.text ?? "")
        default: false
        }
    }

    /// Searches a comment for keywords in advance, outside the transaction.
    package mutating func find(_ keywords: [Phrase]) {
        guard let phrase else { return }
        for keyword in keywords where found[keyword] == nil { found[keyword] = keyword.isContained(in: phrase) }
    }

    /// Returns whether the event's text contains this keyword.
    func contain(_ keyword: Phrase) -> Bool {
        found[keyword] ?? phrase.map(keyword.isContained) ?? false
    }

    private static func isLong(_ text: String) -> Bool { text.utf8.count > shortText }

    /// Returns a long text without the spaces, invisible characters, full stops and exclamation marks at its ends: a
    /// padded opt-out is still read.
    static func withoutPadding(_ text: String) -> String {
        guard isLong(text) else { return text }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isPadding }),
            let last = scalars.lastIndex(where: { !$0.isPadding })
        else { return "" }
        let end = scalars.index(after: last)
        return first == scalars.startIndex && end == scalars.endIndex ? text : String(text[first..<end])
    }
}

extension Unicode.Scalar {
    fileprivate var isPadding: Bool {
        if isASCII { return value <= 0x20 || self == "." || self == "!" }
        return properties.isWhitespace || properties.generalCategory == .format
    }
}
