import DripCore
import Foundation
import TestSupport
import Testing

@testable import Channels

/// Every kind of event that the platform's documents show, in the forms of its samples and of a library that collects them
/// (restfb, MIT): what it is taken for, whether it opens the standard window, and that the same holds of its like.
@Suite struct PlatformSamplesTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// All but the parties and the time.
        let content: String
        let kind: String
        let opensWindow: Bool

        init(_ name: String, _ content: String, _ kind: String, opens: Bool = false) {
            testDescription = name
            self.content = content
            self.kind = kind
            opensWindow = opens
        }

        var item: String {
            #"{"sender":{"id":987654321432},"recipient":{"id":12345654332},"timestamp":1458692752478,\#(content)}"#
        }
    }

    static let samples: [Sample] = [
        Sample("a text", #""message":{"mid":"mid.1","seq":73,"text":"hello, world!"}"#, "message", opens: true),
        Sample(
            "a quick reply",
            #""message":{"mid":"m_1","text":"Green","quick_reply":{"payload":"P"}}"#,
            "message",
            opens: true
        ),
        Sample(
            "a reply",
            #""message":{"mid":"m_1","text":"x","reply_to":{"mid":"m_0","is_self_reply":false}}"#,
            "message",
            opens: true
        ),
        Sample(
            "a reply to a story",
            #""message":{"mid":"m_1","text":"x","reply_to":{"story":{"url":"u","id":"s"}}}"#,
            "message",
            opens: true
        ),
        Sample(
            "a picture",
            #""message":{"mid":"m_1","attachments":[{"type":"image","payload":{"url":"u"}}]}"#,
            "message",
            opens: true
        ),
        Sample(
            "a sticker, before 30 August 2026",
            #""message":{"mid":"m_1","sticker_id":567,"attachments":[{"type":"image","payload":{"url":"u","sticker_id":567}}]}"#,
            "message",
            opens: true
        ),
        Sample(
            "a sticker, since",
            #""message":{"mid":"m_1","attachments":[{"type":"sticker","payload":{"sticker_id":"567"}}]}"#,
            "message",
            opens: true
        ),
        Sample(
            "a fallback",
            #""message":{"mid":"m_1","attachments":[{"type":"fallback","title":"t","url":"u","payload":null}]}"#,
            "message",
            opens: true
        ),
        Sample(
            "a place",
            #""message":{"mid":"m_1","attachments":[{"type":"location","payload":{"coordinates":{"lat":1.5,"long":2}}}]}"#,
            "message",
            opens: true
        ),
        Sample(
            "a shared product",
            #""message":{"mid":"m_1","attachments":[{"type":"template","payload":{"product":{"elements":[{"id":"1"}]}}}]}"#,
            "message",
            opens: true
        ),
        Sample(
            "a message through an ad",
            #""message":{"mid":"m_1","text":"x","referral":{"ref":"R","ad_id":"A","source":"ADS","type":"OPEN_THREAD","ads_context_data":{}}}"#,
            "message",
            opens: true
        ),
        Sample(
            "a command",
            #""message":{"mid":"m_1","text":"/flights","commands":[{"name":"flights"}]}"#,
            "message",
            opens: true
        ),
        Sample("an unsupported message", #""message":{"mid":"m_1","is_unsupported":true}"#, "message", opens: true),
        Sample(
            "a message with an nlp error",
            #""message":{"mid":"m_1","text":"x","nlp":{"error":{"code":1}}}"#,
            "message",
            opens: true
        ),
        Sample("a message that was taken back", #""message":{"mid":"m_1","is_deleted":true}"#, "message_deleted"),
        Sample("an edit", #""message_edit":{"mid":"m_1","text":"x","num_edit":"1"}"#, "message_edit"),
        Sample(
            "Get Started",
            #""postback":{"mid":"m_1","title":"T","payload":"P","referral":{"ref":"R","source":"SHORTLINK","type":"OPEN_THREAD"}}"#,
            "postback",
            opens: true
        ),
        Sample("a postback without an id", #""postback":{"title":"","payload":"hey"}"#, "postback", opens: true),
        Sample(
            "an m.me link",
            #""referral":{"ref":"R","source":"SHORTLINK","type":"OPEN_THREAD"}"#,
            "referral",
            opens: true
        ),
        Sample(
            "an ad",
            #""referral":{"ref":"R","ad_id":"A","source":"ADS","type":"OPEN_THREAD","referer_uri":"u"}"#,
            "referral",
            opens: true
        ),
        Sample(
            "a reaction",
            #""reaction":{"mid":"m_1","action":"react","emoji":"\ud83d\ude22","reaction":"sad"}"#,
            "reaction",
            opens: true
        ),
        Sample("a reaction that was taken back", #""reaction":{"mid":"m_1","action":"unreact"}"#, "unreact"),
        Sample("the plugin", #""optin":{"ref":"PASS_THROUGH"}"#, "referral", opens: true),
        Sample(
            "Notify Me",
            #""optin":{"type":"one_time_notif_req","payload":"P","one_time_notif_token":"T"}"#,
            "optin"
        ),
        Sample(
            "recurring notifications",
            #""optin":{"type":"notification_messages","payload":"P","notification_messages_token":"T","notification_messages_frequency":"DAILY","notification_messages_timezone":"UTC","token_expiry_timestamp":2145916800000,"user_token_status":"NOT_REFRESHED","title":"t"}"#,
            "optin"
        ),
        Sample("a delivery", #""delivery":{"mids":["mid.1"],"watermark":1458668856253,"seq":37}"#, "delivery"),
        Sample("a delivery without ids", #""delivery":{"watermark":1458668856253}"#, "delivery"),
        Sample("a read", #""read":{"watermark":1458668856253,"seq":38}"#, "read"),
        Sample(
            "an echo",
            #""message":{"is_echo":true,"app_id":1517776481860111,"metadata":"M","mid":"mid.1","text":"x"}"#,
            "echo"
        ),
        Sample(
            "an echo of a template",
            #""message":{"is_echo":true,"mid":"m_1","attachments":[{"type":"template","payload":{"template_type":"button"}},{"payload":{"attachment_id":17}}]}"#,
            "echo"
        ),
        Sample(
            "account linking",
            #""account_linking":{"status":"linked","authorization_code":"C"}"#,
            "account_linking"
        ),
        Sample(
            "a handover",
            #""pass_thread_control":{"previous_owner_app_id":null,"new_owner_app_id":"123","metadata":"M"}"#,
            "pass_thread_control"
        ),
        Sample(
            "a takeover",
            #""take_thread_control":{"previous_owner_app_id":123,"metadata":"M"}"#,
            "take_thread_control"
        ),
        Sample(
            "who asks for a handover",
            #""request_thread_control":{"requested_owner_app_id":123456789}"#,
            "request_thread_control"
        ),
        Sample("roles", #""app_roles":{"123456789":["primary_receiver"]}"#, "app_roles"),
        Sample(
            "feedback on an answer",
            #""response_feedback":{"feedback":"Good response","mid":"m_1"}"#,
            "response_feedback"
        ),
        Sample("feedback", #""messaging_feedback":{"feedback_screens":[{"screen_id":0}]}"#, "messaging_feedback"),
        Sample("a coupon", #""template":{"type":"coupon","payload":"P","coupon_code":"C"}"#, "template"),
        Sample("a cart", #""order":{"products":[{"id":"1"}],"note":"n"}"#, "order"),
        Sample("a payment", #""payment":{"payload":"P","amount":{"currency":"USD","amount":29.62}}"#, "payment"),
        Sample("what nobody has heard of", #""telepathy":{"of":[1,{"2":null}]}"#, "unknown"),
    ]

    @Test(arguments: samples)
    func `a sample is what it is, and opens the window or does not`(_ sample: Sample) throws {
        let event = try event(sample.item)
        #expect(event.kind.name == sample.kind)
        #expect(event.kind.opensWindow == sample.opensWindow)
        #expect(event.page == "12345654332")
        let isEcho = sample.kind == "echo"
        #expect(event.person == (isEcho ? "12345654332" : "987654321432"))
        let changes = Catalog(zone: .hoChiMinh, sequences: []).decide(
            event,
            at: .start,
            person: isEcho
                ? nil : Person(id: PersonID(rawValue: 1), account: AccountID(rawValue: 1), page: "1", address: "2"),
            rounds: [:]
        )
        #expect(changes.contains(.openWindow(until: .start + .hours(24))) == sample.opensWindow)
    }

    @Test(arguments: samples)
    func `with fields that nobody knows, numbers as texts, or without a time it is the same`(_ sample: Sample) throws {
        let plain = try event(sample.item)
        let object = try JSONSerialization.jsonObject(with: Data(sample.item.utf8))
        for variant in [Self.extended(object), Self.asTexts(object), Self.without("timestamp", object)] {
            let data = try JSONSerialization.data(withJSONObject: variant)
            let event = try event(String(decoding: data, as: UTF8.self))
            #expect(event.kind == plain.kind)
            #expect((event.page, event.person) == (plain.page, plain.person))
        }
    }

    @Test(arguments: samples)
    func `what comes twice, in one webhook or in two, is one event`(_ sample: Sample) throws {
        let entry = #"{"id":12345654332,"time":1,"messaging":[\#(sample.item)]}"#
        let events = try WebhookEnvelope(Data(#"{"object":"page","entry":[\#(entry),\#(entry)]}"#.utf8)).events
        #expect(events.count == 2)
        #expect(Set(events.map(\.key)).count == 1)
    }

    @Test(arguments: [
        "feed": [
            #"{"item":"comment","verb":"edited","comment_id":"1_2","sender_id":5,"sender_name":"T"}"#,
            #"{"item":"comment","verb":"edited","comment_id":"1_2","message":"x","sender_id":5,"created_time":1448530203}"#,
            #"{"item":"comment","verb":"remove","comment_id":"1_2","from":{"name":"J","id":"5"}}"#,
            #"{"item":"comment","verb":"add","comment_id":"1_2","from":{"id":"12345654332"}}"#,
            #"{"item":"like","verb":"add","post_id":"1_2","sender_id":9}"#,
            #"{"item":"post","verb":"edit","post_id":"1_2"}"#,
            #"{"item":"reaction","verb":"add","comment_id":"1_2","reaction_type":"love","from":{"id":"5"}}"#,
            #"{"item":"status","verb":"unhide","post_id":"1_2","message":"x","from":{"id":"5"}}"#, "null",
        ],
        "leadgen": [#"{"form_id":1,"leadgen_id":1636129430026801}"#],
        "mention": [#"{"item":"post","verb":"add","post_id":"1_2"}"#],
        "inbox_labels": [#"{"user":{"id":"5"},"action":"add","label":{"id":"7"}}"#],
        "message_template_status_update": [#"{"anything":1}"#],
    ])
    func `a change of the page that is no new comment starts nothing and opens no window`(
        field: String,
        values: [String]
    ) throws {
        for value in values {
            let change = #"{"id":"12345654332","time":1449135003,"changes":[{"field":"\#(field)","value":\#(value)}]}"#
            let events = try WebhookEnvelope(Data(#"{"object":"page","entry":[\#(change)]}"#.utf8)).events
            #expect(events.map(\.kind) == [.other(field == "feed" ? "feed" : "change")])
            #expect(events.map(\.kind.opensWindow) == [false])
            // What people write below posts is not kept.
            #expect((events[0].body != nil) == (field != "feed"))
        }
    }

    @Test func `a policy notice without a sender is about the page`() throws {
        for key in ["policy_enforcement", "policy-enforcement"] {
            let event = try event(
                #"{"recipient":{"id":12345654332},"timestamp":1,"\#(key)":{"action":"block","reason":"r"}}"#
            )
            #expect((event.kind, event.person) == (.other(key), nil))
        }
    }

    private func event(_ item: String) throws -> DripCore.Event {
        let body = #"{"object":"page","entry":[{"id":12345654332,"time":1458668856451,"messaging":[\#(item)]}]}"#
        return try #require(try WebhookEnvelope(Data(body.utf8)).events.first)
    }

    /// With a field more in each object.
    private static func extended(_ value: Any) -> Any {
        if let object = value as? [String: Any] {
            var extended: [String: Any] = object.mapValues(extended)
            extended["field_of_tomorrow"] = ["a": [1, "b"]] as [String: Any]
            return extended
        }
        return (value as? [Any])?.map(extended) ?? value
    }

    /// With its whole numbers as texts.
    private static func asTexts(_ value: Any) -> Any {
        if let object = value as? [String: Any] { return object.mapValues(asTexts) }
        if let list = value as? [Any] { return list.map(asTexts) }
        // A truth is a number to Foundation.
        guard let number = value as? NSNumber, isWhole(number) else { return value }
        return number.stringValue
    }

    private static func isWhole(_ number: NSNumber) -> Bool {
        !["c", "B", "d", "f"].contains(String(cString: number.objCType))
    }

    private static func without(_ key: String, _ value: Any) -> Any {
        var object = value as? [String: Any] ?? [:]
        object[key] = nil
        return object
    }
}
