import Testing

@testable import MessengerSandbox

/// Whether a well-formed message may be sent to this person now.
struct SendPermissionTests {
    private static let day: Int64 = 86_400_000

    @Test func `the window closes exactly 24 hours after the person wrote`() throws {
        let test = try TestPlatform.withOpenWindow()
        test.now = TestPlatform.start + Self.day - 1
        #expect(test.sendText().status == 200)
        test.now = TestPlatform.start + Self.day
        #expect(
            test.sendText().text == """
                {"error":{"message":"(#10) This message is sent outside of allowed window. Learn more about the new \
                policy here: https:\\/\\/developers.facebook.com\\/docs\\/messenger-platform\\/policy-overview",\
                "type":"OAuthException","code":10,"error_subcode":2018278,"fbtrace_id":"A7-3"}}
                """
        )
    }

    @Test func `writing again and a link into the conversation open the window again`() throws {
        let test = try TestPlatform.withOpenWindow()
        test.now += 2 * Self.day
        #expect(test.sendText().errorCode == "10/2018278")
        try test.write("me again")
        #expect(test.sendText().status == 200)
        test.now += 2 * Self.day
        try test.write(nil, ref: "spring")
        #expect(test.sendText().status == 200)
    }

    @Test func `neither reading nor the page's own messages keep the window open`() throws {
        let test = try TestPlatform.withOpenWindow()
        test.now += Self.day - 1
        #expect(test.sendText().status == 200)
        try test.platform.read(by: "5678", now: test.now)
        test.now += 1
        #expect(test.sendText().errorCode == "10/2018278")
    }

    @Test func `somebody who was created but never wrote cannot be written to`() throws {
        let test = TestPlatform()
        _ = try test.platform.addPerson(id: "5678", name: "Lan")
        #expect(test.sendText().errorCode == "10/2018278")
    }

    @Test func `who blocked the page gets nothing until they write again`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.platform.setBlocked(true, by: "5678")
        #expect(test.sendText().errorCode == "551/1545041")
        try test.write("sorry")
        #expect(test.sendText().status == 200)
    }

    @Test(arguments: [
        ("CONFIRMED_EVENT_UPDATE", "100"), ("POST_PURCHASE_UPDATE", "100"), ("ACCOUNT_UPDATE", "100"),
        ("HUMAN_AGENT", "10"), ("CUSTOMER_FEEDBACK", "10"), ("NON_PROMOTIONAL_SUBSCRIPTION", "10"), ("NEWS", "100"),
    ])
    func `no tag helps, inside the window or outside it`(tag: String, code: String) throws {
        let test = try TestPlatform.withOpenWindow()
        let body =
            #"{"recipient":{"id":"5678"},"messaging_type":"MESSAGE_TAG","tag":"\#(tag)","message":{"text":"hi"}}"#
        #expect(test.send(body).errorCode == code)
        test.now += 2 * Self.day
        #expect(test.send(body).errorCode == code)
    }

    @Test func `a sender action is answered without a message id, and follows the same rules`() throws {
        let test = try TestPlatform.withOpenWindow()
        let body = #"{"recipient":{"id":"5678"},"sender_action":"typing_on"}"#
        #expect(test.send(body).text == #"{"recipient_id":"5678"}"#)
        #expect(test.webhooks() == [])
        test.now += Self.day
        #expect(test.send(body).errorCode == "10/2018278")
    }

    @Test func `the 41st message of a second is refused, and refused ones count too`() throws {
        let test = try TestPlatform.withOpenWindow()
        for _ in 1...40 { #expect(test.sendText().status == 200) }
        #expect(test.sendText().errorCode == "613")
        test.now += 999
        #expect(test.sendText().errorCode == "613")
        test.now += 1
        for _ in 1...39 { #expect(test.sendText().status == 200) }
        #expect(test.sendText().errorCode == "613")
        test.now += 1000
        #expect(test.sendText().status == 200)
    }

    @Test func `the 11th video of a second is refused, while texts go on`() throws {
        let test = try TestPlatform.withOpenWindow()
        let video =
            #"{"recipient":{"id":"5678"},"message":{"attachment":{"type":"video","payload":{"url":"https://a.vn/v"}}}}"#
        for _ in 1...10 { #expect(test.send(video).status == 200) }
        #expect(test.send(video).errorCode == "613")
        #expect(test.sendText().status == 200)
    }

}
