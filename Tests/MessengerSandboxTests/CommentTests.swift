import Testing

@testable import MessengerSandbox

/// Comments under the page's posts, and the private replies to them.
struct CommentTests {
    private static let day: Int64 = 86_400_000

    @Test func `a comment is told as a change of the feed, with times in seconds`() throws {
        let test = TestPlatform()
        let comment = try test.comment("giá bao nhiêu?", as: "5678", name: "Lan")
        #expect(comment.id == "901_300000070000000001")
        #expect(
            test.webhooks() == [
                #"""
                {"object":"page","entry":[{"id":"1234567890","time":1459991487,"changes":[{"field":"feed","value":{\#
                "item":"comment","verb":"add","comment_id":"901_300000070000000001","post_id":"1234567890_901",\#
                "parent_id":"1234567890_901","from":{"id":"5678","name":"Lan"},"created_time":1459991487,\#
                "message":"gi\u00e1 bao nhi\u00eau?"}}]}]}
                """#
            ]
        )
    }

    @Test func `an answer to a comment, an anonymous one and the page's own say so`() throws {
        let test = TestPlatform()
        let comment = try test.comment("one", as: "5678")
        _ = test.webhooks()
        var draft = CommentDraft()
        draft.parent = comment.id
        draft.isByPage = true
        draft.text = "Cảm ơn"
        _ = try test.platform.comment(draft, now: test.now)
        draft = CommentDraft()
        draft.isAnonymous = true
        _ = try test.platform.comment(draft, now: test.now)
        let webhooks = test.webhooks()
        #expect(
            webhooks[0].contains(
                #""post_id":"1234567890_901","parent_id":"901_300000070000000001","from":{"id":"1234567890","name":"Ti\u1ec7m Hoa"}"#
            )
        )
        #expect(
            webhooks[1].contains(
                #""post_id":"1234567890_1","parent_id":"1234567890_1","created_time":1459991487}"#
            )
        )
    }

    @Test func `edited and removed comments are told`() throws {
        let test = TestPlatform()
        let comment = try test.comment("one", as: "5678")
        _ = test.webhooks()
        try test.platform.editComment(comment.id, text: "two", now: test.now)
        try test.platform.removeComment(comment.id, now: test.now)
        let webhooks = test.webhooks()
        #expect(webhooks[0].contains(#""item":"comment","verb":"edited","comment_id":"901_300000070000000001""#))
        #expect(webhooks[0].contains(#""message":"two""#))
        #expect(webhooks[1].contains(#""verb":"remove""#))
        #expect(!webhooks[1].contains(#""message""#))
        #expect(test.reply(to: comment.id).errorCode == "100/2018292")
    }

    @Test(
        arguments: [
            ("999_1", nil, "a post of the page has an id such as 1234567890_1"),
            ("1234567890_x", nil, "a post of the page has an id such as 1234567890_1"),
            (nil, "1_2", "there is no comment 1_2"),
        ] as [(String?, String?, String)]
    )
    func `a comment under nothing is refused, and creates nobody`(post: String?, parent: String?, why: String) {
        let test = TestPlatform()
        var draft = CommentDraft()
        draft.post = post
        draft.parent = parent
        #expect(throws: ControlError.invalid(why)) { try test.platform.comment(draft, now: test.now) }
        #expect(test.platform.people == [])
    }

    @Test func `a comment gets one private reply, which does not open the window`() throws {
        let test = TestPlatform()
        let comment = try test.comment("giá?", as: "5678")
        _ = test.webhooks()
        #expect(test.reply(to: comment.id).text == #"{"recipient_id":"5678","message_id":"m_7-2"}"#)
        #expect(test.webhooks()[0].contains(#""recipient":{"id":"5678"}"#))
        #expect(test.platform.log.entries(after: 0, of: "5678", count: 9).map(\.comment) == [comment.id])
        #expect(
            test.reply(to: comment.id).text == """
                {"error":{"message":"(#10900) Activity already replied to","type":"OAuthException","code":10900,\
                "fbtrace_id":"A7-3"}}
                """
        )
        #expect(test.sendText().errorCode == "10/2018278")
        try test.write("cho mình 1 bó")
        #expect(test.sendText().status == 200)
    }

    @Test func `a private reply may have any form, and ends after seven days`() throws {
        let test = TestPlatform()
        let comment = try test.comment("giá?", as: "5678")
        let template =
            #"{"attachment":{"type":"template","payload":{"template_type":"button","text":"Mời bạn","#
            + #""buttons":[{"type":"postback","title":"Xem","payload":"P"}]}}}"#
        test.now += 7 * Self.day - 1
        #expect(test.reply(to: comment.id, template).status == 200)
        let late = try test.comment("giá?", as: "5678")
        test.now += 7 * Self.day
        #expect(test.reply(to: late.id, template).errorCode == "10903")
    }

    @Test func `no private reply goes to an unknown comment, the page itself or who blocked the page`() throws {
        let test = TestPlatform()
        #expect(test.reply(to: "1_2").text.contains("(#100) Invalid comment_id parameter"))
        var draft = CommentDraft()
        draft.isByPage = true
        #expect(test.reply(to: try test.platform.comment(draft, now: test.now).id).errorCode == "10903")
        let comment = try test.comment("giá?", as: "5678")
        try test.platform.setBlocked(true, by: "5678")
        #expect(test.reply(to: comment.id).errorCode == "551/1545041")
        let typing = #"{"recipient":{"comment_id":"\#(comment.id)"},"sender_action":"typing_on"}"#
        #expect(test.send(typing).text.contains("(#100) Param recipient must have id with a sender_action"))
    }

    @Test func `who got a private reply and follows a link has a conversation already`() throws {
        let test = TestPlatform()
        let comment = try test.comment("giá?", as: "5678")
        _ = test.reply(to: comment.id)
        _ = test.webhooks()
        try test.write(nil, ref: "spring")
        #expect(test.webhooks().last?.contains(#""referral":{"ref":"spring","#) == true)
        #expect(test.sendText().status == 200)
    }

    @Test func `the comments of a post are listed page by page`() throws {
        let test = TestPlatform()
        let first = try test.comment("một", as: "5678", name: "Lan")
        for text in ["hai", "ba"] { _ = try test.comment(text, as: "5678") }
        #expect(
            test.get("1234567890_901/comments", "limit=2&fields=id,message,from,created_time,can_reply_privately").text
                == #"""
                {"data":[{"id":"901_300000070000000001","message":"m\u1ed9t","from":{"id":"5678","name":"Lan"},\#
                "created_time":"2016-04-07T01:11:27+0000","can_reply_privately":true},\#
                {"id":"901_300000070000000002","message":"hai","from":{"id":"5678","name":"Lan"},\#
                "created_time":"2016-04-07T01:11:27+0000","can_reply_privately":true}],\#
                "paging":{"cursors":{"before":"MQ==","after":"Mg=="},\#
                "next":"http:\/\/127.0.0.1:0\/v25.0\/1234567890_901\/comments?limit=2&after=Mg%3D%3D"}}
                """#
        )
        #expect(
            test.get("1234567890_901/comments", "limit=2&after=Mg%3D%3D&fields=message").text == """
                {"data":[{"message":"ba","id":"901_300000070000000003"}],\
                "paging":{"cursors":{"before":"Mw==","after":"Mw=="}}}
                """
        )
        #expect(
            test.get("1234567890_901/comments", "order=reverse_chronological&limit=1&fields=message").text.hasPrefix(
                #"{"data":[{"message":"ba","id":"901_300000070000000003"}],"#
            )
        )
        #expect(test.get("1234567890_999/comments").errorCode == "100/33")
        #expect(test.get(first.id, "fields=message").text == #"{"message":"m\u1ed9t","id":"901_300000070000000001"}"#)
        #expect(
            test.get("me/feed").text == """
                {"data":[{"created_time":"2016-04-07T01:11:27+0000","id":"1234567890_901"}],\
                "paging":{"cursors":{"before":"MA==","after":"MA=="}}}
                """
        )
    }

    @Test func `answers to comments are in the stream only`() throws {
        let test = TestPlatform()
        let first = try test.comment("một", as: "5678")
        var draft = CommentDraft()
        draft.parent = first.id
        draft.text = "hai"
        _ = try test.platform.comment(draft, now: test.now)
        #expect(!test.get("1234567890_901/comments").text.contains("hai"))
        #expect(
            test.get("1234567890_901/comments", "filter=stream&fields=message,parent").text.contains(
                #"{"message":"hai","parent":{"id":"901_300000070000000001"},"id":"#
            )
        )
    }

    @Test(arguments: [
        ("limit=0", "(#100) Param limit must be a positive integer"),
        ("after=%21", "(#100) Invalid cursors values for paging"),
        ("filter=all", "(#100) Param filter must be one of {toplevel, stream}"),
        ("order=ranked", "(#100) Param order must be one of {chronological, reverse_chronological}"),
        ("fields=from{", #"Syntax error \"Expected name.\" at end of string."#),
        ("fields=id,,from", #"Syntax error at \",from\"."#),
        ("fields=a{b{c{d{e}}}}", "(#100) Param fields goes deeper than 4 levels"),
    ])
    func `a question that makes no sense is refused`(query: String, reason: String) throws {
        let test = TestPlatform()
        _ = try test.comment("một", as: "5678")
        #expect(test.get("1234567890_901/comments", query).text.contains(reason))
    }

    @Test func `comments go in and out over HTTP`() async throws {
        try await LiveServer.run { server, _ in
            let made = try await server.post("/sandbox/comments", #"{"person":"5678","name":"Lan","message":"giá?"}"#)
            #expect(
                made.hasSuffix(
                    #"{"comment_id":"1_300000070000000001","post_id":"1234567890_1","person":"5678"}"#
                )
            )
            let reply = try await server.post(
                "/v25.0/me/messages?access_token=TOKEN",
                #"{"recipient":{"comment_id":"1_300000070000000001"},"message":{"text":"hi"}}"#
            )
            #expect(reply.hasSuffix(#"{"recipient_id":"5678","message_id":"m_7-2"}"#))
            #expect(
                try await server.get("/sandbox/comments").hasSuffix(
                    """
                    [{"comment_id":"1_300000070000000001","post_id":"1234567890_1","parent_id":null,"person":"5678",\
                    "message":"gi\\u00e1?","at":1459991487970,"private_reply":"m_7-2","may_be_replied_to":false}]
                    """
                )
            )
            #expect(
                try await server.get("/sandbox/messages").contains(#""comment_id":"1_300000070000000001"}]"#)
            )
            let list = try await server.get("/v25.0/1234567890_1/comments?access_token=TOKEN&limit=1")
            #expect(list.contains(#""message":"gi\u00e1?","id":"1_300000070000000001"}]"#))
            _ = try await server.post("/sandbox/comments", #"{"person":"5678"}"#)
            #expect(
                try await server.get("/v25.0/1234567890_1/comments?access_token=TOKEN&limit=1").contains(
                    #""next":"http:\/\/127.0.0.1:\#(server.port)\/v25.0\/1234567890_1\/comments?limit=1&after=MQ%3D%3D""#
                )
            )
            _ = try await server.post(
                "/sandbox/comments/remove",
                #"{"comment_id":"1_300000070000000001"}"#
            )
            #expect(!(try await server.get("/sandbox/comments").contains("giá")))
        }
    }
}
