import DripCore
import Foundation
import Testing

@testable import Channels

/// What strangers put into the texts of webhooks, and what whoever signs may put around them.
@Suite(.timeLimit(.minutes(2)))
struct HostileWebhookTests {
    private typealias Event = DripCore.Event

    private func events(_ body: String) throws -> [Event] {
        try WebhookEnvelope(Data(body.utf8)).events
    }

    private func events(messaging item: String) throws -> [Event] {
        try events(#"{"object":"page","entry":[{"id":"1","time":1798859970000,"messaging":[\#(item)]}]}"#)
    }

    @Test(arguments: ["a", "\u{301}", "👨\u{200D}", "\u{200B}", "0"])
    func `texts, payloads, refs, names and topics are cut where they come in`(piece: String) throws {
        let long = String(repeating: piece, count: 20_000)
        let found = try events(
            messaging: #"""
                {"sender":{"id":"2"},"message":{"mid":"m_1","text":"\#(long)","quick_reply":{"payload":"\#(long)"},\#
                "referral":{"ref":"\#(long)"}}},
                {"sender":{"id":"2"},"postback":{"payload":"\#(long)"}},
                {"sender":{"id":"2"},"optin":{"type":"one_time_notif_req","one_time_notif_token":"t","payload":"\#(long)"}}
                """#
        )
        guard case .message(let text?, let payload?, let ref?) = found[0].kind,
            case .postback(let tapped?, _) = found[1].kind,
            case .subscribed(_, _, let topic, _) = found[2].kind
        else {
            Issue.record("\(found.map(\.kind.name))")
            return
        }
        #expect(text.unicodeScalars.count <= 4_001)
        #expect([payload, ref, tapped, topic].allSatisfy { $0.unicodeScalars.count <= 2_100 })
        #expect(Set([payload, ref, tapped, topic]).count == 1)
    }

    @Test func `a comment and its author are cut`() throws {
        let long = String(repeating: "e\u{301}", count: 20_000)
        let found = try events(
            #"""
            {"object":"page","entry":[{"id":"1","changes":[{"field":"feed","value":{"item":"comment","verb":"add",\#
            "comment_id":"1_2","message":"\#(long)","from":{"id":"2","name":"\#(long)"}}}]}]}
            """#
        )
        guard case .comment(let comment) = found[0].kind else {
            Issue.record("\(found)")
            return
        }
        #expect(comment.text?.unicodeScalars.count == 8_001)
        #expect(comment.author?.count == 100)
    }

    /// A dictionary normalises its keys: of half a million marks that took more than a minute.
    @Test func `a key that no platform writes makes it no JSON of the platform`() {
        let long = String(repeating: "\u{301}\u{323}", count: 100_000)
        let escaped = String(repeating: #"\u0301\u0323"#, count: 40_000)
        for key in [long, escaped, "a" + long] {
            for body in [
                #"{"object":"page","entry":[],"\#(key)":1}"#,
                #"{"object":"page","entry":[{"messaging":[{"\#(key)" : {}}]}]}"#,
            ] {
                #expect(throws: WebhookEnvelope.ReadingError.notJSON) { try events(body) }
            }
        }
    }

    @Test func `a text with quotes and colons is no key`() throws {
        let text = String(repeating: #"\":\\"#, count: 300)
        let found = try events(messaging: #"{"sender":{"id":"2"},"message":{"mid":"m_1","text":"\#(text)"}}"#)
        #expect(found.count == 1)
    }

    /// The platform puts at most 1,000 into one.
    @Test func `a webhook has at most five thousand items, wherever they are`() throws {
        func body(_ fields: [(String, Int)]) -> String {
            let lists = fields.map { "\"\($0)\":[\(Array(repeating: "{}", count: $1).joined(separator: ","))]" }
            return #"{"object":"page","entry":[{"id":"1",\#(lists.joined(separator: ","))}]}"#
        }
        #expect(try events(body([("messaging", 4_000), ("standby", 500), ("changes", 500)])).count == 5_000)
        for fields in [[("messaging", 5_001)], [("messaging", 4_000), ("standby", 600), ("changes", 600)]] {
            #expect(throws: WebhookEnvelope.ReadingError.tooManyItems) { try events(body(fields)) }
        }
        let entries = Array(repeating: "{}", count: 5_001).joined(separator: ",")
        #expect(throws: WebhookEnvelope.ReadingError.tooManyItems) {
            try events(#"{"object":"page","entry":[\#(entries)]}"#)
        }
    }

    @Test(arguments: [
        "-9223372036854775808", "9223372036854775807", "18446744073709551616", "1e308", "-1e308", "1.5", "0", "-1",
        "true",
        "\"99999999999999999999999\"", "253402300799999", "[]", "{}", "null",
    ])
    func `no number ends the process, wherever a time or an id is expected`(number: String) throws {
        let digits = number.filter { $0 != "\"" }
        let found = try events(
            #"""
            {"object":"page","entry":[{"id":\#(number),"time":\#(number),"messaging":[
            {"sender":{"id":\#(number)},"timestamp":\#(number),"message":{"mid":\#(number),"text":\#(number)}},
            {"delivery":{"watermark":\#(number)}},{"read":{"watermark":\#(number)}},
            {"optin":{"type":"notification_messages","notification_messages_token":\#(number),\#
            "token_expiry_timestamp":\#(number)}},
            {"message":{"is_echo":true,"app_id":\#(number),"metadata":"dripd/x/\#(digits)/\#(digits)/s"}}],
            "changes":[{"field":"feed","value":{"item":"comment","verb":"edited","comment_id":\#(number),\#
            "created_time":\#(number),"message":\#(number)}}]}]}
            """#
        )
        #expect(found.count == 6)
        for event in found {
            for time in [EventTime.platform, .receipt] {
                _ = time.instant(of: event, receivedAt: Instant(milliseconds: 0))
            }
        }
    }

    @Test(arguments: [
        #"{}"#, #"{"b":1,"a":[true,false,null,1.5,-2,12345678901234567],"c":{"z":"","y":"/"}}"#,
        #"{"text":"\"\\\b\f\n\r\t\u0001\u001fĐã ❤️"}"#, #"{"watermark":1798859970000,"sender":{"id":"2"}}"#,
        #"{"policy_enforcement":{"action":"block"},"policy":1}"#,
    ])
    func `an item has the text by which it was known before`(item: String) throws {
        let value = try JSONSerialization.jsonObject(with: Data(item.utf8))
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        let before = String(
            decoding: try JSONSerialization.data(withJSONObject: value, options: options),
            as: UTF8.self
        )
        #expect(CanonicalJSON.text(value) == before)
    }

    @Test func `an object of any number of keys, and a text of lone halves, take a moment`() throws {
        let keys = (0..<60_000).map { "\"k\($0)\u{301}\":1" }.joined(separator: ",")
        #expect(try events(messaging: "{\(keys)}").map(\.kind.name) == ["unknown"])
        let halves = String(repeating: #"\ud83d"#, count: 100_000)
        #expect(try events(messaging: #"{"sender":{"id":"2"},"message":{"text":"\#(halves)"}}"#).count == 1)
    }

    @Test(arguments: [
        "Sun, 06 Nov 99999999999999999 08:49:37 GMT", "Sun, 06 Nov -5 08:49:37 GMT", "", "0", "-1",
        "9223372036854775807",
    ])
    func `a date of any form ends no process`(date: String) {
        let body = Array(#"{"data":[{"updated_time":"999999999-01-01T00:00:00+0000"}]}"#.utf8)
        let headers = HTTPResponseHeaders([HTTPHeader("Date", date), HTTPHeader("Retry-After", date)])
        let response = HTTPResponse(status: 200, headers: headers, body: body)
        guard case .found(let page) = ConversationsResponse(response, page: "1").answer else {
            Issue.record("no page of conversations")
            return
        }
        #expect(page.conversations.isEmpty)
        _ = SendAnswer(HTTPResponse(status: 429, headers: headers, body: [])).outcome
    }
}
