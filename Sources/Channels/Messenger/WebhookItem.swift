import Crypto
import DripCore
import Foundation

/// One item of a webhook's `messaging`, `standby` or `changes`. Source: "Webhook events" reference.
struct WebhookItem {
    private let item: [String: Any]
    private let entryPage: String?
    /// When the platform sent the entry.
    private let sent: Instant?
    private let isStandby: Bool

    init(_ item: [String: Any], page: String?, sent: Instant?, isStandby: Bool = false) {
        self.item = item
        entryPage = page
        self.sent = sent
        self.isStandby = isStandby
    }

    /// The event, by its kind.
    var event: Event {
        if let message = object("message") { return self.message(message) }
        if let postback = object("postback") {
            return event(
                .postback(
                    payload: WebhookEnvelope.text(postback["payload"]),
                    ref: ref(postback["referral"])
                ),
                // The conversation shows a tap as a message: whoever reads it there must know it again.
                id: WebhookEnvelope.id(postback["mid"]).map(Event.key(ofMessage:))
            )
        }
        if let referral = object("referral") { return event(.referral(ref: ref(referral))) }
        if let reaction = object("reaction") {
            return WebhookEnvelope.text(reaction["action"]) == "unreact" ? event(as: "unreact") : event(.reaction)
        }
        if let delivery = object("delivery") { return event(.delivered, at: Self.time(delivery["watermark"])) }
        if let read = object("read") { return event(.read, at: Self.time(read["watermark"])) }
        // The plugin "Send to Messenger", which counts as a message; what has a type asks for something else.
        if let optin = object("optin"), WebhookEnvelope.id(optin["type"]) == nil {
            return event(.referral(ref: ref(optin)))
        }
        if let optin = object("optin"), let kind = subscription(optin) { return event(kind) }
        return event(as: Self.otherKinds.first { item[$0] != nil } ?? "unknown")
    }

    /// The event of an item of `changes`: a comment, or something that is kept.
    var change: Event {
        guard WebhookEnvelope.text(item["field"]) == "feed" else { return event(as: "change") }
        guard let value = object("value"), WebhookEnvelope.text(value["item"]) == "comment",
            let verb = WebhookEnvelope.text(value["verb"]), verb == "add" || verb == "edited",
            let id = WebhookEnvelope.id(value["comment_id"])
        else { return feed }
        let isEdit = verb == "edited"
        let written = Self.time(value["created_time"])
        let text = WebhookEnvelope.text(value["message"], atMost: Phrase.longestComment + 1)
        // An edit may be into a keyword, or come when the comment can't be answered any more.
        let isTooOld = written.flatMap { written in sent.map { $0 - written >= PrivateReply.length } } ?? false
        if isEdit, text == nil || isTooOld { return feed }
        // Older webhooks have the author in fields of their own; one whom the platform does not name has none.
        let from = value["from"] as? [String: Any]
        let author = WebhookEnvelope.id(from?["id"]) ?? WebhookEnvelope.id(value["sender_id"])
        let post = value["post"] as? [String: Any]
        // The page's own comments come, too.
        if let author, author == entryPage { return feed }
        let comment = Comment(
            id: id,
            post: WebhookEnvelope.id(value["post_id"]) ?? WebhookEnvelope.id(post?["id"]),
            text: text,
            author: (WebhookEnvelope.text(from?["name"]) ?? WebhookEnvelope.text(value["sender_name"]))
                .map(OutsideText.name),
            isEdit: isEdit
        )
        return Event(
            page: entryPage ?? "",
            person: author ?? Comment.placeholder(for: id),
            // Each edit is an event of its own.
            key: isEdit ? "c:\(id):\(digest)" : "c:\(id)",
            at: isEdit ? sent : written ?? sent,
            kind: .comment(comment),
            body: nil
        )
    }

    /// Something below the page's posts that nothing follows from. People who never wrote to the page say it, often without being
    /// named, so that nobody could find it to erase it: what they said is not kept.
    private var feed: Event {
        let event = event(as: "feed")
        return Event(page: event.page, person: event.person, key: event.key, at: event.at, kind: event.kind, body: nil)
    }

    /// "One-Time Notification", and recurring notifications, by whose event the subscriptions to paid messages are taken to come,
    /// too: no page of the platform that could be seen says so, and nothing is sent by one unless the configuration allows it.
    private func subscription(_ optin: [String: Any]) -> Event.Kind? {
        let topic = WebhookEnvelope.text(optin["payload"]) ?? ""
        let expires = Self.time(optin["token_expiry_timestamp"])
        // The platform's tokens have some hundred bytes; what is longer is none.
        func token(_ key: String) -> String? {
            WebhookEnvelope.text(optin[key]).flatMap { (1...2000).contains($0.utf8.count) ? $0 : nil }
        }
        switch WebhookEnvelope.text(optin["type"]) {
        case "one_time_notif_req":
            return token("one_time_notif_token").map {
                .subscribed(.oneTime, token: $0, topic: topic, expires: expires)
            }
        case "notification_messages":
            guard let token = token("notification_messages_token") else { return nil }
            let status = WebhookEnvelope.text(optin["notification_messages_status"]) ?? ""
            return status.uppercased().hasPrefix("STOP")
                ? .unsubscribed(token: token) : .subscribed(.marketing, token: token, topic: topic, expires: expires)
        default: return nil
        }
    }

    /// The item as it came, under a name of its own.
    func event(as kind: String) -> Event {
        event(.other(kind))
    }

    /// Kinds that are known and kept, and that nothing follows from. A bounded list: the names label metrics.
    private static let otherKinds = [
        "message_edit", "optin", "account_linking", "pass_thread_control", "take_thread_control",
        "request_thread_control", "app_roles", "policy_enforcement", "policy-enforcement", "response_feedback",
        "messaging_feedback", "order", "payment", "checkout_update", "game_play", "template",
    ]

    private func message(_ message: [String: Any]) -> Event {
        let id = WebhookEnvelope.id(message["mid"])
        // What the page itself sends is an echo, whether it says so or not.
        if isTrue(message["is_echo"]) || entryPage != nil && party("sender") == entryPage {
            let key = WebhookEnvelope.text(message["metadata"]).flatMap(DeliveryKey.init)
            let app = WebhookEnvelope.text(message["app_id"])
            let isHuman = key == nil && app.map(Self.inboxes.contains) ?? true
            return event(.echo(messageID: id ?? "", delivery: key, isHuman: isHuman), id: id.map { "e:\($0)" })
        }
        // The person took a message back: its id is the old one's.
        if isTrue(message["is_deleted"]) { return event(as: "message_deleted") }
        let kind = Event.Kind.message(
            // One more than is read shows that it is longer.
            text: WebhookEnvelope.text(message["text"], atMost: Contacts.longestScalars + 1),
            payload: (message["quick_reply"] as? [String: Any]).flatMap { WebhookEnvelope.text($0["payload"]) },
            ref: ref(message["referral"])
        )
        return event(kind, id: id.map(Event.key(ofMessage:)))
    }

    /// The `app_id` of an echo that somebody wrote by hand: the page's inbox. The platform's documents print its number
    /// with and without the last two digits; an echo without any number comes from the inbox, too.
    private static let inboxes: Set<String> = ["26390203743090", "263902037430900"]

    private func event(_ kind: Event.Kind, id: String? = nil, at: Instant? = nil) -> Event {
        let sender = party("sender")
        let recipient = party("recipient")
        var isEcho = false
        if case .echo = kind { isEcho = true }
        let page = entryPage ?? (isEcho ? sender : recipient)
        // The page is no person, whatever it does.
        let person = isEcho ? recipient : sender == page ? nil : sender
        return Event(
            page: page ?? "",
            person: person,
            key: id ?? "\(kind.name):\(digest)",
            at: at ?? time ?? sent,
            kind: kind,
            body: holdsAll(kind) && person != nil ? nil : canonical,
            isStandby: isStandby
        )
    }

    /// Whether the kind holds all of the item that anybody will ask for.
    private func holdsAll(_ kind: Event.Kind) -> Bool {
        switch kind {
        case .other, .subscribed, .unsubscribed: false
        // The answers to a lead ad come beside the referral.
        case .referral: item["lead"] == nil
        case .message, .postback, .reaction, .comment, .echo, .delivered, .read: true
        }
    }

    /// `sender.id`; a person whom only a `user_ref` names cannot be written to.
    private func party(_ name: String) -> String? {
        (item[name] as? [String: Any]).flatMap { WebhookEnvelope.id($0["id"]) }
    }

    /// The dashboard's tests write everything as text.
    private func isTrue(_ value: Any?) -> Bool {
        value as? Bool == true || WebhookEnvelope.text(value) == "true"
    }

    private func object(_ name: String) -> [String: Any]? {
        item[name] as? [String: Any]
    }

    private func ref(_ referral: Any?) -> String? {
        (referral as? [String: Any]).flatMap { WebhookEnvelope.text($0["ref"]) }
    }

    /// `timestamp` in milliseconds, except for the kinds where it comes in seconds: before 1973 in milliseconds
    /// (10^11), nobody had written to a page.
    private var time: Instant? { Self.time(item["timestamp"]) }

    /// What would be later than the year 9999 in milliseconds is meant in microseconds; what is later still is no time.
    static func time(_ value: Any?) -> Instant? {
        guard let number = WebhookEnvelope.text(value).flatMap(Int64.init), number > 0 else { return nil }
        switch number {
        case ..<100_000_000_000: return Instant(milliseconds: number * 1000)
        case ..<253_402_300_800_000: return Instant(milliseconds: number)
        case ..<253_402_300_800_000_000: return Instant(milliseconds: number / 1000)
        default: return nil
        }
    }

    /// The item's JSON in one form: the same item gives the same text.
    private var canonical: String { CanonicalJSON.text(item) }

    /// What makes an item without an id of its own the same one when it comes again.
    private var digest: String {
        let hash = SHA256.hash(data: Data(canonical.utf8)).prefix(16)
        return String(decoding: hash.flatMap(CanonicalJSON.hex), as: UTF8.self)
    }
}
