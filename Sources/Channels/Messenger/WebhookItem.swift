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

    /// The event of an item of `messaging` or `standby`.
    var event: Event {
        if let message = object("message") { return self.message(message) }
        if let postback = object("postback") {
            return event(
                .postback(
                    payload: WebhookEnvelope.text(postback["payload"]),
                    ref: ref(postback["referral"])
                ),
                // The conversation shows a tap as a message. A sync that reads it there must find the same key.
                id: WebhookEnvelope.id(postback["mid"]).map(Event.key(ofMessage:))
            )
        }
        if let referral = object("referral") { return event(.referral(ref: ref(referral))) }
        if let reaction = object("reaction") {
            return WebhookEnvelope.text(reaction["action"]) == "unreact" ? event(as: "unreact") : event(.reaction)
        }
        if let delivery = object("delivery") { return event(.delivered, at: Self.time(delivery["watermark"])) }
        if let read = object("read") { return event(.read, at: Self.time(read["watermark"])) }
        // The "Send to Messenger" plugin counts as a message. An opt-in with a type asks for something else.
        if let optin = object("optin"), WebhookEnvelope.id(optin["type"]) == nil {
            return event(.referral(ref: ref(optin)))
        }
        if let optin = object("optin"), let kind = subscription(optin) { return event(kind) }
        return event(as: Self.otherKinds.first { item[$0] != nil } ?? "unknown")
    }

    /// The event of an item of `changes`: a comment, or an event without effect.
    var change: Event {
        guard WebhookEnvelope.text(item["field"]) == "feed" else { return event(as: "change") }
        guard let value = object("value"), WebhookEnvelope.text(value["item"]) == "comment",
            let verb = WebhookEnvelope.text(value["verb"]), verb == "add" || verb == "edited",
            let id = WebhookEnvelope.id(value["comment_id"])
        else { return feed }
        let isEdit = verb == "edited"
        let written = Self.time(value["created_time"])
        let text = WebhookEnvelope.text(value["message"], atMost: Phrase.longestComment + 1)
        // An edit may add a keyword, or come too late for a private reply.
        let isTooOld = written.flatMap { written in sent.map { $0 - written >= PrivateReply.length } } ?? false
        if isEdit, text == nil || isTooOld { return feed }
        // Older webhooks have the author in `sender_id` and `sender_name`. The platform may also leave the author out.
        let from = value["from"] as? [String: Any]
        let author = WebhookEnvelope.id(from?["id"]) ?? WebhookEnvelope.id(value["sender_id"])
        let post = value["post"] as? [String: Any]
        // The platform also reports comments of the page itself.
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
            channel: .messenger,
            page: entryPage ?? "",
            person: author ?? Comment.placeholder(for: id),
            // Each edit is a separate event.
            key: isEdit ? "c:\(id):\(digest)" : "c:\(id)",
            at: isEdit ? sent : written ?? sent,
            kind: .comment(comment),
            body: nil
        )
    }

    /// Activity on the page's posts that has no effect. Its body is not stored: it comes from people who never wrote to the
    /// page, often without a name, so it could not be found for erasure.
    private var feed: Event {
        let event = event(as: "feed")
        return Event(
            channel: .messenger,
            page: event.page,
            person: event.person,
            key: event.key,
            at: event.at,
            kind: event.kind,
            body: nil
        )
    }

    /// "One-Time Notification", and recurring notifications. Subscriptions to paid messages are assumed to arrive as the event
    /// of recurring notifications: no available documentation says so, and nothing is sent with such a token unless the
    /// configuration allows it.
    private func subscription(_ optin: [String: Any]) -> Event.Kind? {
        let topic = WebhookEnvelope.text(optin["payload"]) ?? ""
        let expires = Self.time(optin["token_expiry_timestamp"])
        // The platform's tokens have a few hundred bytes; a longer text is not a token.
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

    /// Returns the whole item as an event of kind `other`.
    func event(as kind: String) -> Event {
        event(.other(kind))
    }

    /// Known kinds of events that dripd does not interpret here. The list is fixed, because the names are metric labels.
    private static let otherKinds = [
        "message_edit", "optin", "account_linking", "pass_thread_control", "take_thread_control",
        "request_thread_control", "app_roles", "policy_enforcement", "policy-enforcement", "response_feedback",
        "messaging_feedback", "order", "payment", "checkout_update", "game_play", "template",
    ]

    private func message(_ message: [String: Any]) -> Event {
        let id = WebhookEnvelope.id(message["mid"])
        // A message from the page itself is an echo, whether it is marked as one or not.
        if isTrue(message["is_echo"]) || entryPage != nil && party("sender") == entryPage {
            let key = WebhookEnvelope.text(message["metadata"]).flatMap(DeliveryKey.init)
            let app = WebhookEnvelope.text(message["app_id"])
            let isHuman = key == nil && app.map(Self.inboxes.contains) ?? true
            return event(.echo(messageID: id ?? "", delivery: key, isHuman: isHuman), id: id.map { "e:\($0)" })
        }
        // The person deleted a message: the event has the id of that message.
        if isTrue(message["is_deleted"]) { return event(as: "message_deleted") }
        let kind = Event.Kind.message(
            // One scalar more than the limit: a longer text is then recognised as too long.
            text: WebhookEnvelope.text(message["text"], atMost: Contacts.longestScalars + 1),
            payload: (message["quick_reply"] as? [String: Any]).flatMap { WebhookEnvelope.text($0["payload"]) },
            ref: ref(message["referral"])
        )
        return event(kind, id: id.map(Event.key(ofMessage:)))
    }

    /// The `app_id` of the page's inbox, where the team writes by hand. The platform's documentation prints it with and without
    /// the last digit. An echo without an `app_id` comes from the inbox, too.
    private static let inboxes: Set<String> = ["26390203743090", "263902037430900"]

    private func event(_ kind: Event.Kind, id: String? = nil, at: Instant? = nil) -> Event {
        let sender = party("sender")
        let recipient = party("recipient")
        var isEcho = false
        if case .echo = kind { isEcho = true }
        let page = entryPage ?? (isEcho ? sender : recipient)
        // The page itself is never the person.
        let person = isEcho ? recipient : sender == page ? nil : sender
        return Event(
            channel: .messenger,
            page: page ?? "",
            person: person,
            key: id ?? "\(kind.name):\(digest)",
            at: at ?? time ?? sent,
            kind: kind,
            body: holdsAll(kind) && person != nil ? nil : canonical,
            isStandby: isStandby
        )
    }

    /// Returns whether the event's kind contains everything that is needed of the item later.
    private func holdsAll(_ kind: Event.Kind) -> Bool {
        switch kind {
        case .other, .subscribed, .unsubscribed: false
        // The answers to a lead ad are next to the referral, not in it.
        case .referral: item["lead"] == nil
        case .message, .postback, .reaction, .comment, .echo, .delivered, .read: true
        }
    }

    /// Returns the id of the sender or recipient. A person with only a `user_ref` cannot be written to.
    private func party(_ name: String) -> String? {
        (item[name] as? [String: Any]).flatMap { WebhookEnvelope.id($0["id"]) }
    }

    /// Returns whether a value is true. The dashboard's test events write everything as text.
    private func isTrue(_ value: Any?) -> Bool {
        value as? Bool == true || WebhookEnvelope.text(value) == "true"
    }

    private func object(_ name: String) -> [String: Any]? {
        item[name] as? [String: Any]
    }

    private func ref(_ referral: Any?) -> String? {
        (referral as? [String: Any]).flatMap { WebhookEnvelope.text($0["ref"]) }
    }

    /// The item's `timestamp`.
    private var time: Instant? { Self.time(item["timestamp"]) }

    /// Returns a time that the platform gives in milliseconds, seconds or microseconds. Below 10^11 it is in seconds: in
    /// milliseconds it would be before 1973, when there were no pages. Beyond the year 9999 in milliseconds it is in
    /// microseconds; a larger number is not a time.
    static func time(_ value: Any?) -> Instant? {
        guard let number = WebhookEnvelope.text(value).flatMap(Int64.init), number > 0 else { return nil }
        switch number {
        case ..<100_000_000_000: return Instant(milliseconds: number * 1000)
        case ..<253_402_300_800_000: return Instant(milliseconds: number)
        case ..<253_402_300_800_000_000: return Instant(milliseconds: number / 1000)
        default: return nil
        }
    }

    /// The item's canonical JSON: equal items give equal text.
    private var canonical: String { CanonicalJSON.text(item) }

    /// A hash that identifies a repeated item without an id.
    private var digest: String {
        let hash = SHA256.hash(data: Data(canonical.utf8)).prefix(16)
        return String(decoding: hash.flatMap(CanonicalJSON.hex), as: UTF8.self)
    }
}
