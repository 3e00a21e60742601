/// Something that came in from a platform.
package struct Event: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The person wrote; `ref` where the message came through an ad or a link, `payload` where they tapped a quick
        /// reply.
        case message(text: String?, payload: String?, ref: String?)
        /// The person tapped a button, or Get Started.
        case postback(payload: String?, ref: String?)
        /// The person came through an m.me link or an ad into the conversation they already had.
        case referral(ref: String?)
        /// The person reacted to a message.
        case reaction
        /// Somebody commented on a post of the page. The person's address is the comment's until the platform tells whose it
        /// is.
        case comment(Comment)
        /// A message of the page itself; `delivery` where it carries the key of one of ours, `isHuman` where somebody of the
        /// team wrote it by hand.
        case echo(messageID: String, delivery: DeliveryKey?, isHuman: Bool)
        /// What the page sent until then has reached the person.
        case delivered
        /// And they have seen it.
        case read
        /// The person gave the page a subscription.
        case subscribed(Subscription.Kind, token: String, topic: String, expires: Instant?)
        /// They have enough of the one with this token.
        case unsubscribed(token: String)
        /// Anything else, known or not: kept and counted, never an error.
        case other(String)
    }

    /// The page's address.
    package let page: String
    /// The person's address; nil for an event about the page alone.
    package let person: String?
    /// What makes this the same event when the platform sends it again.
    package let key: String
    /// The platform's own time of it, where it gave one.
    package let at: Instant?
    package let kind: Kind
    /// The event as it came, where `kind` does not hold all of it: nothing that came in is lost.
    package let body: String?
    /// Another app holds the conversation, and lets us listen.
    package let isStandby: Bool
    /// Found by a walk through conversations: what a webhook would have told besides (a tap's payload, a link's ref) is not
    /// known.
    package let isFromConversation: Bool

    package init(
        page: String,
        person: String?,
        key: String,
        at: Instant?,
        kind: Kind,
        body: String?,
        isStandby: Bool = false,
        isFromConversation: Bool = false
    ) {
        self.page = page
        self.person = person
        self.key = key
        self.at = at
        self.kind = kind
        self.body = body
        self.isStandby = isStandby
        self.isFromConversation = isFromConversation
    }

    /// What the webhook of a message or a tap tells that its conversation does not show; nil: nothing.
    package var notInConversation: Event? {
        let (payload, ref) = (kind.payload, kind.ref)
        guard kind.isReply, payload != nil || ref != nil else { return nil }
        return Event(
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
    /// The key of a message of the person's, or of a tap, by the platform's id of it.
    package static func key(ofMessage id: String) -> String { "m:\(id)" }
}

extension Event.Kind {
    /// Whether the person did what opens, or reopens, the 24-hour standard window. Source: "Send messages", section
    /// "Standard messaging window": messages, postbacks, m.me links into an existing conversation, reactions. Not:
    /// deliveries, reads, echoes. That page counts comments, too; "Private Replies" allows one message after a comment and more
    /// only once the person answers, and the stricter of the two is safe.
    package var opensWindow: Bool {
        switch self {
        case .message, .postback, .referral, .reaction: true
        case .comment, .echo, .delivered, .read, .subscribed, .unsubscribed, .other: false
        }
    }

    /// Whether the person wrote or tapped: an answer, for `stop: [replied]` and `only_if: {replied: …}`.
    package var isReply: Bool {
        switch self {
        case .message, .postback: true
        case .referral, .reaction, .comment, .echo, .delivered, .read, .subscribed, .unsubscribed, .other: false
        }
    }

    /// What the button or quick reply carried that the person tapped.
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

    /// A bounded word: for the store and for metric labels.
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
