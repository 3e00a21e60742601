import Testing

@testable import MessengerSandbox

/// Utility messages, whose template the platform has looked at.
struct TemplateTests {
    private static let day: Int64 = 86_400_000

    @Test func `a template is approved at once, told, and sent outside the window`() throws {
        let test = try TestPlatform.withOpenWindow()
        #expect(
            test.post("me/message_templates", Self.order).text
                == #"{"id":"300000070000000002","status":"APPROVED","category":"UTILITY"}"#
        )
        #expect(
            test.webhooks() == [
                """
                {"object":"page","entry":[{"id":"1234567890","time":1459991487,"changes":[{"field":\
                "message_template_status_update","value":{"event":"APPROVED",\
                "message_template_id":"300000070000000002","message_template_name":"order_sent",\
                "message_template_language":"vi","reason":"NONE"}}]}]}
                """
            ]
        )
        test.now += 2 * Self.day
        #expect(test.utility().text == #"{"recipient_id":"5678","message_id":"m_7-3"}"#)
        let message = test.platform.log.entries(after: 1, of: nil, count: 1)[0]
        #expect(message.text == "Chào Lan, đơn A1 đã gửi.")
        #expect(message.buttons == [Button(kind: .postback, title: "Theo dõi", value: "TRACK_A1")])
        #expect(test.sendText().errorCode == "10/2018278")
    }

    @Test func `templates are listed`() throws {
        let test = TestPlatform()
        _ = test.post("me/message_templates", Self.order)
        _ = test.post("me/message_templates", Self.template("late", "Đơn {{order_id}} bị chậm."))
        #expect(
            test.get("1234567890/message_templates", "fields=name,status,language&limit=1").text.hasPrefix(
                """
                {"data":[{"name":"order_sent","status":"APPROVED","language":"vi","id":"300000070000000001"}],\
                "paging":{"cursors":{"before":"MA==","after":"MA=="},"next":
                """
            )
        )
        #expect(
            test.get("me/message_templates", "name=late&fields=components").text.hasPrefix(
                #"{"data":[{"components":[{"text":"\u0110\u01a1n {{order_id}} b\u1ecb ch\u1eadm.","type":"BODY"}],"id":"#
            )
        )
    }

    @Test(arguments: ["{{1}} đã gửi.", "Đơn {{1}}", "Đơn {{2}} đã gửi.", "Đơn {{1}} và {{3}} đã gửi."])
    func `a template whose parameters are in the wrong place is rejected`(text: String) throws {
        let test = try TestPlatform.withOpenWindow()
        #expect(
            test.post("me/message_templates", Self.template("order_sent", text)).text
                == #"{"id":"300000070000000002","status":"REJECTED","category":"UTILITY"}"#
        )
        #expect(test.webhooks()[0].contains(#""event":"REJECTED""#))
        #expect(test.get("me/message_templates", "fields=rejected_reason").text.contains("INCORRECT_PARAMS"))
        #expect(test.utility().errorCode == "100")
    }

    @Test func `a template that is looked at waits until it is approved, and may be taken back`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.change { $0.reviewsTemplates = true }
        #expect(test.post("me/message_templates", Self.order).text.contains(#""status":"PENDING""#))
        #expect(test.webhooks() == [])
        #expect(test.utility().text.contains("(#100) There is no approved template order_sent in vi"))
        try test.platform.review("order_sent", "vi", .approved, reason: nil, now: test.now)
        #expect(test.utility().status == 200)
        try test.platform.review("order_sent", "vi", .rejected, reason: nil, now: test.now)
        #expect(test.webhooks().last?.contains(#""event":"REJECTED","#) == true)
        #expect(test.utility().errorCode == "100")
        #expect(throws: ControlError.invalid("there is no template x in vi")) {
            try test.platform.review("x", "vi", .approved, reason: nil, now: test.now)
        }
    }

    @Test(arguments: [
        (#"[]"#, "(#100) Template order_sent takes 2 parameters: 1, 2"),
        (
            #"[{"type":"body","parameters":[{"type":"text","text":"Lan"}]}]"#,
            "(#100) Template order_sent takes 2 parameters: 1, 2"
        ),
        (
            #"[{"type":"body","parameters":[{"type":"text"}]}]"#,
            "(#100) Param message[template][components] has a parameter without a text"
        ),
        (
            #"[{"type":"header","parameters":[{"type":"text","text":"Lan"}]}]"#,
            "(#100) Param message[template][components] may have the types body and buttons"
        ),
        (
            #"[{"type":"body","parameters":[{"text":"Lan"},{"text":"A1"}]},{"type":"buttons","parameters":[{"payload":"1"},{"payload":"2"}]}]"#,
            "(#100) Template order_sent has 1 postback buttons"
        ),
    ])
    func `a template is not sent with gaps`(components: String, reason: String) throws {
        let test = try TestPlatform.withOpenWindow()
        _ = test.post("me/message_templates", Self.order)
        #expect(test.utility(components: components).body["error"]?["message"] == .string(reason))
    }

    @Test func `parameters may have names`() throws {
        let test = try TestPlatform.withOpenWindow()
        _ = test.post("me/message_templates", Self.template("order_sent", "Đơn {{order_id}} đã gửi."))
        let unnamed = #"[{"type":"body","parameters":[{"type":"text","text":"A1"}]}]"#
        #expect(test.utility(components: unnamed).text.contains("needs the parameter_name of each parameter"))
        let named = #"[{"type":"body","parameters":[{"type":"text","parameter_name":"order_id","text":"A1"}]}]"#
        #expect(test.utility(components: named).status == 200)
        #expect(test.platform.log.entries(after: 1, of: nil, count: 1)[0].text == "Đơn A1 đã gửi.")
    }

    @Test(arguments: [
        (#"{"name":"Order","language":"vi"}"#, "(#100) Param name must be lower-case letters, digits and _"),
        (#"{"name":"a","language":"1"}"#, "(#100) Param language must be a language code such as vi or en_US"),
        (#"{"name":"a","language":"vi","category":"MARKETING"}"#, "(#100) Param category must be UTILITY"),
        (#"{"name":"a","language":"vi","category":"UTILITY"}"#, "(#100) Param components must be an array"),
        (
            #"{"name":"a","language":"vi","category":"UTILITY","components":[]}"#,
            "(#100) Param components must have one BODY with a text of 1 to 1024 characters"
        ),
        (
            #"{"name":"a","language":"vi","category":"UTILITY","components":[{"type":"BODY","text":"a"},{"type":"BUTTONS","buttons":[{"type":"X"}]}]}"#,
            "(#100) Param components has a button of an unknown type"
        ),
    ])
    func `a template that makes no sense is refused`(body: String, reason: String) {
        let test = TestPlatform()
        #expect(test.post("me/message_templates", body).body["error"]?["message"] == .string(reason))
    }

    @Test func `a name is taken once in a language, and all of it needs a permission`() throws {
        let test = try TestPlatform.withOpenWindow()
        _ = test.post("me/message_templates", Self.order)
        #expect(
            test.post("me/message_templates", Self.order).text.contains(
                "(#100) There is a template order_sent in vi already"
            )
        )
        try test.change { $0.missingPermissions = ["page_utility_messaging"] }
        #expect(test.post("me/message_templates", Self.order).errorCode == "10")
        #expect(test.get("me/message_templates").errorCode == "10")
        #expect(test.utility().errorCode == "10")
    }

    @Test(arguments: [
        #"{"recipient":{"id":"5678"},"message":{"template":{"name":"a","language":{"code":"vi"}}}}"#,
        #"{"recipient":{"id":"5678"},"messaging_type":"UTILITY","message":{"text":"hi"}}"#,
    ])
    func `utility and template go together`(body: String) throws {
        let test = try TestPlatform.withOpenWindow()
        #expect(
            test.send(body).text.contains("(#100) A utility message needs messaging_type UTILITY and message[template]")
        )
    }

    @Test func `templates are looked at over HTTP`() async throws {
        try await LiveServer.run { server, _ in
            _ = try await server.post("/sandbox/page", #"{"reviews_templates":true}"#)
            let path = "/v25.0/me/message_templates?access_token=TOKEN"
            #expect(try await server.post(path, Self.order).contains(#""status":"PENDING""#))
            _ = try await server.post(
                "/sandbox/templates",
                #"{"name":"order_sent","language":"vi","status":"APPROVED"}"#
            )
            #expect(try await server.get(path).contains(#""status":"APPROVED""#))
        }
    }

    fileprivate static let order = template(
        "order_sent",
        "Chào {{1}}, đơn {{2}} đã gửi.",
        #",{"type":"BUTTONS","buttons":[{"type":"POSTBACK","text":"Theo dõi"}]}"#
    )

    private static func template(_ name: String, _ text: String, _ more: String = "") -> String {
        #"{"name":"\#(name)","language":"vi","category":"UTILITY","components":[{"type":"BODY","text":"\#(text)"}\#(more)]}"#
    }
}

extension TestPlatform {
    fileprivate func utility(components: String? = nil) -> GraphAnswer {
        let components =
            components
            ?? #"[{"type":"body","parameters":[{"type":"text","text":"Lan"},{"type":"text","text":"A1"}]},"#
            + #"{"type":"buttons","parameters":[{"type":"POSTBACK","payload":"TRACK_A1"}]}]"#
        return send(
            #"{"recipient":{"id":"5678"},"messaging_type":"UTILITY","message":{"template":{"name":"order_sent","#
                + #""language":{"code":"vi"},"components":\#(components)}}}"#
        )
    }
}
