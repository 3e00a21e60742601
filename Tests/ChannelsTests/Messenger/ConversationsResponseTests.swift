import DripCore
import Foundation
import TestSupport
import Testing

@testable import Channels

/// A page's list of conversations, as the platform writes it.
@Suite struct ConversationsResponseTests {
    @Test func `conversations with their messages, and where the next ones begin`() {
        let answer = answer(
            200,
            #"""
            {"data":[{"id":"t_1","updated_time":"2022-07-12T19:11:07+0000","participants":{"data":[\#
            {"name":"Trần Lan","email":"77@facebook.com","id":"77"},{"name":"Shop","email":"1@facebook.com","id":"1"}]},\#
            "messages":{"data":[{"id":"m_2","created_time":"2022-07-12T19:11:07+0000","from":{"name":"Shop","id":"1"},"message":"Chào"},\#
            {"id":"m_1","created_time":"2022-07-12T19:10:00+0000","from":{"id":"77"},"message":""},\#
            {"id":"m_0","created_time":"2022-07-12T19:09:00+0000"}]}}],\#
            "paging":{"cursors":{"before":"a","after":"b="},"next":"https://graph.facebook.com/…&access_token=secret"}}
            """#
        )
        let at = Instant(milliseconds: 1_657_653_067_000)
        #expect(
            answer
                == .found(
                    ConversationPage(
                        conversations: [
                            Conversation(
                                person: "77",
                                name: "Trần Lan",
                                updatedAt: at,
                                messages: [
                                    .init(id: "m_2", at: at, isFromPerson: false, text: "Chào"),
                                    .init(id: "m_1", at: at - .seconds(67), isFromPerson: true, text: nil),
                                ],
                                reach: at - .seconds(67)
                            )
                        ],
                        next: "b="
                    )
                )
        )
    }

    @Test func `the last ones have cursors, too, and no next`() {
        #expect(
            answer(200, #"{"data":[],"paging":{"cursors":{"before":"a","after":"b"}}}"#)
                == .found(ConversationPage(conversations: [], next: nil))
        )
        #expect(answer(200, #"{"data":[]}"#) == .found(ConversationPage(conversations: [], next: nil)))
    }

    @Test(arguments: [
        #"{"id":"t_1"}"#, #"{"participants":{"data":[{"id":"1"}]},"updated_time":"2022-07-12T19:11:07+0000"}"#,
        #"{"participants":{"data":[{"id":"77"}]}}"#, #"{"participants":"x"}"#, #"7"#,
    ])
    func `what says nothing of a person or a time is passed over`(item: String) {
        #expect(answer(200, #"{"data":[\#(item)]}"#) == .found(ConversationPage(conversations: [], next: nil)))
    }

    @Test func `without the time of the last message, the messages tell it`() {
        let answer = answer(
            200,
            #"""
            {"data":[{"participants":{"data":[{"id":77}]},"messages":{"data":[\#
            {"id":"m","created_time":"2022-07-12T19:11:07+0000","from":{"id":77},"message":"x"}]}}]}
            """#
        )
        guard case .found(let page) = answer else { return #expect(Bool(false), "\(answer)") }
        #expect(page.conversations.map(\.updatedAt) == [Instant(milliseconds: 1_657_653_067_000)])
        #expect(page.conversations.map(\.person) == ["77"])
    }

    @Test func `what is for later, and what is for an operator`() {
        #expect(answer(400, #"{"error":{"code":613,"message":"limit"}}"#) == .later(why: "613 limit"))
        #expect(answer(500, #"{"error":{"code":2,"message":"later"}}"#) == .later(why: "2 later"))
        #expect(answer(400, #"{"error":{"code":190,"message":"expired"}}"#) == .refused(why: "190 expired"))
        #expect(answer(400, #"{"error":{"code":10,"message":"permission"}}"#) == .refused(why: "10 permission"))
        #expect(answer(502, "<html>") == .later(why: "HTTP 502 with an answer that is not the platform's"))
        #expect(answer(200, "{}") == .later(why: "HTTP 200 without a list"))
    }

    @Test(arguments: [
        // All that there is.
        (#"[{"id":"m_2","created_time":"2022-07-12T19:11:07+0000","from":{"id":"77"}}]"#, "", Instant.distantPast),
        // More messages than are listed.
        (
            #"[{"id":"m_2","created_time":"2022-07-12T19:11:07+0000","from":{"id":"77"}}]"#,
            #","paging":{"cursors":{},"next":"https://graph.facebook.com/"}"#, moment("2022-07-12T19:11:07Z")
        ),
        // One without details, which is newer, and one that tells not even when.
        (
            #"[{"created_time":"2022-07-12T19:12:00+0000"},{"created_time":"2022-07-12T19:11:07+0000","from":{"id":"77"},"id":"m_1"}]"#,
            "", moment("2022-07-12T19:12:00Z")
        ),
        (
            #"[{"created_time":"2022-07-12T19:11:07+0000","from":{"id":"77"},"id":"m_1"},{"id":"m_0"}]"#, "",
            .distantFuture
        ),
        // As many as the platform tells of.
        (
            "["
                + (1...20).map { #"{"id":"m_\#($0)","created_time":"2022-07-12T19:11:07+0000","from":{"id":"77"}}"# }
                .joined(separator: ",") + "]", "", moment("2022-07-12T19:11:07Z")
        ),
        // Nothing that says that they are all.
        (#""none""#, "", .distantPast),
    ])
    func `from when on all messages are told`(messages: String, paging: String, reach: Instant) {
        let answer = answer(
            200,
            #"""
            {"data":[{"participants":{"data":[{"id":"77"}]},"updated_time":"2022-07-12T19:11:07+0000","messages":\#
            {"data":\#(messages)\#(paging)}}]}
            """#
        )
        guard case .found(let page) = answer else { return #expect(Bool(false), "\(answer)") }
        #expect(page.conversations.map(\.reach) == [reach])
    }

    @Test func `the conversation with one person, and when the platform told it`() async throws {
        let transport = ScriptedTransport(
            .success(
                .json(
                    200,
                    #"""
                    {"data":[{"participants":{"data":[{"id":"77"},{"id":"1"}]},"messages":{"data":[\#
                    {"id":"m_2","created_time":"2022-07-12T19:11:07+0000","from":{"id":"1"},"message":"",\#
                    "attachments":{"data":[{"id":"5","image_data":{"url":"https://a.vn/1.jpg"}}]}}]}}]}
                    """#,
                    headers: [HTTPHeader("Date", "Tue, 12 Jul 2022 19:21:08 GMT")]
                )
            ),
            .success(.json(200, #"{"data":[]}"#, headers: [HTTPHeader("Date", "today")]))
        )
        let channel = MessengerChannel(transport: transport, graphURL: "https://example.com/v25.0", tokens: ["1": "t"])
        let at = moment("2022-07-12T19:11:07Z")
        let message = Conversation.Message(
            id: "m_2",
            at: at,
            isFromPerson: false,
            text: nil,
            attachments: [.init(kinds: [.image, .file])]
        )
        let conversation = Conversation(
            person: "77",
            name: nil,
            updatedAt: at,
            messages: [message],
            reach: .distantPast
        )
        #expect(
            await channel.conversation(of: "1", with: "77")
                == .found(
                    ConversationPage(conversations: [conversation], next: nil, readAt: moment("2022-07-12T19:21:08Z"))
                )
        )
        #expect(
            await channel.conversation(of: "1", with: "78") == .found(ConversationPage(conversations: [], next: nil))
        )
        #expect(
            transport.requests.first?.url
                == "https://example.com/v25.0/1/conversations?platform=messenger&fields=participants%2Cupdated_time%2C"
                + "messages.limit%2820%29%7Bid%2Ccreated_time%2Cfrom%2Cmessage%2Cattachments%7D&user_id=77"
        )
    }

    @Test func `the question`() async throws {
        let transport = ScriptedTransport(
            .success(.json(200, #"{"data":[]}"#)),
            .failure(TransportError(arrival: .perhaps, kind: .timeout, message: "too long"))
        )
        let channel = MessengerChannel(transport: transport, graphURL: "https://example.com/v25.0", tokens: ["1": "t"])
        #expect(
            await channel.conversations(of: "1", after: "b=") == .found(ConversationPage(conversations: [], next: nil))
        )
        #expect(
            transport.requests.map(\.url) == [
                "https://example.com/v25.0/1/conversations?platform=messenger&fields=participants%2Cupdated_time%2C"
                    + "messages.limit%2820%29%7Bid%2Ccreated_time%2Cfrom%2Cmessage%7D&limit=25&after=b%3D"
            ]
        )
        guard case .later = await channel.conversations(of: "1", after: nil) else {
            return #expect(Bool(false), "a timeout is for later")
        }
        guard case .refused = await channel.conversations(of: "2", after: nil) else {
            return #expect(Bool(false), "a page without a token is for an operator")
        }
    }

    private func answer(_ status: Int, _ body: String) -> ConversationsAnswer {
        ConversationsResponse(.json(status, body), page: "1").answer
    }
}
