import Testing

@testable import MessengerSandbox

/// The very bytes that go to the daemon.
struct WebhookBytesTests {
    @Test func `a message is escaped as the platform does it, and signed over those bytes`() {
        let webhook = WebhookWriter(pageID: "1234567890", appID: 1, inboxAppID: 2)
            .message(from: "5678", id: "m_1", text: "Xin chào https://m.me", at: 1_459_991_487_970)
        let literal = #"""
            {"object":"page","entry":[{"id":"1234567890","time":1459991487970,"messaging":[{"sender":{"id":"5678"},\#
            "recipient":{"id":"1234567890"},"timestamp":1459991487970,\#
            "message":{"mid":"m_1","text":"Xin ch\u00e0o https:\/\/m.me"}}]}]}
            """#
        #expect(String(decoding: webhook.body, as: UTF8.self) == literal)
        #expect(
            WebhookSignature.value(of: webhook.body, secret: "test-app-secret")
                == "sha256=395ca79ce25ca430193aaf12be9704aa01f53fcef859a3fef27a43e26345c51b"
        )
    }

    @Test func `escapes are UTF-16 in lower case, and short where JSON has a short form`() {
        let text: JSON = "🌸 ữ \u{7f}\u{1}\"\\/\n\r\t\u{8}\u{c}"
        #expect(
            String(decoding: text.bytes, as: UTF8.self)
                == #""\ud83c\udf38 \u1eef \u007f\u0001\"\\\/\n\r\t\b\f""#
        )
    }

    @Test func `an accepted text is echoed and then delivered`() throws {
        let test = try TestPlatform.withOpenWindow()
        _ = test.send(#"{"recipient":{"id":"5678"},"message":{"text":"hi","metadata":"job-1"}}"#)
        #expect(
            test.webhooks() == [
                #"""
                {"object":"page","entry":[{"id":"1234567890","time":1459991487970,"messaging":[{\#
                "sender":{"id":"1234567890"},"recipient":{"id":"5678"},"timestamp":1459991487970,\#
                "message":{"is_echo":true,"app_id":1517776481860111,"metadata":"job-1","mid":"m_7-2","text":"hi"}}]}]}
                """#,
                #"""
                {"object":"page","entry":[{"id":"1234567890","time":1459991487970,"messaging":[{\#
                "sender":{"id":"5678"},"recipient":{"id":"1234567890"},\#
                "delivery":{"mids":["m_7-2"],"watermark":1459991487970}}]}]}
                """#,
            ]
        )
    }

    @Test func `the echo of media has the attachment`() throws {
        let test = try TestPlatform.withOpenWindow()
        _ = test.send(
            #"{"recipient":{"id":"5678"},"message":{"attachment":{"type":"video","payload":{"url":"https://a.vn/v"}}}}"#
        )
        #expect(
            test.webhooks()[0].contains(
                #""mid":"m_7-2","attachments":[{"type":"video","payload":{"url":"https:\/\/a.vn\/v"}}]}"#
            )
        )
    }

    @Test func `the echo of a button template has the template`() throws {
        let test = try TestPlatform.withOpenWindow()
        _ = test.send(
            #"""
            {"recipient":{"id":"5678"},"message":{"attachment":{"type":"template","payload":{"template_type":"button",
             "text":"Next?","buttons":[{"type":"web_url","url":"https://a.vn","title":"Visit"}]}}}}
            """#
        )
        #expect(
            test.webhooks()[0].contains(
                #"""
                "mid":"m_7-2","attachments":[{"title":"","url":null,"type":"template","payload":{\#
                "template_type":"button","text":"Next?",\#
                "buttons":[{"type":"web_url","url":"https:\/\/a.vn","title":"Visit"}]}}]}
                """#
            )
        )
    }

    @Test func `the echo of cards has their template, and they are in the conversation`() throws {
        let test = try TestPlatform.withOpenWindow()
        let card =
            #"{"title":"Phở","subtitle":"40.000đ","image_url":"https://a.vn/1.jpg","#
            + #""default_action":{"type":"web_url","url":"https://a.vn"},"#
            + #""buttons":[{"type":"postback","payload":"ORDER","title":"Đặt"}]}"#
        let template = #"{"template_type":"generic","elements":[\#(card)]}"#
        _ = test.send(
            #"{"recipient":{"id":"5678"},"message":{"attachment":{"type":"template","payload":\#(template)}}}"#
        )
        #expect(
            test.webhooks()[0].contains(
                #"""
                "mid":"m_7-2","attachments":[{"title":"","url":null,"type":"template","payload":{\#
                "template_type":"generic","elements":[{"title":"Ph\u1edf","subtitle":"40.000\u0111",\#
                "image_url":"https:\/\/a.vn\/1.jpg","default_action":{"type":"web_url","url":"https:\/\/a.vn"},\#
                "buttons":[{"type":"postback","payload":"ORDER","title":"\u0110\u1eb7t"}]}]}}]}
                """#
            )
        )
        #expect(
            test.platform.log.conversation(with: "5678").filter(\.isMessage).map(\.messageID) == ["m_7-2", "m_7-1"]
        )
        _ = try test.platform.tap("Đặt", by: "5678", value: nil, now: test.now)
        #expect(test.webhooks().last?.contains(#""payload":"ORDER""#) == true)
    }

    @Test func `who comes through a link for the first time presses Get Started`() throws {
        let test = TestPlatform()
        try test.write("hello", ref: "spring")
        let webhooks = test.webhooks()
        #expect(webhooks.count == 2)
        #expect(
            webhooks[0] == #"""
                {"object":"page","entry":[{"id":"1234567890","time":1459991487970,"messaging":[{\#
                "sender":{"id":"5678"},"recipient":{"id":"1234567890"},"timestamp":1459991487970,\#
                "postback":{"mid":"m_7-1","title":"Get Started","payload":"GET_STARTED",\#
                "referral":{"ref":"spring","source":"SHORTLINK","type":"OPEN_THREAD"}}}]}]}
                """#
        )
        #expect(webhooks[1].contains(#""message":{"mid":"m_7-2","text":"hello"}"#))
    }

    @Test func `a link into an existing conversation is a referral`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.write(nil, ref: "spring")
        #expect(
            test.webhooks() == [
                #"""
                {"object":"page","entry":[{"id":"1234567890","time":1459991487970,"messaging":[{\#
                "sender":{"id":"5678"},"recipient":{"id":"1234567890"},"timestamp":1459991487970,\#
                "referral":{"ref":"spring","source":"SHORTLINK","type":"OPEN_THREAD"}}]}]}
                """#
            ]
        )
    }

    @Test func `reading is told once`() throws {
        let test = try TestPlatform.withOpenWindow()
        _ = test.sendText()
        _ = test.webhooks()
        test.now += 5000
        try test.platform.read(by: "5678", now: test.now)
        try test.platform.read(by: "5678", now: test.now)
        #expect(
            test.webhooks() == [
                #"""
                {"object":"page","entry":[{"id":"1234567890","time":1459991492970,"messaging":[{\#
                "sender":{"id":"5678"},"recipient":{"id":"1234567890"},"timestamp":1459991492970,\#
                "read":{"watermark":1459991492970}}]}]}
                """#
            ]
        )
    }
}
