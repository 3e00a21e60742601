import Testing

@testable import MessengerSandbox

/// Messages that a person allowed beforehand.
struct TokenTests {
    private static let day: Int64 = 86_400_000
    private static let request =
        #"{"recipient":{"id":"5678"},"message":{"attachment":{"type":"template","payload":{"#
        + #""template_type":"one_time_notif_req","title":"Khi có hàng?","payload":"STOCK"}}}}"#

    @Test func `a tap on Notify Me allows one message, and opens no window`() throws {
        let test = try TestPlatform.withOpenWindow()
        #expect(test.send(Self.request).status == 200)
        #expect(
            test.webhooks()[0].contains(
                #"""
                "attachments":[{"type":"template","payload":{"template_type":"one_time_notif_req",\#
                "title":"Khi c\u00f3 h\u00e0ng?","payload":"STOCK"}}]
                """#
            )
        )
        test.now += 2 * Self.day
        let token = try test.platform.tap("Notify Me", by: "5678", value: nil, now: test.now)
        #expect(token == "300000070000000003")
        #expect(
            test.webhooks() == [
                """
                {"object":"page","entry":[{"id":"1234567890","time":1460164287970,"messaging":[{\
                "sender":{"id":"5678"},"recipient":{"id":"1234567890"},"timestamp":1460164287970,\
                "optin":{"type":"one_time_notif_req","payload":"STOCK","one_time_notif_token":"300000070000000003"}}]}]}
                """
            ]
        )
        #expect(test.sendText().errorCode == "10/2018278")
        #expect(test.notify().text == #"{"recipient_id":"5678","message_id":"m_7-5"}"#)
        #expect(
            test.notify().text.contains(
                "(#100) Invalid one_time_notif_token: unknown, used or older than a year"
            )
        )
        #expect(throws: ControlError.invalid("5678 has already tapped this request; it works only once")) {
            try test.platform.tap("Notify Me", by: "5678", value: nil, now: test.now)
        }
    }

    @Test func `the permission lasts a year`() throws {
        let test = try TestPlatform.withOpenWindow()
        _ = test.send(Self.request)
        _ = try test.platform.tap("Notify Me", by: "5678", value: nil, now: test.now)
        test.now += 365 * Self.day
        #expect(test.notify().errorCode == "100")
        test.now -= 1
        try test.platform.setBlocked(true, by: "5678")
        #expect(test.notify().errorCode == "551/1545041")
        try test.platform.setBlocked(false, by: "5678")
        #expect(test.notify().status == 200)
    }

    @Test(arguments: [
        (
            #"{"template_type":"one_time_notif_req","title":"\#(String(repeating: "t", count: 66))","payload":"P"}"#,
            "(#100) Length of param message[attachment][payload][title] must be less than or equal to 65"
        ),
        (
            #"{"template_type":"one_time_notif_req","title":"t"}"#,
            "(#100) Param message[attachment][payload][payload] is required"
        ),
    ])
    func `a request beyond the limits is refused`(payload: String, reason: String) throws {
        let test = try TestPlatform.withOpenWindow()
        let body =
            #"{"recipient":{"id":"5678"},"message":{"attachment":{"type":"template","payload":\#(payload)}}}"#
        #expect(test.send(body).body["error"]?["message"] == .string(reason))
    }

    @Test func `a subscription allows one marketing message in twelve hours`() throws {
        let test = try TestPlatform.withOpenWindow()
        let token = try test.platform.subscribe("5678", title: "Khuyến mãi", now: test.now)
        #expect(
            test.webhooks()[0].contains(
                #"""
                "optin":{"type":"notification_messages","payload":"",\#
                "notification_messages_token":"300000070000000002","title":"Khuy\u1ebfn m\u00e3i"}
                """#
            )
        )
        test.now += 2 * Self.day
        #expect(test.sendText().errorCode == "10/2018278")
        #expect(test.advertise(token).text == #"{"recipient_id":"5678","message_id":"m_7-4"}"#)
        test.now += Self.day / 2 - 1
        #expect(test.advertise(token).errorCode == "4/2018354")
        test.now += 1
        #expect(test.advertise(token).status == 200)
    }

    @Test func `who has enough, blocked the page or just wrote is not available`() throws {
        let test = try TestPlatform.withOpenWindow()
        let token = try test.platform.subscribe("5678", title: "t", now: test.now)
        try test.platform.unsubscribe("5678", title: "t", now: test.now)
        #expect(test.webhooks()[1].contains(#""notification_messages_status":"STOP NOTIFICATIONS""#))
        #expect(
            test.advertise(token).text.contains(
                #""message":"(#2300052) This person is not available right now.","type":"OAuthException","code":2300052,"#
            )
        )
        #expect(try test.platform.subscribe("5678", title: "t", now: test.now) == token)
        try test.platform.setBlocked(true, by: "5678")
        #expect(test.advertise(token).errorCode == "2300052")
        try test.write("hi")
        #expect(test.advertise(token, more: #","min_conversation_gap_seconds":60"#).errorCode == "2300052")
        test.now += 60_000
        #expect(test.advertise(token, more: #","min_conversation_gap_seconds":60"#).status == 200)
    }

    @Test func `a marketing message has its limits too`() throws {
        let test = try TestPlatform.withOpenWindow()
        let token = try test.platform.subscribe("5678", title: "t", now: test.now)
        #expect(test.advertise("1").text.contains("(#100) Invalid subscription_token"))
        #expect(
            test.advertise(token, text: String(repeating: "t", count: 641)).text.contains(
                "(#100) Length of param message[text] must be less than or equal to 640"
            )
        )
        #expect(
            test.post("act_1/messages", "{}").text.contains(
                "(#100) Param messenger_delivery_data[subscription_token] is required"
            )
        )
        try test.change { $0.missingPermissions = ["paid_marketing_messages"] }
        #expect(test.advertise(token).errorCode == "10")
        #expect(throws: ControlError.invalid("9 has not agreed to marketing messages")) {
            try test.write("hi", as: "9")
            try test.platform.unsubscribe("9", title: "t", now: test.now)
        }
    }

    @Test func `people tap and subscribe over HTTP`() async throws {
        try await LiveServer.run { server, _ in
            try server.sandbox.write(as: "5678", name: nil, text: "hi", ref: nil)
            _ = try await server.post("/v25.0/me/messages?access_token=TOKEN", Self.request)
            let tap = #"{"person":"5678","title":"Notify Me"}"#
            #expect(try await server.post("/sandbox/tap", tap).hasSuffix(#"{"token":"300000070000000003"}"#))
            #expect(
                try await server.post("/sandbox/subscribe", #"{"person":"5678"}"#).hasSuffix(
                    #"{"token":"300000070000000004"}"#
                )
            )
            #expect(
                try await server.post("/sandbox/subscribe", #"{"person":"5678","stop":true}"#).hasPrefix(
                    "HTTP/1.1 200 "
                )
            )
        }
    }
}

extension TestPlatform {
    fileprivate func notify() -> GraphAnswer {
        send(#"{"recipient":{"one_time_notif_token":"300000070000000003"},"message":{"text":"Có hàng rồi"}}"#)
    }

    fileprivate func advertise(_ token: String, text: String = "Giảm giá", more: String = "") -> GraphAnswer {
        post(
            "act_1/messages",
            #"{"messenger_delivery_data":{"subscription_token":"\#(token)"\#(more)},"message":{"text":"\#(text)"}}"#
        )
    }
}
