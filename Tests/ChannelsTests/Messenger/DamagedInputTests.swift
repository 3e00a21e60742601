import DripCore
import Foundation
import TestSupport
import Testing

@testable import Channels

/// Damaged copies of what the platform sends: each is read or refused, and none of them ends the process.
@Suite struct DamagedInputTests {
    private static let bodies = [
        #"""
        {"object":"page","entry":[{"id":"1577703145783617","time":1457764198246,"messaging":[{"sender":{"id":"5678"},
        "recipient":{"id":"1577703145783617"},"timestamp":1457764197627,"message":{"mid":"m_1","text":"Xin chào 👋",
        "quick_reply":{"payload":"stop"},"attachments":[{"type":"image","payload":{"url":"https://x.test/a"}}],
        "referral":{"ref":"tet","source":"SHORTLINK","type":"OPEN_THREAD"}}},
        {"sender":{"id":"5678"},"timestamp":1457764197628,"postback":{"mid":"m_2","title":"Go","payload":"go"}},
        {"sender":{"id":"5678"},"delivery":{"mids":["m_3"],"watermark":1458668856253}},
        {"sender":{"id":"5678"},"read":{"watermark":1458668856253}},
        {"sender":{"id":"1577703145783617"},"recipient":{"id":"5678"},"message":{"mid":"m_4","is_echo":true,
        "app_id":1,"metadata":"dripd/abc/7/0/hello"}}]}]}
        """#,
        #"""
        {"object":"page","entry":[{"id":"1","time":1457764198246,"changes":[{"field":"feed","value":{"item":"comment",
        "verb":"add","comment_id":"1_2","post_id":"1_1","from":{"id":"5","name":"Lan"},"message":"giá?","created_time":1457764198}}]},
        {"id":"1","messaging":[{"policy_enforcement":{"action":"block","reason":"spam"}}]}]}
        """#,
    ]

    @Test(arguments: bodies)
    func `three thousand damaged webhooks are read or refused`(body: String) throws {
        // Whole, it is read.
        #expect(try !WebhookEnvelope(Data(body.utf8)).events.isEmpty)
        var (read, refused) = (0, 0)
        for seed in 0..<3000 as Range<UInt64> {
            var damage = Damage(seed: seed)
            let bytes = Data(damage.damaged(Array(body.utf8)))
            do {
                let events = try WebhookEnvelope(bytes).events
                for event in events { _ = PolicyNotice(event) }
                read += 1
            } catch {
                refused += 1
            }
        }
        // Neither is the damage always fatal, nor never.
        #expect(read > 100 && refused > 100, "\(read) read, \(refused) refused")
    }

    @Test func `damaged answers of the platform have an outcome`() {
        let bodies = [
            #"{"recipient_id":"5678","message_id":"m_1"}"#,
            #"{"error":{"message":"(#613) Calls","type":"OAuthException","code":613,"error_subcode":1893016,"is_transient":true,"error_data":{"x":1},"fbtrace_id":"A"}}"#,
        ]
        let headers = [
            HTTPHeader("X-App-Usage", #"{"call_count":28,"total_time":25,"total_cputime":25}"#),
            HTTPHeader(
                "X-Business-Use-Case-Usage",
                #"{"1":[{"type":"messenger","call_count":100,"total_cputime":1,"estimated_time_to_regain_access":19}]}"#
            ),
            HTTPHeader("Retry-After", "120"),
        ]
        var outcomes: Set<String> = []
        for seed in 0..<3000 as Range<UInt64> {
            var damage = Damage(seed: seed)
            let body = damage.damaged(Array(bodies[Int(seed % 2)].utf8))
            let damaged = headers.map { header in
                HTTPHeader(header.name, String(decoding: damage.damaged(Array(header.value.utf8)), as: UTF8.self))
            }
            let response = HTTPResponse(
                status: [200, 400, 429, 500][Int(seed % 4)],
                headers: HTTPResponseHeaders(damaged),
                body: body
            )
            outcomes.insert(SendAnswer(response).outcome.errorClass ?? "accepted")
            if let usage = UsageHeaders(response.headers).usage { #expect((0...1000).contains(usage.percent)) }
            if let span = UsageHeaders(response.headers).regainAfter { #expect(span <= .hours(24)) }
        }
        #expect(outcomes.isSuperset(of: ["accepted", "in_doubt", "slow_down"]), "\(outcomes)")
    }

    @Test func `a damaged signature fits no body`() {
        let body = Data("{}".utf8)
        // HMAC-SHA256 of "{}" under "secret".
        let valid = "sha256=77325902caca812dc259733aacd046b73817372c777b8d95b402647474516e13"
        #expect(WebhookSignature.isValid(valid, body: body, secret: "secret"))
        for seed in 0..<3000 as Range<UInt64> {
            var damage = Damage(seed: seed)
            let header = String(decoding: damage.damaged(Array(valid.utf8)), as: UTF8.self)
            // Digits in capitals are the same digits.
            let isSame = header.lowercased() == valid && header.hasPrefix("sha256=")
            #expect(WebhookSignature.isValid(header, body: body, secret: "secret") == isSame, "seed \(seed)")
        }
    }
}
