import Testing

@testable import MessengerSandbox

/// What the page is, and what it set up.
struct PageTests {
    @Test func `the page knows itself`() {
        let test = TestPlatform()
        #expect(test.get("me", "fields=id,name").text == #"{"id":"1234567890","name":"Ti\u1ec7m Hoa"}"#)
        #expect(test.get("1234567890").text == #"{"name":"Ti\u1ec7m Hoa","id":"1234567890"}"#)
    }

    @Test func `a token tells what it is good for`() throws {
        let test = TestPlatform()
        try test.change { $0.missingPermissions = ["paid_marketing_messages", "page_utility_messaging"] }
        #expect(
            test.get("debug_token", "input_token=TOKEN").text == """
                {"data":{"app_id":"1517776481860111","type":"PAGE","profile_id":"1234567890","expires_at":0,\
                "is_valid":true,"scopes":["pages_messaging","pages_manage_metadata","pages_read_engagement",\
                "pages_read_user_content"]}}
                """
        )
        #expect(
            test.get("debug_token", "input_token=OTHER").text == """
                {"data":{"is_valid":false,"error":{"code":190,"message":"Invalid OAuth access token.","subcode":null}}}
                """
        )
        #expect(test.get("debug_token").text.contains("(#100) The parameter input_token is required"))
    }

    @Test func `the app may ask about a token that is dead, and for nothing else`() throws {
        let test = TestPlatform()
        try test.change { $0.deadToken = .expired }
        #expect(test.get("debug_token", "input_token=TOKEN").errorCode == "190/463")
        let app = "access_token=1517776481860111%7Ctest-app-secret"
        let answer = test.send(
            GraphCall(method: .get, object: "debug_token", query: "input_token=TOKEN&\(app)")
        )
        #expect(
            answer.text.hasSuffix(
                """
                "error":{"code":190,"message":"Error validating access token: Session has expired.","subcode":463}}}
                """
            )
        )
        #expect(test.send(GraphCall(method: .get, object: "me", query: app)).errorCode == "190")
    }

    @Test func `only what the page is subscribed to is told`() throws {
        let test = TestPlatform()
        #expect(test.get("me/subscribed_apps").text.contains(#""subscribed_fields":["feed","inbox_labels","#))
        #expect(
            test.post("1234567890/subscribed_apps", "", query: "subscribed_fields=messages,message_reads").text
                == #"{"success":"true"}"#
        )
        #expect(
            test.get("me/subscribed_apps").text == """
                {"data":[{"category":"Business",\
                "link":"https:\\/\\/www.facebook.com\\/games\\/?app_id=1517776481860111","name":"Messenger sandbox",\
                "id":"1517776481860111","subscribed_fields":["message_reads","messages"]}]}
                """
        )
        try test.write("hi")
        _ = test.sendText()
        try test.platform.read(by: "5678", now: test.now)
        #expect(test.webhooks().count == 2)
        #expect(test.delete("me/subscribed_apps").text == #"{"success":true}"#)
        #expect(test.get("me/subscribed_apps").text == #"{"data":[]}"#)
        try test.write("hi")
        #expect(test.webhooks() == [])
        #expect(test.post("me/subscribed_apps", #"{"subscribed_fields":["messages"]}"#).status == 200)
        try test.write("hi")
        #expect(test.webhooks().count == 1)
    }

    @Test(arguments: [
        ("{}", "(#100) The parameter subscribed_fields is required"),
        (#"{"subscribed_fields":["everything"]}"#, "(#100) Param subscribed_fields must be of {feed, "),
    ])
    func `a subscription that makes no sense is refused`(body: String, reason: String) {
        let test = TestPlatform()
        #expect(test.post("me/subscribed_apps", body).text.contains(reason))
    }

    @Test func `the Get Started button is what the page says`() throws {
        let test = TestPlatform()
        #expect(
            test.post("me/messenger_profile", #"{"get_started":{"payload":"BEGIN"}}"#).text
                == #"{"result":"success"}"#
        )
        #expect(
            test.get("me/messenger_profile", "fields=get_started,greeting").text
                == #"{"data":[{"get_started":{"payload":"BEGIN"}}]}"#
        )
        try test.write(nil, ref: "spring")
        #expect(test.webhooks()[0].contains(#""title":"Get Started","payload":"BEGIN","referral":{"ref":"spring""#))
        #expect(test.post("me/messenger_profile", #"{"colour":"red"}"#).errorCode == "100")
        #expect(
            test.post("me/messenger_profile", #"{"get_started":{}}"#).text.contains(
                "(#100) Param get_started[payload] must be a string of 1 to 1000 characters"
            )
        )
    }

    @Test func `without a Get Started button the page does not learn of the link of somebody new`() throws {
        let test = TestPlatform()
        let body = Array(#"{"fields":["get_started"]}"#.utf8)
        let answer = test.send(
            GraphCall(
                method: .delete,
                object: "me",
                edge: "messenger_profile",
                query: "access_token=TOKEN",
                body: body
            )
        )
        #expect(answer.text == #"{"result":"success"}"#)
        #expect(test.get("me/messenger_profile").text == #"{"data":[]}"#)
        try test.write("hi", ref: "spring")
        #expect(test.webhooks().count == 1)
    }

    @Test func `the profile is called ten times in ten minutes`() {
        let test = TestPlatform()
        for _ in 1...10 { #expect(test.get("me/messenger_profile").status == 200) }
        #expect(test.get("me/messenger_profile").errorCode == "613")
        test.now += 600_000
        #expect(test.get("me/messenger_profile").status == 200)
    }

    @Test func `personas are made, listed, used and deleted`() throws {
        let test = try TestPlatform.withOpenWindow()
        for name in ["An", "Bình"] {
            _ = test.post(
                "1234567890/personas",
                #"{"name":"\#(name)","profile_picture_url":"https://a.vn/1.jpg"}"#
            )
        }
        #expect(
            test.get("me/personas", "limit=1").text.hasPrefix(
                """
                {"data":[{"name":"An","profile_picture_url":"https:\\/\\/a.vn\\/1.jpg","id":"300000070000000002"}],\
                "paging":{"cursors":{"before":"MzAwMDAwMDcwMDAwMDAwMDAy","after":"MzAwMDAwMDcwMDAwMDAwMDAy"},"next":
                """
            )
        )
        let body = #"{"recipient":{"id":"5678"},"persona_id":"300000070000000002","message":{"text":"hi"}}"#
        #expect(test.send(body).status == 200)
        #expect(test.get("300000070000000002").text.contains(#""name":"An""#))
        #expect(test.delete("300000070000000002").text == #"{"success":true}"#)
        #expect(test.send(body).text.contains("(#100) Invalid persona ID"))
        #expect(test.delete("300000070000000002").errorCode == "100/33")
    }

    @Test(arguments: [
        (#"{"profile_picture_url":"https://a.vn"}"#, "(#100) Param name must be a string of 1 to 50 characters"),
        (#"{"name":"An"}"#, "(#100) Param profile_picture_url is required"),
    ])
    func `a persona without a name or a picture is refused`(body: String, reason: String) {
        let test = TestPlatform()
        #expect(test.post("me/personas", body).body["error"]?["message"] == .string(reason))
    }

    @Test func `some profiles are empty, and some people have none`() throws {
        let test = TestPlatform()
        _ = try test.platform.addPerson(id: "5678", name: "Nguyễn Thị Lan")
        #expect(
            test.get("5678", "fields=name,first_name,last_name,locale").text
                == #"{"name":"Nguy\u1ec5n Th\u1ecb Lan","first_name":"Lan","last_name":"Nguy\u1ec5n Th\u1ecb","id":"5678"}"#
        )
        try test.platform.setProfileAccess(.empty, of: "5678")
        #expect(test.get("5678", "fields=name").text == "{}")
        try test.platform.setProfileAccess(.none, of: "5678")
        #expect(test.get("5678", "fields=name").errorCode == "100/2018218")
    }

    @Test func `the page is set up over HTTP`() async throws {
        try await LiveServer.run { server, _ in
            try server.sandbox.write(as: "5678", name: nil, text: "hi", ref: nil)
            #expect(
                try await server.post("/sandbox/profile", #"{"person":"5678","access":"empty"}"#).hasPrefix(
                    "HTTP/1.1 200 "
                )
            )
            #expect(try await server.get("/v25.0/5678?fields=name&access_token=TOKEN").hasSuffix("\r\n\r\n{}"))
            #expect(
                try await server.post(
                    "/v25.0/1234567890/subscribed_apps?subscribed_fields=messages&access_token=TOKEN",
                    ""
                ).hasSuffix(#"{"success":"true"}"#)
            )
            #expect(
                try await server.get("/v25.0/me?fields=id&access_token=TOKEN").hasSuffix(#"{"id":"1234567890"}"#)
            )
            #expect(
                try await server.delete("/v25.0/me/subscribed_apps?access_token=TOKEN").hasSuffix(
                    #"{"success":true}"#
                )
            )
        }
    }
}
