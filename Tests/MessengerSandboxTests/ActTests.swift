import Testing

@testable import MessengerSandbox

/// What people, operators and other apps do, as the page learns of it.
struct ActTests {
    private static let day: Int64 = 86_400_000

    @Test(arguments: [
        (
            PersonAct.react(messageID: "m_7-2", reaction: "love", emoji: "❤️"),
            #""reaction":{"reaction":"love","emoji":"\u2764\ufe0f","action":"react","mid":"m_7-2"}"#, true
        ),
        (
            .unreact(messageID: "m_7-2", reaction: "love", emoji: "❤️"),
            #""reaction":{"reaction":"love","emoji":"\u2764\ufe0f","action":"unreact","mid":"m_7-2"}"#, false
        ),
        (
            .edit(messageID: "m_7-1", text: "hello!"),
            #""message_edit":{"mid":"m_7-1","text":"hello!","num_edit":1}"#, false
        ),
        (.unsend(messageID: "m_7-1"), #""message":{"mid":"m_7-1","is_deleted":true}"#, false),
        (
            .postback(title: "Menu", payload: "MENU"),
            #""postback":{"mid":"m_7-3","title":"Menu","payload":"MENU"}"#, true
        ),
        (
            .advertisement(id: "6", ref: "tet", text: nil),
            #""referral":{"ref":"tet","ad_id":"6","source":"ADS","type":"OPEN_THREAD"}"#, false
        ),
        (
            .advertisement(id: "6", ref: nil, text: "giá?"),
            #""message":{"mid":"m_7-3","text":"gi\u00e1?","referral":{"ad_id":"6","source":"ADS","type":"OPEN_THREAD"}}"#,
            true
        ),
        (.plugin(ref: "website"), #""optin":{"ref":"website"}"#, true),
    ])
    func `what a person does is told, and some of it opens the window`(
        act: PersonAct,
        event: String,
        opens: Bool
    ) throws {
        let test = try TestPlatform.withOpenWindow()
        _ = test.sendText()
        _ = test.webhooks()
        test.now += 2 * Self.day
        try test.platform.act(act, by: "5678", now: test.now)
        #expect(
            test.webhooks().last == #"""
                {"object":"page","entry":[{"id":"1234567890","time":1460164287970,"messaging":[{\#
                "sender":{"id":"5678"},"recipient":{"id":"1234567890"},"timestamp":1460164287970,\#(event)}]}]}
                """#
        )
        #expect(test.sendText().errorCode == (opens ? nil : "10/2018278"))
    }

    @Test func `edits are counted, and what was taken back is gone`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.platform.act(.edit(messageID: "m_7-1", text: "a"), by: "5678", now: test.now)
        try test.platform.act(.edit(messageID: "m_7-1", text: "b"), by: "5678", now: test.now)
        #expect(test.webhooks()[1].contains(#""text":"b","num_edit":2"#))
        #expect(test.get("m_7-1", "fields=message").text == #"{"message":"b","id":"m_7-1"}"#)
        try test.platform.act(.unsend(messageID: "m_7-1"), by: "5678", now: test.now)
        #expect(test.get("m_7-1").errorCode == "100")
    }

    @Test(arguments: [
        (PersonAct.unsend(messageID: "m_7-2"), "a person can take back only their own messages"),
        (.edit(messageID: "m_7-2", text: "x"), "a person can edit only their own messages, and not to an empty text"),
        (
            .react(messageID: "m_9", reaction: "love", emoji: "x"),
            "there is no message m_9 in the conversation with 5678"
        ),
        (.postback(title: "", payload: ""), "a postback has a title and a payload"),
    ])
    func `what cannot be done is refused`(act: PersonAct, why: String) throws {
        let test = try TestPlatform.withOpenWindow()
        _ = test.sendText()
        #expect(throws: ControlError.invalid(why)) { try test.platform.act(act, by: "5678", now: test.now) }
    }

    @Test func `taps on buttons and quick replies are told with their payload`() throws {
        let test = try TestPlatform.withOpenWindow()
        let message =
            #"{"attachment":{"type":"template","payload":{"template_type":"button","text":"?","buttons":["#
            + #"{"type":"postback","title":"Xem","payload":"SEE"},{"type":"web_url","title":"Web","url":"https://a.vn"}]}},"#
            + #""quick_replies":[{"content_type":"text","title":"Red","payload":"R"},{"content_type":"user_email"}]}"#
        #expect(test.send(#"{"recipient":{"id":"5678"},"message":\#(message)}"#).status == 200)
        _ = test.webhooks()
        test.now += 2 * Self.day
        _ = try test.platform.tap("Xem", by: "5678", value: nil, now: test.now)
        _ = try test.platform.tap("Red", by: "5678", value: nil, now: test.now)
        _ = try test.platform.tap("user_email", by: "5678", value: "lan@a.vn", now: test.now)
        let webhooks = test.webhooks()
        #expect(webhooks[0].contains(#""read":{"#))
        #expect(webhooks[1].contains(#""postback":{"mid":"m_7-3","title":"Xem","payload":"SEE"}"#))
        #expect(webhooks[2].contains(#""message":{"mid":"m_7-4","text":"Red","quick_reply":{"payload":"R"}}"#))
        #expect(
            webhooks[3].contains(#""message":{"mid":"m_7-5","text":"lan@a.vn","quick_reply":{"payload":"lan@a.vn"}}"#)
        )
        #expect(test.sendText().status == 200)
        #expect(throws: ControlError.invalid("the platform sends no event for a tap on a button of type web_url")) {
            try test.platform.tap("Web", by: "5678", value: nil, now: test.now)
        }
        #expect(throws: ControlError.invalid("no message to 5678 has a button or a quick reply Nope")) {
            try test.platform.tap("Nope", by: "5678", value: nil, now: test.now)
        }
        #expect(throws: ControlError.invalid("value is missing: user_email")) {
            try test.platform.tap("user_email", by: "5678", value: nil, now: test.now)
        }
    }

    @Test func `what an operator writes is an echo of the inbox, whatever the window`() throws {
        let test = try TestPlatform.withOpenWindow()
        test.now += 2 * Self.day
        _ = try test.platform.operatorWrites("Để em xem", to: "5678", now: test.now)
        let webhooks = test.webhooks()
        #expect(
            webhooks[0] == #"""
                {"object":"page","entry":[{"id":"1234567890","time":1460164287970,"messaging":[{\#
                "sender":{"id":"1234567890"},"recipient":{"id":"5678"},"timestamp":1460164287970,\#
                "message":{"is_echo":true,"app_id":26390203743090,"mid":"m_7-2","text":"\u0110\u1ec3 em xem"}}]}]}
                """#
        )
        #expect(webhooks[1].contains(#""delivery":{"mids":["m_7-2"]"#))
        try test.platform.setBlocked(true, by: "5678")
        #expect(throws: ControlError.invalid("5678 has blocked the page")) {
            try test.platform.operatorWrites("hi", to: "5678", now: test.now)
        }
    }

    @Test func `while another app has the conversation, events stand by and nothing can be sent`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.platform.handOver(.request, of: "5678", app: 9, metadata: "m", now: test.now)
        #expect(test.sendText().status == 200)
        #expect(test.webhooks()[0].contains(#""request_thread_control":{"requested_owner_app_id":9,"metadata":"m"}"#))
        try test.platform.handOver(.take, of: "5678", app: 9, metadata: "m", now: test.now)
        #expect(
            test.webhooks()[0].contains(
                """
                "take_thread_control":{"previous_owner_app_id":"1517776481860111","new_owner_app_id":"9","metadata":"m"}
                """
            )
        )
        #expect(test.sendText().text.contains("(#2018300) Another app is controlling this thread now."))
        try test.write("hi")
        try test.platform.act(.postback(title: "Menu", payload: "MENU"), by: "5678", now: test.now)
        let webhooks = test.webhooks()
        #expect(webhooks[1].contains(#""standby":[{"sender":{"id":"5678"},"#))
        #expect(webhooks[2].hasSuffix(#""postback":{"mid":"m_7-5","title":"Menu"}}]}]}"#))
        try test.platform.handOver(.pass, of: "5678", app: 9, metadata: "m", now: test.now)
        #expect(
            test.webhooks()[0].contains(
                """
                "pass_thread_control":{"previous_owner_app_id":"9","new_owner_app_id":"1517776481860111","metadata":"m"}
                """
            )
        )
        #expect(test.sendText().status == 200)
    }

    @Test func `people read at once where the sandbox is told so`() throws {
        var configuration = TestPlatform.configuration
        configuration.readsAtOnce = true
        let test = TestPlatform(configuration)
        try test.write("hi")
        _ = test.webhooks()
        _ = test.sendText()
        let webhooks = test.webhooks()
        #expect(webhooks.count == 3)
        #expect(webhooks[2].contains(#""read":{"watermark":1459991487970}"#))
        #expect(test.platform.people[0].unreadCount == 0)
    }

    @Test func `people act over HTTP`() async throws {
        try await LiveServer.run { server, _ in
            try server.sandbox.write(as: "5678", name: nil, text: "hi", ref: nil)
            for (path, body) in [
                ("react", #"{"person":"5678","message_id":"m_7-1"}"#),
                ("react", #"{"person":"5678","message_id":"m_7-1","take_back":true}"#),
                ("edit", #"{"person":"5678","message_id":"m_7-1","text":"ho"}"#),
                ("unsend", #"{"person":"5678","message_id":"m_7-1"}"#),
                ("postback", #"{"person":"5678","title":"Menu","payload":"MENU"}"#),
                ("advertisement", #"{"person":"5678","ad_id":"6"}"#),
                ("plugin", #"{"person":"5678","ref":"web"}"#),
                ("operator", #"{"person":"5678","text":"hi"}"#),
                ("handover", #"{"person":"5678","kind":"take","app_id":9}"#),
            ] {
                #expect(try await server.post("/sandbox/\(path)", body).hasPrefix("HTTP/1.1 200 "), "\(path)")
            }
            #expect(
                try await server.post("/sandbox/handover", #"{"person":"5678","kind":"steal","app_id":9}"#).hasSuffix(
                    #"{"error":"kind must be one of take, pass, request"}"#
                )
            )
            #expect(try await server.get("/sandbox/messages").contains(#""operator":true"#))
        }
    }
}
