import DripCore
import TestSupport
import Testing

@testable import Channels

/// What the platform's answers mean for us.
@Suite struct SendAnswerTests {
    @Test func `accepted`() {
        #expect(
            outcome(200, #"{"recipient_id":"5678","message_id":"m_AG5Hz"}"#)
                == .accepted(messageID: "m_AG5Hz", address: "5678")
        )
        #expect(outcome(200, #"{"message_id":"mid.1:2"}"#) == .accepted(messageID: "mid.1:2"))
    }

    @Test func `an old answer has the fields at its top`() {
        let body = #"""
            {"message":"(#200) This person isn't receiving messages from you right now.","type":"OAuthException",\#
            "code":200,"error_subcode":1545041,"fbtrace_id":"G3wkMuClPvR"}
            """#
        #expect(
            outcome(403, body)
                == .refused(
                    Refusal(
                        meaning: .person,
                        code: "200/1545041",
                        message: "(#200) This person isn't receiving messages from you right now.",
                        retryAfter: nil
                    )
                )
        )
    }

    @Test func `an error's numbers may come as text, its words are cut to a line`() {
        let words = String(repeating: "ă", count: 500)
        guard case .refused(let refusal) = outcome(400, #"{"error":{"message":"\#(words)","code":"190"}}"#) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == "190")
        #expect(refusal.message == String(repeating: "ă", count: 300))
    }

    @Test(arguments: [400, 401, 404, 429, 503, 301])
    func `an answer that is not the platform's, from somebody in between, pauses the page`(status: Int) {
        #expect(
            outcome(status, "<html>", [HTTPHeader("Retry-After", "120")])
                == .refused(
                    Refusal(
                        meaning: .slowDown,
                        code: "HTTP \(status)",
                        message: "not an answer from the platform",
                        retryAfter: .seconds(120)
                    )
                )
        )
    }

    @Test(arguments: [
        (500, ""), (502, "<html>"), (504, "{"), (200, ""), (200, "{}"), (200, #"{"message_id":""}"#), (200, "[]"),
        (204, ""), (200, #"{"recipient_id":"5678"}"#),
    ])
    func `an answer that does not say what became of the message leaves it in doubt`(status: Int, body: String) {
        #expect(
            outcome(status, body) == .inDoubt(why: "HTTP \(status) with an answer that is not the platform's")
        )
    }

    @Test(
        arguments: [
            ([HTTPHeader("Retry-After", "30")], 30), ([HTTPHeader("retry-after", " 30 ")], 30),
            ([HTTPHeader("Retry-After", "9223372036854775807")], 86_400), ([HTTPHeader("Retry-After", "0")], nil),
            ([HTTPHeader("Retry-After", "-5")], nil),
            ([HTTPHeader("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT")], nil),
            ([usage(19)], 1140), ([usage(0)], nil), ([usage(9_223_372_036_854_775_807)], 86_400),
            ([HTTPHeader("Retry-After", "30"), usage(19)], 30),
            ([HTTPHeader("X-Business-Use-Case-Usage", "no JSON")], nil),
            ([HTTPHeader("X-App-Usage", #"{"call_count":100,"total_time":25,"total_cputime":25}"#)], nil), ([], nil),
        ] as [([HTTPHeader], Int64?)]
    )
    func `the platform says how long to wait`(headers: [HTTPHeader], seconds: Int64?) {
        guard case .refused(let refusal) = outcome(400, #"{"error":{"code":80006}}"#, headers) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.retryAfter == seconds.map { .seconds($0) })
    }

    private static func usage(_ minutes: Int) -> HTTPHeader {
        HTTPHeader(
            "X-Business-Use-Case-Usage",
            #"{"1234567890":[{"type":"pages","estimated_time_to_regain_access":0},{"type":"messenger","#
                + #""call_count":100,"total_cputime":25,"total_time":25,"estimated_time_to_regain_access":\#(minutes)}]}"#
        )
    }

    private func outcome(_ status: Int, _ body: String, _ headers: [HTTPHeader] = []) -> Outcome {
        SendAnswer(.json(status, body, headers: headers)).outcome
    }
}
