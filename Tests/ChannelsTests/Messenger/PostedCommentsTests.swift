import DripCore
import TestSupport
import Testing

@testable import Channels

/// The comments below a post, as the platform lists them.
@Suite struct PostedCommentsTests {
    @Test func `comments of others, and where the next ones begin`() {
        let answer = answer(
            200,
            #"""
            {"data":[{"id":"901_1","created_time":"2022-07-12T19:11:07+0000","from":{"id":"77","name":"Trần Lan"},\#
            "message":"Đã share","can_reply_privately":true},\#
            {"id":"901_2","created_time":"2022-07-12T19:11:08+0000","message":"","can_reply_privately":false},\#
            {"id":"901_3","created_time":"2022-07-12T19:11:09+0000","from":{"id":1,"name":"Shop"},"message":"Cảm ơn"}],\#
            "paging":{"cursors":{"before":"a","after":"b="},"next":"https://graph.facebook.com/…&access_token=secret"}}
            """#
        )
        let at = Instant(milliseconds: 1_657_653_067_000)
        #expect(
            answer
                == .found(
                    PostedComments(
                        comments: [
                            PostedComment(
                                id: "901_1",
                                at: at,
                                author: "77",
                                name: "Trần Lan",
                                text: "Đã share",
                                mayBeRepliedTo: true
                            ),
                            PostedComment(
                                id: "901_2",
                                at: at + .seconds(1),
                                author: nil,
                                name: nil,
                                text: nil,
                                mayBeRepliedTo: false
                            ),
                        ],
                        next: "b="
                    )
                )
        )
    }

    @Test func `the last ones have cursors, too, and no next`() {
        #expect(
            answer(200, #"{"data":[],"paging":{"cursors":{"before":"a","after":"b"}}}"#)
                == .found(PostedComments(comments: [], next: nil))
        )
    }

    @Test(arguments: [#"{"id":"901_1"}"#, #"{"created_time":"2022-07-12T19:11:07+0000"}"#, "7", "null"])
    func `what has no id or no time is passed over`(item: String) {
        #expect(answer(200, #"{"data":[\#(item)]}"#) == .found(PostedComments(comments: [], next: nil)))
    }

    @Test func `what the platform says in place of a list`() {
        #expect(
            answer(400, #"{"error":{"code":100,"error_subcode":33,"message":"Unsupported get request."}}"#)
                == .unknownPost(why: "100/33 Unsupported get request.")
        )
        #expect(
            answer(403, #"{"error":{"code":10,"message":"(#10) Permission"}}"#) == .refused(why: "10 (#10) Permission")
        )
        #expect(answer(401, #"{"error":{"code":190,"message":"expired"}}"#) == .refused(why: "190 expired"))
        #expect(answer(400, #"{"error":{"code":80001,"message":"slow"}}"#) == .later(why: "80001 slow"))
        #expect(answer(200, "{}") == .later(why: "HTTP 200 without a list"))
        #expect(answer(502, "<html>") == .later(why: "HTTP 502 with an answer that is not the platform's"))
    }

    @Test func `the question goes to the post, with the page's token`() async {
        let transport = ScriptedTransport(.success(.json(200, #"{"data":[]}"#)))
        let channel = MessengerChannel(transport: transport, graphURL: "https://g/v25.0", tokens: ["1": "T&"])
        #expect(
            await channel.comments(under: "1_901", of: "1", after: "b=")
                == .found(PostedComments(comments: [], next: nil))
        )
        #expect(
            transport.requests.map(\.url) == [
                "https://g/v25.0/1_901/comments?filter=stream&order=chronological&limit=50"
                    + "&fields=id%2Ccreated_time%2Cfrom%2Cmessage%2Ccan_reply_privately&after=b%3D"
            ]
        )
        #expect(
            await channel.comments(under: "2_9", of: "2", after: nil)
                == .refused(why: "page 2 is not in the configuration any more")
        )
        #expect(transport.requests.count == 1)
    }

    private func answer(_ status: Int, _ body: String) -> PostedCommentsAnswer {
        PostedCommentsResponse(.json(status, body), page: "1").answer
    }
}
