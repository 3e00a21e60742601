import Testing

@testable import MessengerSandbox

/// What can be read of what was written.
struct ConversationTests {
    @Test func `a conversation has its participants and the messages of both sides, newest first`() throws {
        let test = TestPlatform()
        _ = try test.platform.addPerson(id: "5678", name: "Lan")
        try test.write("chào")
        test.now += 1000
        _ = test.sendText()
        #expect(
            test.get(
                "1234567890/conversations",
                "platform=messenger&fields=participants,updated_time,messages{id,message,from,to,created_time}"
            ).text == #"""
                {"data":[{"participants":{"data":[\#
                {"name":"Lan","email":"5678@facebook.com","id":"5678"},\#
                {"name":"Ti\u1ec7m Hoa","email":"1234567890@facebook.com","id":"1234567890"}]},\#
                "updated_time":"2016-04-07T01:11:28+0000","messages":{"data":[\#
                {"id":"m_7-2","message":"hi",\#
                "from":{"name":"Ti\u1ec7m Hoa","email":"1234567890@facebook.com","id":"1234567890"},\#
                "to":{"data":[{"name":"Lan","email":"5678@facebook.com","id":"5678"}]},\#
                "created_time":"2016-04-07T01:11:28+0000"},\#
                {"id":"m_7-1","message":"ch\u00e0o",\#
                "from":{"name":"Lan","email":"5678@facebook.com","id":"5678"},\#
                "to":{"data":[{"name":"Ti\u1ec7m Hoa","email":"1234567890@facebook.com","id":"1234567890"}]},\#
                "created_time":"2016-04-07T01:11:27+0000"}],\#
                "paging":{"cursors":{"before":"Mg==","after":"MQ=="}}},"id":"t_5678"}],\#
                "paging":{"cursors":{"before":"MTQ1OTk5MTQ4ODk3MCA1Njc4","after":"MTQ1OTk5MTQ4ODk3MCA1Njc4"}}}
                """#
        )
    }

    @Test func `conversations are listed page by page, the newest first, even while one moves up`() throws {
        let test = TestPlatform()
        for person in ["1", "2", "3"] {
            test.now += 1000
            try test.write("hi", as: person)
        }
        _ = try test.platform.addPerson(id: "4", name: nil)
        let first = test.get("me/conversations", "limit=2&fields=id")
        #expect(
            first.text == """
                {"data":[{"id":"t_3"},{"id":"t_2"}],"paging":{"cursors":{"before":"MTQ1OTk5MTQ5MDk3MCAz",\
                "after":"MTQ1OTk5MTQ4OTk3MCAy"},"next":"http:\\/\\/127.0.0.1:0\\/v25.0\\/1234567890\\/conversations\
                ?limit=2&after=MTQ1OTk5MTQ4OTk3MCAy"}}
                """
        )
        test.now += 1000
        try test.write("hi", as: "2")
        #expect(
            test.get("me/conversations", "limit=2&fields=id&after=MTQ1OTk5MTQ4OTk3MCAy").text == """
                {"data":[{"id":"t_1"}],"paging":{"cursors":{"before":"MTQ1OTk5MTQ4ODk3MCAx",\
                "after":"MTQ1OTk5MTQ4ODk3MCAx"}}}
                """
        )
    }

    @Test func `a conversation is found by its person`() throws {
        let test = TestPlatform()
        for person in ["1", "2"] { try test.write("hi", as: person) }
        #expect(
            test.get("me/conversations", "platform=messenger&user_id=1&fields=id").text.hasPrefix(
                #"{"data":[{"id":"t_1"}],"paging""#
            )
        )
        #expect(test.get("me/conversations", "platform=messenger&user_id=9").text == #"{"data":[]}"#)
    }

    @Test func `only the twenty newest messages have details`() throws {
        let test = TestPlatform()
        for number in 1...21 { try test.write("\(number)") }
        #expect(
            test.get("t_5678", "fields=messages.limit(100){id,created_time,message}").text.contains(
                #"""
                {"id":"m_7-2","created_time":"2016-04-07T01:11:27+0000","message":"2"},\#
                {"id":"m_7-1","created_time":"2016-04-07T01:11:27+0000"}]
                """#
            )
        )
        #expect(test.get("m_7-2", "fields=message").text == #"{"message":"2","id":"m_7-2"}"#)
        test.now += 1000
        #expect(
            test.get("m_7-1", "fields=message").body["error"]?["message"] == "(#100) The message has been deleted"
        )
    }

    @Test func `the messages of a conversation are listed page by page`() throws {
        let test = TestPlatform()
        for number in 1...3 { try test.write("\(number)") }
        #expect(
            test.get("t_5678/messages", "limit=2").text == """
                {"data":[{"created_time":"2016-04-07T01:11:27+0000","id":"m_7-3"},\
                {"created_time":"2016-04-07T01:11:27+0000","id":"m_7-2"}],\
                "paging":{"cursors":{"before":"Mw==","after":"Mg=="},\
                "next":"http:\\/\\/127.0.0.1:0\\/v25.0\\/t_5678\\/messages?limit=2&after=Mg%3D%3D"}}
                """
        )
        #expect(
            test.get("t_5678/messages", "limit=2&after=Mg%3D%3D&fields=message").text.hasPrefix(
                #"{"data":[{"message":"1","id":"m_7-1"}],"paging":{"cursors""#
            )
        )
        test.now += 1000
        #expect(test.get("t_9/messages").errorCode == "100/33")
    }

    @Test func `a message has its media`() throws {
        let test = try TestPlatform.withOpenWindow()
        _ = test.send(
            #"{"recipient":{"id":"5678"},"message":{"attachments":[{"type":"image","payload":{"url":"https://a.vn/1.jpg"}}]}}"#
        )
        #expect(
            test.get("m_7-2", "fields=message,attachments").text == """
                {"message":"","attachments":{"data":[{"id":"m_7-2-0","name":"1.jpg","image_data":\
                {"url":"https:\\/\\/a.vn\\/1.jpg","preview_url":"https:\\/\\/a.vn\\/1.jpg"}}]},"id":"m_7-2"}
                """
        )
    }

    @Test func `a private reply begins a conversation, a link does not`() throws {
        let test = TestPlatform()
        try test.write(nil, ref: "spring", as: "1")
        _ = test.reply(to: try test.comment("giá?", as: "2").id)
        #expect(test.get("me/conversations", "fields=id").text.hasPrefix(#"{"data":[{"id":"t_2"}],"#))
    }

    @Test func `conversations are read twice a second`() throws {
        let test = try TestPlatform.withOpenWindow()
        #expect(test.get("me/conversations").status == 200)
        #expect(test.get("t_5678").status == 200)
        #expect(test.get("m_7-1").errorCode == "613")
        test.now += 1000
        #expect(test.get("m_7-1").text == #"{"created_time":"2016-04-07T01:11:27+0000","id":"m_7-1"}"#)
    }

    @Test func `while too much is sent, no list of conversations is given`() throws {
        let test = try TestPlatform.withOpenWindow()
        for _ in 1...40 { _ = test.sendText() }
        #expect(test.get("me/conversations").status == 200)
        #expect(test.sendText().errorCode == "613")
        #expect(test.get("me/conversations").errorCode == "613")
        test.now += 1000
        #expect(test.get("me/conversations").status == 200)
    }

    @Test func `a page that sent too fast cannot send for as long as the sandbox is told`() throws {
        var configuration = TestPlatform.configuration
        configuration.freezeMilliseconds = 60_000
        let test = TestPlatform(configuration)
        try test.write("hi")
        for _ in 1...41 { _ = test.sendText() }
        test.now += 59_999
        #expect(test.sendText().errorCode == "613")
        #expect(test.get("me/conversations").errorCode == "613")
        test.now += 1
        #expect(test.sendText().status == 200)
        #expect(test.get("me/conversations").status == 200)
    }

    @Test(arguments: [
        ("me/conversations", "platform=sms", "(#100) Param platform must be one of {messenger, instagram}"),
        ("me/conversations", "fields=messages.limit(0)", "(#100) Param limit must be a positive integer"),
        ("t_5678", "fields=messages.limit(0)", "(#100) Param limit must be a positive integer"),
    ])
    func `a question that makes no sense is refused`(path: String, query: String, reason: String) throws {
        let test = try TestPlatform.withOpenWindow()
        #expect(test.get(path, query).body["error"]?["message"] == .string(reason))
    }
}
