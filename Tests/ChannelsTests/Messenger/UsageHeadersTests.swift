import DripCore
import Synchronization
import TestSupport
import Testing

@testable import Channels

/// What the platform says of the allowance of calls.
@Suite struct UsageHeadersTests {
    @Test(
        arguments: [
            ("X-App-Usage", #"{"call_count":28,"total_time":25,"total_cputime":25}"#, 28, nil),
            ("x-app-usage", #"{"call_count":1,"total_time":2,"total_cputime":97}"#, 97, nil),
            ("X-Page-Usage", #"{"call_count":"80","total_time":2.9,"total_cputime":0}"#, 80, nil),
            (
                "X-Business-Use-Case-Usage",
                #"{"1234567890":[{"type":"messenger","call_count":100,"total_cputime":25,"total_time":25,"#
                    + #""estimated_time_to_regain_access":19}]}"#, 100, 19
            ),
            // The platform's own sample: one key twice, and kinds that are not ours.
            (
                "X-Business-Use-Case-Usage",
                #"{"66782684":[{"type":"ads_management","call_count":95,"total_cputime":20,"total_time":20,"#
                    + #""estimated_time_to_regain_access":0}],"10153848260347724":[{"type":"pages","call_count":97,"#
                    + #""total_cputime":23,"total_time":23,"estimated_time_to_regain_access":0}],"#
                    + #""10153848260347724":[{"type":"messenger","call_count":41,"total_cputime":23,"#
                    + #""total_time":23,"estimated_time_to_regain_access":7}]}"#, 97, 7
            ),
            (
                "X-Business-Use-Case-Usage",
                #"{"1":[{"type":"messenger","call_count":5,"estimated_time_to_regain_access":999999}]}"#, 5, 1440
            ),
            ("X-App-Usage", #"{"call_count":1e300}"#, 1000, nil),
        ] as [(String, String, Int, Int64?)]
    )
    func `usage`(name: String, value: String, percent: Int, minutes: Int64?) {
        let usage = UsageHeaders(HTTPResponseHeaders([HTTPHeader(name, value)])).usage
        #expect(usage == Usage(percent: percent, regainAfter: minutes.map { .minutes($0) }))
    }

    @Test(arguments: [
        "", "no JSON", "{}", "[]", "{\"call_count\"", "{{{{{{", "}}}}", #"{"call_count":-1}"#, #"{"call_count":null}"#,
        #"{"1":[{"type":"ads_insights","call_count":100,"estimated_time_to_regain_access":5}]}"#,
        String(repeating: "{", count: 100_000), String(repeating: #"{"a":1},"#, count: 20_000),
    ])
    func `what says nothing that is ours`(value: String) {
        for name in ["X-App-Usage", "X-Page-Usage", "X-Business-Use-Case-Usage"] {
            let headers = UsageHeaders(HTTPResponseHeaders([HTTPHeader(name, value)]))
            #expect(headers.usage == nil)
            #expect(headers.regainAfter == nil)
        }
    }

    @Test func `of several headers the most counts, and a refusal tells it as well as an acceptance`() async {
        let told = Mutex<[String]>([])
        let headers = [
            HTTPHeader("X-App-Usage", #"{"call_count":28,"total_time":25,"total_cputime":25}"#),
            HTTPHeader("X-Business-Use-Case-Usage", #"{"1":[{"type":"messenger","call_count":81}]}"#),
        ]
        let channel = MessengerChannel(
            transport: ScriptedTransport(
                .success(.json(200, #"{"message_id":"m_1"}"#, headers: headers)),
                .success(.json(400, #"{"error":{"code":80006}}"#, headers: headers)),
                .success(.json(200, #"{"message_id":"m_2"}"#))
            ),
            graphURL: "https://example.com",
            tokens: ["1": "t"],
            onUsage: { usage, page in told.withLock { $0.append("page \(page): \(usage.percent) %") } }
        )
        let key = DeliveryKey(instance: "7f3a", enrollment: EnrollmentID(rawValue: 4), step: "chao", part: 0)
        for _ in 0..<3 { _ = await channel.deliver(.text("hi", buttons: []), from: "1", to: .person("5678"), key: key) }
        #expect(told.withLock { $0 } == ["page 1: 81 %", "page 1: 81 %"])
    }
}
