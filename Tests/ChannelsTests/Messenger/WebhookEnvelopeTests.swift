import Channels
import DripCore
import Foundation
import TestSupport
import Testing

/// What the platform sends, in all the forms that it has been seen to send it.
@Suite struct WebhookEnvelopeTests {
    private typealias Event = DripCore.Event

    @Test func `a message`() throws {
        let events = try events(
            #"""
            {"object":"page","entry":[{"id":12345654332,"time":1457764198246,"messaging":[{"sender":{"id":987654321432},\#
            "recipient":{"id":12345654332},"timestamp":1457764197627,\#
            "message":{"mid":"mid.1457764197618:41d102a3e1ae206a38","seq":73,"text":"hello, world!"}}]}]}
            """#
        )
        #expect(
            events == [
                Event(
                    channel: .messenger,
                    page: "12345654332",
                    person: "987654321432",
                    key: "m:mid.1457764197618:41d102a3e1ae206a38",
                    at: Instant(milliseconds: 1_457_764_197_627),
                    kind: .message(text: "hello, world!", payload: nil, ref: nil),
                    body: nil
                )
            ]
        )
    }

    @Test(arguments: ["9007199254740993", "9223372036854775807", "18446744073709551615"])
    func `an id has all its digits, as a number or as text`(id: String) throws {
        for written in [id, "\"\(id)\""] {
            let event = try event(#"{"sender":{"id":\#(written)},"message":{"mid":"m_1"}}"#)
            #expect(event.person == id)
        }
    }

    @Test(
        arguments: [
            ("1665424533", 1_665_424_533_000), ("1665424533000", 1_665_424_533_000),
            ("\"1527459824\"", 1_527_459_824_000),
            ("\"1527459824123\"", 1_527_459_824_123), ("0", nil), ("-5", nil), ("1665424533000000", 1_665_424_533_000),
            ("253402300800000000", nil),
            ("\"TIMESTAMP\"", nil), ("null", nil),
            ("{}", nil),
        ] as [(String, Int64?)]
    )
    func `a time is in seconds or milliseconds, a number or text`(written: String, milliseconds: Int64?) throws {
        let event = try event(#"{"sender":{"id":"1"},"timestamp":\#(written),"message":{"mid":"m_1"}}"#)
        #expect(event.at == milliseconds.map(Instant.init(milliseconds:)))
    }

    @Test func `a ref comes with a message, a postback or a referral`() throws {
        let referral = #""referral":{"ref":"tiktok-tool","source":"SHORTLINK","type":"OPEN_THREAD"}"#
        let message = try event(#"{"sender":{"id":"1"},"message":{"mid":"m_1",\#(referral)}}"#)
        #expect(message.kind == .message(text: nil, payload: nil, ref: "tiktok-tool"))
        let postback = try event(#"{"sender":{"id":"1"},"postback":{"mid":"m_1","payload":"GO",\#(referral)}}"#)
        #expect(postback.kind == .postback(payload: "GO", ref: "tiktok-tool"))
        #expect(postback.key == "m:m_1")
        #expect(try event(#"{"sender":{"id":"1"},\#(referral)}"#).kind == .referral(ref: "tiktok-tool"))
        let product = try event(#"{"sender":{"id":"1"},"message":{"mid":"m_1","referral":{"product":{"id":"7"}}}}"#)
        #expect(product.kind == .message(text: nil, payload: nil, ref: nil))
    }

    @Test func `a person whom only a user_ref names is nobody yet`() throws {
        let event = try event(
            #"""
            {"sender":{"user_ref":987654321432},"recipient":{"id":12345654332},"timestamp":1458692752478,\#
            "postback":{"payload":"hey","referral":{"ref":null,"source":"CUSTOMER_CHAT_PLUGIN"},"title":""}}
            """#
        )
        #expect(event.person == nil)
        #expect(event.kind == .postback(payload: "hey", ref: nil))
        #expect(event.key.hasPrefix("postback:"))
    }

    @Test func `an echo goes from the page to the person, and brings our key back`() throws {
        let echo = #""is_echo":true,"app_id":1517776481860111,"mid":"mid.1""#
        let parties = #""sender":{"id":"PAGE"},"recipient":{"id":"PSID"},"timestamp":1457764197627"#
        let ours = try event(#"{\#(parties),"message":{\#(echo),"metadata":"dripd/7f3a/4/1/a/b"}}"#)
        let key = DeliveryKey(instance: "7f3a", enrollment: EnrollmentID(rawValue: 4), step: "a/b", part: 1)
        #expect(ours.kind == .echo(messageID: "mid.1", delivery: key, isHuman: false))
        #expect((ours.person, ours.key) == ("PSID", "e:mid.1"))
        let theirs = try event(#"{\#(parties),"message":{\#(echo),"metadata":"<METADATA>"}}"#)
        #expect(theirs.kind == .echo(messageID: "mid.1", delivery: nil, isHuman: false))
        let keyless = try event(#"{\#(parties),"message":{\#(echo)}}"#)
        #expect(keyless.kind == .echo(messageID: "mid.1", delivery: nil, isHuman: false))
    }

    @Test(arguments: ["", #""app_id":26390203743090,"#, #""app_id":"263902037430900","#])
    func `an echo of the page's inbox, or of no app, was written by hand`(app: String) throws {
        let echo = try event(
            #"{"sender":{"id":"PAGE"},"recipient":{"id":"PSID"},"message":{"is_echo":true,\#(app)"mid":"m_1"}}"#
        )
        #expect(echo.kind == .echo(messageID: "m_1", delivery: nil, isHuman: true))
    }

    @Test func `a tapped quick reply brings its payload`() throws {
        let tapped = try event(
            #"{"sender":{"id":"1"},"message":{"mid":"m_1","text":"Có","quick_reply":{"payload":"dripd/tag/x"}}}"#
        )
        #expect(tapped.kind == .message(text: "Có", payload: "dripd/tag/x", ref: nil))
    }

    @Test func `without the entry's id the page is whom it went to, or who echoed`() throws {
        let message = #"{"sender":{"id":"PSID"},"recipient":{"id":"PAGE"},"message":{"mid":"m_1"}}"#
        let echo = #"{"sender":{"id":"PAGE"},"recipient":{"id":"PSID"},"message":{"mid":"m_1","is_echo":true}}"#
        let both = try events(#"{"entry":[{"messaging":[\#(message),\#(echo)]}]}"#)
        #expect(both.map(\.page) == ["PAGE", "PAGE"])
        #expect(both.map(\.person) == ["PSID", "PSID"])
    }

    @Test(arguments: [
        (#""delivery":{"mids":["mid.1"],"watermark":1458668856253}"#, "delivery"),
        (#""read":{"watermark":1458668856253,"seq":38}"#, "read"),
        (#""reaction":{"mid":"m_1","action":"react","emoji":"😢","reaction":"sad"}"#, "reaction"),
        (#""reaction":{"mid":"m_1","action":"unreact"}"#, "unreact"),
        (#""message":{"mid":"m_1","is_unsupported":true}"#, "message"),
        (#""message":{"mid":"m_1","is_deleted":true}"#, "message_deleted"),
        (#""message_edit":{"mid":"m_1","text":"x","num_edit":"1"}"#, "message_edit"),
        (#""optin":{"ref":"PASS_THROUGH_PARAM"}"#, "referral"),
        (#""optin":{"type":"one_time_notif_req","payload":"X","one_time_notif_token":"T"}"#, "optin"),
        (#""account_linking":{"status":"linked","authorization_code":"X"}"#, "account_linking"),
        (#""payment":{"payload":"X","amount":{"currency":"USD","amount":29.62}}"#, "payment"),
        (#""policy-enforcement":{"action":"unblock"}"#, "policy-enforcement"),
        (#""policy_enforcement":{"action":"block"}"#, "policy_enforcement"),
        (#""request_thread_control":{"requested_owner_app_id":"1"}"#, "request_thread_control"),
        (#""pass_thread_control":{"new_owner_app_id":"1"}"#, "pass_thread_control"),
        (#""app_roles":{"123456789":["primary_receiver"]}"#, "app_roles"),
        (#""something_new":{"a":[1,2]}"#, "unknown"), (#""message":"TEST_MESSAGE""#, "unknown"),
    ])
    func `every kind has a bounded name`(item: String, name: String) throws {
        #expect(try event(#"{"sender":{"id":"1"},"recipient":{"id":"2"},\#(item)}"#).kind.name == name)
    }

    @Test func `a subscription and its end`() throws {
        let once = try event(
            #"{"sender":{"id":"1"},"optin":{"type":"one_time_notif_req","payload":"X","one_time_notif_token":7}}"#
        )
        #expect(once.kind == .subscribed(.oneTime, token: "7", topic: "X", expires: nil))
        #expect(once.body?.contains("one_time_notif_token") == true)
        let recurring =
            #""type":"notification_messages","notification_messages_token":"T","token_expiry_timestamp":"2145916800000""#
        #expect(
            try event(#"{"sender":{"id":"1"},"optin":{\#(recurring),"notification_messages_frequency":"DAILY"}}"#).kind
                == .subscribed(.marketing, token: "T", topic: "", expires: Instant(milliseconds: 2_145_916_800_000))
        )
        #expect(
            try event(
                #"{"sender":{"id":"1"},"optin":{\#(recurring),"notification_messages_status":"RESUME NOTIFICATIONS"}}"#
            ).kind == .subscribed(.marketing, token: "T", topic: "", expires: Instant(milliseconds: 2_145_916_800_000))
        )
        #expect(
            try event(
                #"{"sender":{"id":"1"},"optin":{\#(recurring),"notification_messages_status":"STOP NOTIFICATIONS"}}"#
            ).kind == .unsubscribed(token: "T")
        )
        for optin in [#"{"type":"one_time_notif_req"}"#, #"{"type":"notification_messages"}"#, #"{"type":"new"}"#] {
            #expect(try event(#"{"sender":{"id":"1"},"optin":\#(optin)}"#).kind == .other("optin"))
        }
    }

    @Test func `what is not understood is kept as it came`() throws {
        let event = try event(#"{"sender":{"id":"1"},"something_new":{"b":"https:\/\/m.me","a":9007199254740993}}"#)
        #expect(event.kind == .other("unknown"))
        #expect(event.body == #"{"sender":{"id":"1"},"something_new":{"a":9007199254740993,"b":"https://m.me"}}"#)
    }

    @Test(arguments: [
        #"{"optin":{"ref":"R","user_ref":"U"},"recipient":{"id":"2"}}"#,
        #"{"postback":{"payload":"P"},"sender":{"user_ref":"U"}}"#,
        #"{"lead":{"data":[{"answer":"Huế","question":"City?"}]},"referral":{"source":"ADS"},"sender":{"id":"1"}}"#,
    ])
    func `what names nobody, and the answers to a lead ad, are kept as they came`(item: String) throws {
        #expect(try event(item).body == item)
    }

    @Test(arguments: [
        (#"\ud83d"#, "\u{fffd}"), (#"\uDE22 x"#, "\u{fffd} x"), (#"\ud83d\ud83d\ude22"#, "\u{fffd}😢"),
        (#"\ud83d \\ud83d \""#, #"\#u{fffd} \ud83d ""#), (#"\ud83d\u0041"#, "\u{fffd}A"),
    ])
    func `half of an emoji is one that cannot be shown, and nothing else is changed`(
        written: String,
        read: String
    ) throws {
        let event = try event(#"{"sender":{"id":"1"},"message":{"mid":"m_1","text":"\#(written)"}}"#)
        #expect(event.kind == .message(text: read, payload: nil, ref: nil))
    }

    @Test func `an item without an id is the same when it comes again, and no other`() throws {
        let first = #"{"sender":{"id":"1"},"timestamp":1458692752478,"referral":{"ref":"a","source":"SHORTLINK"}}"#
        let reordered = #"{"referral":{"source":"SHORTLINK","ref":"a"},"timestamp":1458692752478,"sender":{"id":"1"}}"#
        let later = first.replacing("2478", with: "2479")
        let keys = try [first, reordered, later].map { try event($0).key }
        #expect(keys[0] == keys[1])
        #expect(keys[0] != keys[2])
        #expect(keys[0].hasPrefix("referral:"))
    }

    @Test func `a webhook may hold several entries with several items`() throws {
        let events = try events(
            #"""
            {"object":"page","entry":[\#
            {"id":"1","messaging":[{"sender":{"id":"a"},"message":{"mid":"m_1"}},{"sender":{"id":"b"},"message":{"mid":"m_2"}}]},\#
            {"id":"2","messaging":[{"sender":{"id":"c"},"message":{"mid":"m_3"}}]}]}
            """#
        )
        #expect(events.map { "\($0.page) \($0.person ?? "") \($0.key)" } == ["1 a m:m_1", "1 b m:m_2", "2 c m:m_3"])
    }

    @Test func `what we overhear while another app holds the conversation is marked as such`() throws {
        let item = #"{"sender":{"id":"a"},"message":{"mid":"m_1","text":"x"}}"#
        let overheard = try events(#"{"object":"page","entry":[{"id":"1","standby":[\#(item)]}]}"#)
        #expect(overheard.map(\.kind) == [.message(text: "x", payload: nil, ref: nil)])
        #expect(overheard.map(\.isStandby) == [true])
        #expect(try events(#"{"entry":[{"id":"1","messaging":[\#(item)]}]}"#).map(\.isStandby) == [false])
    }

    @Test func `a receipt counts for what was sent until its watermark`() throws {
        let read = try event(#"{"sender":{"id":"1"},"timestamp":1458668856463,"read":{"watermark":1458668856253}}"#)
        #expect((read.kind, read.at) == (.read, Instant(milliseconds: 1_458_668_856_253)))
        let delivered = try event(#"{"sender":{"id":"1"},"delivery":{"mids":["m"],"watermark":"1458668856253"}}"#)
        #expect((delivered.kind, delivered.at) == (.delivered, Instant(milliseconds: 1_458_668_856_253)))
    }

    @Test func `a comment, as it comes today and as it came once`() throws {
        let now = try #require(
            events(
                #"""
                {"object":"page","entry":[{"id":"1","time":1449135003,"changes":[{"field":"feed","value":{\#
                "item":"comment","verb":"add","comment_id":"9_8","post_id":"1_9","parent_id":"1_9",\#
                "from":{"id":"77","name":"Trần Lan"},"created_time":1449135003,"message":"Đã share"}}]}]}
                """#
            ).first
        )
        #expect(now.kind == .comment(Comment(id: "9_8", post: "1_9", text: "Đã share", author: "Trần Lan")))
        #expect((now.page, now.person, now.key) == ("1", "77", "c:9_8"))
        #expect(now.at == Instant(milliseconds: 1_449_135_003_000))
        let once = try events(
            #"""
            {"object":"page","entry":[{"id":1,"changes":[{"field":"feed","value":{"item":"comment","verb":"add",\#
            "comment_id":"9_8","sender_id":1234567890123456789,"sender_name":"Lan","photo":"https://x"}}]}]}
            """#
        )
        #expect(once.map(\.kind) == [.comment(Comment(id: "9_8", post: nil, text: nil, author: "Lan"))])
        #expect(once.map(\.person) == ["1234567890123456789"])
    }

    @Test func `each edit of a comment is a comment again, of the time of the edit`() throws {
        func edit(_ text: String) throws -> DripCore.Event {
            try #require(
                try events(
                    #"""
                    {"object":"page","entry":[{"id":"1","time":1449135003,"changes":[{"field":"feed","value":{\#
                    "item":"comment","verb":"edited","comment_id":"9_8","post_id":"1_9","created_time":1448530204,\#
                    "from":{"id":"77","name":"Lan"},"message":"\#(text)"}}]}]}
                    """#
                ).first
            )
        }
        let first = try edit("Đã share")
        #expect(
            first.kind == .comment(Comment(id: "9_8", post: "1_9", text: "Đã share", author: "Lan", isEdit: true))
        )
        #expect((first.person, first.at) == ("77", Instant(milliseconds: 1_449_135_003_000)))
        #expect(try edit("Đã share").key == first.key)
        #expect(try edit("share").key != first.key)
    }

    @Test func `a comment whose author the platform does not name is known by itself`() throws {
        let event = try events(feed(#""verb":"add","comment_id":"9_8","message":"x""#))
        #expect(event.map(\.person) == ["comment:9_8"])
    }

    @Test(arguments: [
        #""verb":"add","comment_id":"9_8","from":{"id":"1"}"#, #""verb":"add","comment_id":"9_8","sender_id":1"#,
        #""verb":"remove","comment_id":"9_8""#, #""verb":"edited","comment_id":"9_8""#, #""verb":"add""#,
    ])
    func `the page's own comments, and those that are edited or gone, start nothing`(value: String) throws {
        #expect(try events(feed(value)).map(\.kind) == [.other("feed")])
    }

    private func feed(_ comment: String) -> String {
        #"{"object":"page","entry":[{"id":"1","changes":[{"field":"feed","value":{"item":"comment",\#(comment)}}]}]}"#
    }

    @Test func `changes are the page's own, except in the form of the dashboard's test button`() throws {
        let events = try events(
            #"""
            {"object":"page","entry":[{"id":"1","time":1449135003,"changes":[\#
            {"field":"feed","value":{"item":"comment","verb":"edited","comment_id":"9_8"}},\#
            {"field":"leadgen","value":{"leadgen_id":4}},{"field":7},\#
            {"field":"messaging_postbacks","value":{"sender":{"user_ref":"U"},"recipient":{"id":"PAGE-ID"},\#
            "timestamp":"1527459824","postback":{"mid":"m_1","referral":{"ref":"R"}}}}]}]}
            """#
        )
        #expect(
            events.map(\.kind) == [
                .other("feed"), .other("change"), .other("change"), .postback(payload: nil, ref: "R"),
            ]
        )
        #expect(events.map(\.person) == [nil, nil, nil, nil])
        // What people say below posts is not kept.
        #expect(events[0].body == nil)
        #expect(events[1].body == #"{"field":"leadgen","value":{"leadgen_id":4}}"#)
        #expect(events[3].at == Instant(milliseconds: 1_527_459_824_000))
    }

    @Test(arguments: [
        #"{"entry":[{"messaging":[{"message":"TEST_MESSAGE"}]}]}"#, #"{"entry":[{"id":"1","messaging":[{}]}]}"#,
    ])
    func `an item that is hardly one is kept`(body: String) throws {
        #expect(try events(body).map(\.kind) == [.other("unknown")])
    }

    @Test(arguments: [
        #"{"entry":[]}"#, #"{"entry":[7,"x",null]}"#, #"{"entry":[{"id":"1"}]}"#,
        #"{"entry":[{"id":"1","messaging":"x","changes":{},"standby":[3]}]}"#,
    ])
    func `what holds no item holds no event`(body: String) throws {
        #expect(try events(body) == [])
    }

    @Test func `no JSON, and no envelope`() {
        for body in ["", "{", "hello", #"{"entry":[}"#, "\u{0}"] {
            #expect(throws: WebhookEnvelope.ReadingError.notJSON) { try events(body) }
        }
        for body in ["[]", "{}", #"{"entry":{}}"#, #"{"entry":null}"#, #"{"object":"page"}"#] {
            #expect(throws: WebhookEnvelope.ReadingError.notAnEnvelope) { try events(body) }
        }
    }

    private func events(_ body: String) throws -> [Event] {
        try WebhookEnvelope(Data(body.utf8)).events
    }

    private func event(_ item: String) throws -> Event {
        try #require(try events(#"{"object":"page","entry":[{"id":"2","messaging":[\#(item)]}]}"#).first)
    }
}
