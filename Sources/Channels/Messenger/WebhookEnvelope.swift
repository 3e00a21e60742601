import Crypto
package import DripCore
package import Foundation

/// The content of a webhook body: `{"object":"page","entry":[{"id":…,"time":…,"messaging":[…]}]}`.
///
/// The platform sends several entries; `messaging`, `standby` and `changes`; ids as text or as numbers; times in seconds or
/// milliseconds; and unknown kinds of items. An item that dripd does not understand becomes an event of kind `other`, with its
/// body. Only a body that is not JSON, is not an envelope or has too many items is an error.
package struct WebhookEnvelope {
    package let events: [Event]

    package enum ReadingError: Error, Hashable {
        case notJSON
        case notAnEnvelope
        /// The body has more than `mostItems` items.
        case tooManyItems
    }

    /// The maximum number of items in one webhook; the platform sends at most 1,000. Source: "Webhooks", section "Event
    /// notifications". A limit on the body's size is not enough: an empty item has two bytes and takes as much time as one with
    /// a message.
    package static let mostItems = 5_000

    package init(_ body: Data) throws(ReadingError) {
        guard let json = Self.json(body) ?? Self.json(LoneSurrogates.replaced(in: body)) else { throw .notJSON }
        guard let envelope = json as? [String: Any] else { throw .notAnEnvelope }
        // The documentation shows the dashboard's test events without an entry around them.
        let change = envelope["field"] is String && envelope["value"] is [String: Any]
        guard let entries = envelope["entry"] as? [Any] ?? (change ? [["changes": [envelope]]] : nil) else {
            throw .notAnEnvelope
        }
        // `object` is not checked. Another kind, such as an Instagram account, is subscribed by mistake, and its id is not that
        // of a known page.
        let objects = entries.compactMap { $0 as? [String: Any] }
        let lists = objects.flatMap { entry in Self.fields.map { Self.list(entry[$0]).count } }
        guard entries.count <= Self.mostItems, lists.reduce(0, +) <= Self.mostItems else { throw .tooManyItems }
        events = objects.flatMap(Self.events(of:))
    }

    /// The fields of an entry that contain items.
    private static let fields = ["messaging", "standby", "changes"]

    private static func events(of entry: [String: Any]) -> [Event] {
        let page = id(entry["id"])
        let time = WebhookItem.time(entry["time"])
        var events: [Event] = []
        for case let item as [String: Any] in list(entry["messaging"]) {
            events.append(WebhookItem(item, page: page, sent: time).event)
        }
        for case let item as [String: Any] in list(entry["standby"]) {
            events.append(WebhookItem(item, page: page, sent: time, isStandby: true).event)
        }
        for case let change as [String: Any] in list(entry["changes"]) {
            // The dashboard's test button sends messaging events in this form. Some fields of the page itself have names with
            // the same beginning, so a sender or recipient must be present.
            if let value = change["value"] as? [String: Any], text(change["field"])?.hasPrefix("messag") == true,
                value["sender"] != nil || value["recipient"] != nil
            {
                events.append(WebhookItem(value, page: page, sent: time).event)
            } else {
                events.append(WebhookItem(change, page: page, sent: time).change)
            }
        }
        return events
    }

    private static func json(_ body: Data?) -> Any? {
        body.flatMap(OutsideJSON.value)
    }

    private static func list(_ value: Any?) -> [Any] {
        value as? [Any] ?? []
    }

    /// Returns an id; nil if the value is empty, too long or contains control characters. The platform's ids are printable and
    /// have a few hundred characters at most.
    static func id(_ value: Any?) -> String? {
        text(value).flatMap { text in
            (1...1000).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 } ? text : nil
        }
    }

    /// The longest text to read, in scalars: longer than an id, a name, a token, a button's payload (1,000) and an m.me link's
    /// ref (2,083).
    static let longestText = 2_100

    /// Returns an id or a word, which the platform writes as text or as a number. A number never becomes a Double: ids have 64
    /// bits.
    /// - Parameter most: the limit in scalars; a longer text is cut.
    static func text(_ value: Any?, atMost most: Int = longestText) -> String? {
        switch value {
        case let text as String: OutsideText.bounded(text, scalars: most)
        case let number as NSNumber: number.stringValue
        default: nil
        }
    }
}

/// A webhook field that dripd reads. Source: "Webhooks", section "Event notifications".
package enum WebhookField: String, CaseIterable, Sendable {
    case messages
    case postbacks = "messaging_postbacks"
    case referrals = "messaging_referrals"
    case echoes = "message_echoes"
    case reactions = "message_reactions"
    case optIns = "messaging_optins"
    case deliveries = "message_deliveries"
    case reads = "message_reads"
    case policy = "messaging_policy_enforcement"
    case standby
    case comments = "feed"

    /// Whether dripd cannot work at all without this field.
    package var isEssential: Bool { self == .messages || self == .postbacks }

    /// The consequence of a missing subscription, for the operator.
    package var consequence: String {
        switch self {
        case .messages: "messages from people do not arrive"
        case .postbacks: "taps on buttons do not arrive"
        case .referrals: "people who follow a link into an existing conversation are not noticed"
        case .echoes: "the team's replies are not noticed, and deliveries in doubt are not resolved automatically"
        case .reactions: "a reaction does not open the window"
        case .optIns: "opt-ins to notifications are not recorded"
        case .deliveries: "delivery receipts are not recorded"
        case .reads: "read receipts are not recorded"
        case .policy: "the platform's warnings and restrictions are not noticed"
        case .standby: "what people write while another app holds the conversation is not noticed"
        case .comments: "comments start no sequence"
        }
    }

    /// Returns the fields that a page must be subscribed to.
    /// - Parameter comments: whether a sequence starts with a comment.
    package static func read(comments: Bool) -> [WebhookField] {
        allCases.filter { comments || $0 != .comments }
    }
}

/// A "policy enforcement" event: the platform warns a page, blocks its messages or unblocks them. Source: "Webhook events"
/// reference, which spells the event's name with an underscore, and in some samples with a hyphen.
package struct PolicyNotice: Hashable, Sendable, CustomStringConvertible {
    package let page: String
    private let action: String
    private let reason: String

    /// The names of the event, as the intake counts them.
    package static let kinds = ["policy_enforcement", "policy-enforcement"]

    package var isOver: Bool { action == "unblock" }

    package var description: String {
        "policy enforcement: \(action)" + (reason.isEmpty ? "" : ": \(reason)")
    }

    /// nil for any other event. An unknown action counts as a warning.
    package init?(_ event: Event) {
        guard Self.kinds.contains(event.kind.name), let body = event.body,
            let item = OutsideJSON.object(Array(body.utf8)),
            let notice = item[event.kind.name] as? [String: Any]
        else { return nil }
        page = event.page
        action = String((WebhookEnvelope.text(notice["action"]) ?? "warning").prefix(40))
        reason = String((WebhookEnvelope.text(notice["reason"]) ?? "").prefix(300))
    }
}
