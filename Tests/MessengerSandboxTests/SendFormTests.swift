import Testing

@testable import MessengerSandbox

/// What the Send API makes of a call's form, before people and time matter.
struct SendFormTests {
    @Test(arguments: [
        #"{"text":"hi"}"#,
        #"{"text":"\#(String(repeating: "ộ", count: 1999))"}"#,
        #"{"text":"hi","metadata":"\#(String(repeating: "m", count: 999))"}"#,
        #"{"text":"hi","quick_replies":[{"content_type":"text","title":"Red","payload":"R"},{"content_type":"user_email"}]}"#,
        #"{"attachment":{"type":"image","payload":{"url":"https://a.vn/1.jpg"}}}"#,
        #"{"attachment":{"type":"file","payload":{"url":"HTTP://a.vn/1.pdf"}}}"#,
        #"{"attachments":[\#(Array(repeating: image, count: 30).joined(separator: ","))]}"#,
        template(text: String(repeating: "t", count: 640), buttons: Array(repeating: button, count: 3)),
        template(buttons: [#"{"type":"postback","title":"Start","payload":"P"}"#]),
        template(buttons: [#"{"type":"phone_number","title":"Call","payload":"+15105559999"}"#]),
        cards(count: 10),
        cards(#"{"title":"\#(String(repeating: "ộ", count: 80))","buttons":[\#(button),\#(button),\#(button)]}"#),
        cards(#"{"title":"Phở","image_url":"https://a.vn/1.jpg"}"#),
        cards(#"{"title":"Phở","default_action":{"type":"web_url","url":"https://a.vn"}}"#),
    ])
    func `a message within the limits is accepted`(message: String) throws {
        let test = try TestPlatform.withOpenWindow()
        let decision = test.send(#"{"recipient":{"id":"5678"},"messaging_type":"RESPONSE","message":\#(message)}"#)
        #expect(decision.status == 200)
        #expect(decision.text == #"{"recipient_id":"5678","message_id":"m_7-2"}"#)
    }

    @Test(arguments: [
        (#"{}"#, "(#100) Message cannot be empty, must provide valid attachment or text"),
        (#"{"text":""}"#, "(#100) Message cannot be empty, must provide valid attachment or text"),
        (#"{"text":7}"#, "(#100) Param message[text] must be a string"),
        (
            #"{"text":"\#(String(repeating: "x", count: 2000))"}"#,
            "(#100) Length of param message[text] must be less than or equal to 1999"
        ),
        (
            #"{"text":"hi","metadata":"\#(String(repeating: "m", count: 1000))"}"#,
            "(#100) Length of param message[metadata] must be less than or equal to 999"
        ),
        (
            #"{"text":"hi","attachment":\#(image)}"#,
            "(#100) Param message must have exactly one of text, attachment and attachments"
        ),
        (
            #"{"attachment":{"type":"image","payload":{"url":"ftp://a.vn/1.jpg"}}}"#,
            "(#100) Param message[attachment][payload][url] must be an http or https URL"
        ),
        (
            #"{"attachment":{"type":"image","payload":{}}}"#,
            "(#100) Param message[attachment][payload][url] is required"
        ),
        (
            #"{"attachment":{"type":"image","payload":{"url":"https://a.vn/1.jpg","attachment_id":"1"}}}"#,
            "(#100) Param message[attachment] must have exactly one of payload[url], payload[attachment_id] and filedata"
        ),
        (
            #"{"attachment":{"type":"image","payload":{"attachment_id":"1"}}}"#,
            "(#100) Invalid attachment ID"
        ),
        (
            #"{"attachment":{"type":"gif","payload":{"url":"https://a.vn/1.gif"}}}"#,
            "(#100) Param message[attachment][type] must be one of {image, audio, video, file, template}"
        ),
        (
            #"{"attachments":[]}"#,
            "(#100) Param message[attachments] must be an array of 1 to 30 images"
        ),
        (
            #"{"attachments":[\#(Array(repeating: image, count: 31).joined(separator: ","))]}"#,
            "(#100) Param message[attachments] must be an array of 1 to 30 images"
        ),
        (
            #"{"attachments":[\#(image),{"type":"video","payload":{"url":"https://a.vn/1.mp4"}}]}"#,
            "(#100) Param message[attachments][1] must be an image"
        ),
        (
            template(text: String(repeating: "t", count: 641), buttons: [button]),
            "(#100) Length of param message[attachment][payload][text] must be less than or equal to 640"
        ),
        (
            template(buttons: []),
            "(#100) Param message[attachment][payload][buttons] must be an array of 1 to 3"
        ),
        (
            template(buttons: Array(repeating: button, count: 4)),
            "(#100) Param message[attachment][payload][buttons] must be an array of 1 to 3"
        ),
        (
            template(buttons: [#"{"type":"web_url","title":"Go"}"#]),
            "(#100) Param message[attachment][payload][buttons][0][url] is required"
        ),
        (
            template(buttons: [#"{"type":"web_url","url":"https://a.vn","title":"abcdefghijklmnopqrstu"}"#]),
            "(#100) Length of param message[attachment][payload][buttons][0][title] must be less than or equal to 20"
        ),
        (
            template(buttons: [#"{"type":"phone_number","title":"Call","payload":"0901"}"#]),
            "(#100) Param message[attachment][payload][buttons][0][payload] must be a phone number: + and digits"
        ),
        (
            #"{"attachment":{"type":"template","payload":{"template_type":"media","elements":[]}}}"#,
            "(#100) Param message[attachment][payload][template_type] must be button, generic or one_time_notif_req: the sandbox supports no other template"
        ),
        (
            cards(count: 0),
            "(#100) Param message[attachment][payload][elements] must be an array of 1 to 10"
        ),
        (
            cards(count: 11),
            "(#100) Param message[attachment][payload][elements] must be an array of 1 to 10"
        ),
        (
            cards(#"{"title":"Phở"}"#),
            "(#100) Param message[attachment][payload][elements][0] must have at least one property besides title"
        ),
        (
            cards(#"{"subtitle":"20.000đ"}"#),
            "(#100) Param message[attachment][payload][elements][0][title] is required"
        ),
        (
            cards(#"{"title":"Phở","subtitle":"\#(String(repeating: "s", count: 81))"}"#),
            "(#100) Length of param message[attachment][payload][elements][0][subtitle] must be less than or equal to 80"
        ),
        (
            cards(#"{"title":"Phở","image_url":"pho.jpg"}"#),
            "(#100) Param message[attachment][payload][elements][0][image_url] must be an http or https URL"
        ),
        (
            cards(#"{"title":"Phở","default_action":{"type":"web_url","url":"https://a.vn","title":"Xem"}}"#),
            "(#100) Param message[attachment][payload][elements][0][default_action] must be a web_url without a title"
        ),
        (
            cards(#"{"title":"Phở","buttons":[]}"#),
            "(#100) Param message[attachment][payload][elements][0][buttons] must be an array of 1 to 3"
        ),
        (
            #"{"text":"hi","quick_replies":[\#(Array(repeating: quickReply, count: 14).joined(separator: ","))]}"#,
            "(#100) Param message[quick_replies] must be an array of at most 13"
        ),
        (
            #"{"text":"hi","quick_replies":[{"content_type":"text","title":"abcdefghijklmnopqrstu","payload":"P"}]}"#,
            "(#100) Length of param message[quick_replies][0][title] must be less than or equal to 20"
        ),
        (
            #"{"text":"hi","quick_replies":[{"content_type":"location"}]}"#,
            "(#100) Param message[quick_replies][0][content_type] must be one of {text, user_phone_number, user_email}"
        ),
    ])
    func `a message beyond the limits is refused with the reason`(message: String, reason: String) throws {
        let test = try TestPlatform.withOpenWindow()
        let decision = test.send(#"{"recipient":{"id":"5678"},"message":\#(message)}"#)
        #expect(decision.status == 400)
        #expect(decision.body["error"]?["message"] == .string(reason))
        #expect(decision.body["error"]?["code"] == 100)
        #expect(test.webhooks() == [])
    }

    @Test(arguments: [
        (#"[]"#, "(#100) The request body is not a JSON object"),
        (#"{"message":{"text":"hi"}}"#, "(#100) The parameter recipient is required"),
        (
            #"{"recipient":{"user_ref":"u"},"message":{"text":"hi"}}"#,
            "(#100) The sandbox does not support recipient[user_ref], only {id, comment_id, one_time_notif_token}"
        ),
        (
            #"{"recipient":{"id":"5678","comment_id":"1_2"},"message":{"text":"hi"}}"#,
            "(#100) Param recipient must have exactly one of {id, comment_id, one_time_notif_token}"
        ),
        (#"{"recipient":{"id":true},"message":{"text":"hi"}}"#, "(#100) Param recipient[id] must be a string"),
        (
            #"{"recipient":{"id":"5678"},"messaging_type":"REPLY","message":{"text":"hi"}}"#,
            "(#100) Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG, UTILITY}"
        ),
        (
            #"{"recipient":{"id":"5678"},"messaging_type":"UTILITY","message":{"template":{"name":"x"}}}"#,
            "(#100) Param message[template] must have name and language[code]"
        ),
        (
            #"{"recipient":{"id":"5678"},"messaging_type":"MESSAGE_TAG","message":{"text":"hi"}}"#,
            "(#100) Param tag is required with messaging_type MESSAGE_TAG"
        ),
        (
            #"{"recipient":{"id":"5678"},"notification_type":"LOUD","message":{"text":"hi"}}"#,
            "(#100) Param notification_type must be one of {REGULAR, SILENT_PUSH, NO_PUSH}"
        ),
        (
            #"{"recipient":{"id":"5678"},"sender_action":"typing_on","message":{"text":"hi"}}"#,
            "(#100) Cannot send both message and state at the same time."
        ),
        (
            #"{"recipient":{"id":"5678"},"sender_action":"wave"}"#,
            "(#100) Param sender_action must be one of {typing_on, typing_off, mark_seen}"
        ),
    ])
    func `a call that makes no sense is refused with the reason`(body: String, reason: String) throws {
        let test = try TestPlatform.withOpenWindow()
        #expect(test.send(body).body["error"]?["message"] == .string(reason))
    }

    @Test func `an error has the platform's shape`() {
        let test = TestPlatform()
        #expect(
            test.sendText().text == """
                {"error":{"message":"(#100) No matching user found","type":"OAuthException","code":100,\
                "error_subcode":2018001,"fbtrace_id":"A7-1"}}
                """
        )
    }

    @Test(arguments: [
        "recipient=%7B%22id%22%3A%225678%22%7D&message=%7B%22text%22%3A%22hi+there%22%7D&access_token=TOKEN",
        "recipient={'id':'5678'}&message={'text':'hi+there'}&access_token=TOKEN",
    ])
    func `a form whose values are JSON is taken`(form: String) throws {
        let test = try TestPlatform.withOpenWindow()
        let decision = test.send(
            GraphCall(
                object: "me",
                edge: "messages",
                contentType: "application/x-www-form-urlencoded; charset=utf-8",
                body: Array(form.utf8)
            )
        )
        #expect(decision.status == 200)
        #expect(test.platform.log.entries(after: 1, of: nil, count: 9).map(\.text) == ["hi there"])
    }

    @Test func `a body of another kind is refused with the reason`() {
        let test = TestPlatform()
        let decision = test.send(
            GraphCall(object: "me", edge: "messages", query: "access_token=TOKEN", contentType: "text/plain", body: [])
        )
        #expect(
            decision.body["error"]?["message"]
                == "(#100) The sandbox takes JSON, x-www-form-urlencoded and multipart bodies, not text/plain"
        )
    }

    @Test func `the token is taken from the query, the body or the header, and must be right`() throws {
        let test = try TestPlatform.withOpenWindow()
        let body = #"{"recipient":{"id":"5678"},"message":{"text":"hi"}}"#
        var call = GraphCall(object: TestPlatform.page, edge: "messages", body: Array(body.utf8))
        #expect(
            test.send(call).text == #"""
                {"error":{"message":"An access token is required to request this resource.","type":"OAuthException",\#
                "code":190,"fbtrace_id":"A7-2"}}
                """#
        )
        call.authorization = "Bearer WRONG"
        #expect(test.send(call).status == 401)
        #expect(test.send(call).errorCode == "190")
        call.authorization = "Bearer TOKEN"
        #expect(test.send(call).status == 200)
        call.authorization = nil
        call.body = Array(#"{"access_token":"TOKEN","recipient":{"id":5678},"message":{"text":"hi"}}"#.utf8)
        #expect(test.send(call).status == 200)
    }

    @Test func `a path that is not the page's is refused`() throws {
        let test = try TestPlatform.withOpenWindow()
        let body = Array(#"{"recipient":{"id":"5678"},"message":{"text":"hi"}}"#.utf8)
        let otherPage = test.send(GraphCall(object: "999", edge: "messages", query: "access_token=TOKEN", body: body))
        #expect(otherPage.errorCode == "100/33")
        let noVersion = test.send(
            GraphCall(version: "25", object: "me", edge: "messages", query: "access_token=TOKEN", body: body)
        )
        #expect(noVersion.errorCode == "2500")
    }

    private static let image = #"{"type":"image","payload":{"url":"https://a.vn/1.jpg"}}"#
    private static let button = #"{"type":"web_url","url":"https://a.vn","title":"Visit"}"#
    private static let quickReply = #"{"content_type":"user_email"}"#

    private static func cards(_ cards: String...) -> String {
        #"{"attachment":{"type":"template","payload":{"template_type":"generic","#
            + #""elements":[\#(cards.joined(separator: ","))]}}}"#
    }

    private static func cards(count: Int) -> String {
        #"{"attachment":{"type":"template","payload":{"template_type":"generic","elements":["#
            + Array(repeating: #"{"title":"Phở","subtitle":"40.000đ"}"#, count: count).joined(separator: ",") + "]}}}"
    }

    private static func template(text: String = "What next?", buttons: [String]) -> String {
        #"{"attachment":{"type":"template","payload":{"template_type":"button","text":"\#(text)","#
            + #""buttons":[\#(buttons.joined(separator: ","))]}}}"#
    }
}
