import Testing

@testable import MessengerSandbox

/// Pages that may not call, or not everything.
struct StandingTests {
    @Test func `a restricted page cannot send until it is free again, and can read`() throws {
        let test = try TestPlatform.withOpenWindow()
        try test.change { $0.isRestricted = true }
        #expect(
            test.sendText().text == """
                {"error":{"message":"(#10) This Page is temporarily restricted from sending messages.",\
                "type":"OAuthException","code":10,"error_subcode":1893063,"fbtrace_id":"A7-2"}}
                """
        )
        #expect(test.get("me/conversations").status == 200)
        try test.change { $0.isRestricted = false }
        #expect(test.sendText().status == 200)
    }

    @Test(arguments: [
        (PageStanding.DeadToken.expired, "190/463", "Error validating access token: Session has expired."),
        (.passwordChanged, "190/460", "Error validating access token: The session has been invalidated because"),
        (.appRemoved, "190/458", "Error validating access token: The user has not authorized the application."),
    ])
    func `a dead token is good for nothing`(dead: PageStanding.DeadToken, code: String, message: String) throws {
        let test = try TestPlatform.withOpenWindow()
        try test.change { $0.deadToken = dead }
        for answer in [test.sendText(), test.get("me/conversations"), test.get("5678")] {
            #expect(answer.status == 401)
            #expect(answer.errorCode == code)
            #expect(answer.text.contains(message))
        }
    }

    @Test func `what is not permitted is refused`() throws {
        let test = try TestPlatform.withOpenWindow()
        _ = try test.comment("giá?", as: "5678")
        try test.change { $0.missingPermissions = ["pages_messaging"] }
        #expect(test.sendText().text.contains("(#230) Requires pages_messaging permission to manage the object"))
        #expect(test.get("me/conversations").errorCode == "230")
        #expect(test.get("1234567890_901/comments").status == 200)
        try test.change { $0.missingPermissions = ["pages_read_engagement"] }
        #expect(test.sendText().status == 200)
        #expect(
            test.get("1234567890_901/comments").text.contains(
                "(#10) This endpoint requires the 'pages_read_engagement' permission."
            )
        )
        #expect(test.get("me/conversations").errorCode == "10")
        #expect(
            throws: ControlError.invalid(
                """
                missing_permissions may have pages_messaging, pages_manage_metadata, pages_read_engagement, \
                pages_read_user_content, page_utility_messaging, paid_marketing_messages
                """
            )
        ) {
            try test.change { $0.missingPermissions = ["everything"] }
        }
    }

    @Test func `what the platform does to the page is told without a sender`() {
        let test = TestPlatform()
        test.platform.enforcePolicy(.block, reason: "Spam", now: test.now)
        #expect(
            test.webhooks() == [
                """
                {"object":"page","entry":[{"id":"1234567890","time":1459991487970,"messaging":[\
                {"recipient":{"id":"1234567890"},"timestamp":1459991487970,\
                "policy_enforcement":{"action":"block","reason":"Spam"}}]}]}
                """
            ]
        )
    }

    @Test func `the page's standing is changed over HTTP, each part by itself`() async throws {
        try await LiveServer.run { server, _ in
            try server.sandbox.write(as: "5678", name: nil, text: "hi", ref: nil)
            _ = try await server.post("/sandbox/page", #"{"restricted":true}"#)
            #expect(try await server.sendText().contains(#""error_subcode":1893063"#))
            let answer = try await server.post(
                "/sandbox/page",
                #"{"token":"password_changed","missing_permissions":["pages_messaging"]}"#
            )
            #expect(
                answer.hasSuffix(
                    #"{"restricted":true,"token":"password_changed","reviews_templates":false,"missing_permissions":["pages_messaging"]}"#
                )
            )
            #expect(try await server.sendText().hasPrefix("HTTP/1.1 401 "))
            let fine = #"{"restricted":false,"token":"alive","reviews_templates":false,"missing_permissions":[]}"#
            #expect(try await server.post("/sandbox/page", fine).hasSuffix(fine))
            #expect(try await server.sendText().hasPrefix("HTTP/1.1 200 "))
            #expect(
                try await server.post("/sandbox/page", #"{"token":"lost"}"#).hasSuffix(
                    #"{"error":"token must be one of alive, expired, password_changed, app_removed"}"#
                )
            )
            #expect(
                try await server.post("/sandbox/policy", "{}").hasSuffix(
                    #"{"error":"action must be one of warning, block, unblock"}"#
                )
            )
        }
    }
}
