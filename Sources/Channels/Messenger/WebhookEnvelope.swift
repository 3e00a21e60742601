import Crypto
package import DripCore
package import Foundation

/// What a webhook body holds: `{"object":"page","entry":[{"id":…,"time":…,"messaging":[…]}]}`.
///
/// Read as the platform really sends it: several entries, `messaging`, `standby` and `changes`, ids as text or as
/// numbers, times in seconds or milliseconds, kinds that nobody has heard of. Whatever is not understood becomes an
/// event of another kind with its body; only what is not JSON at all, or no envelope, is an error.
package struct WebhookEnvelope {
    package let events: [Event]

    package enum ReadingError: Error, Hashable {
        case notJSON
        case notAnEnvelope
        /// Over `mostItems`.
        case tooManyItems
    }

    /// The platform puts at most 1,000 into a webhook. Source: "Webhooks", section "Event notifications". An empty item has two
    /// bytes, and takes as much time as one with a message.
    package static let mostItems = 5_000

    package init(_ body: Data) throws(ReadingError) {
        guard let json = Self.json(body) ?? Self.json(LoneSurrogates.replaced(in: body)) else { throw .notJSON }
        guard let envelope = json as? [String: Any] else { throw .notAnEnvelope }
        // The documents print the dashboard's test events without any entry around them.
        let change = envelope["field"] is String && envelope["value"] is [String: Any]
        guard let entries = envelope["entry"] as? [Any] ?? (change ? [["changes": [envelope]]] : nil) else {
            throw .notAnEnvelope
        }
        // Another object (an Instagram account, say) is subscribed by mistake: its pages are nobody we know.
        let objects = entries.compactMap { $0 as? [String: Any] }
        let lists = objects.flatMap { entry in Self.fields.map { Self.list(entry[$0]).count } }
        guard entries.count <= Self.mostItems, lists.reduce(0, +) <= Self.mostItems else { throw .tooManyItems }
        events = objects.flatMap(Self.events(of:))
    }

    /// Where an entry's items are.
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
            // The dashboard's test button sends messaging events in this form.
            // There are fields of the page itself whose names begin so, too.
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

    /// An id; the platform's have some hundred characters at most, and each can be printed.
    static func id(_ value: Any?) -> String? {
        text(value).flatMap { text in
            (1...1000).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 } ? text : nil
        }
    }

    /// Longer than an id, a name, a token, a button's payload (1,000) and an m.me link's ref (2,083).
    static let longestText = 2_100

    /// An id or a word, which the platform writes as text or as a number. Never through a Double: ids have 64 bits.
    /// - Parameter most: scalars; a longer text is cut.
    static func text(_ value: Any?, atMost most: Int = longestText) -> String? {
        switch value {
        case let text as String: OutsideText.bounded(text, scalars: most)
        case let number as NSNumber: number.stringValue
        default: nil
        }
    }
}
