import Channels
import ChildProcesses
import ControlAPI
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// What whoever watches sees of the real daemon, and what is shipped for them.
@Suite(.timeLimit(.minutes(2))) struct MetricsTests {
    private static let docs = Program.project.appending(path: "docs")

    @Test func `promtool has nothing to say against the metrics of a daemon that has sent`() async throws {
        let sequence = """
            sequence: hello
            title: Hello
            start: [first_message]
            steps:
              - {step: one, after: 1 min, text: Hello}
              - {step: two, after: 2 min, text: Hello again}
            """
        let shop = try await Shop(sequences: ["hello.yaml": sequence], scale: 600)
        try await shop.start()
        // So long that no number of the metrics has it in its digits.
        let person = "1001000000000077"
        try shop.sandbox.write(as: person, name: nil, text: "Xin chào", ref: nil)
        var status: Status = try await shop.ask("status")
        while status.sums.sent < 2 { status = try await shop.ask("status") }

        let ready = try await shop.get("/readyz")
        #expect((ready.status, String(decoding: ready.body, as: UTF8.self)) == (200, "ready\n"))
        let metrics = String(decoding: try await shop.get("/metrics").body, as: UTF8.self)
        try metrics.write(toFile: shop.folder + "/metrics", atomically: false, encoding: .utf8)
        let result = try await Self.promtool("promtool check metrics < '\(shop.folder)/metrics'")
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output == "")

        let lines = Set(metrics.split(separator: "\n").map(String.init))
        for line in [
            #"dripd_deliveries_total{state="sent",reason=""} 2"#, "dripd_people 1", "dripd_people_paused 0",
            "dripd_deliveries_in_doubt 0",
            #"dripd_requests_total{page="\#(Shop.page)",outcome="accepted"} 2"#, "dripd_database_up 1",
            #"dripd_page_state{page="\#(Shop.page)",state="open"} 1"#,
        ] {
            #expect(lines.contains(line), "\(line) is missing in\n\(metrics)")
        }
        // Every name is one that dripd declares, and nobody can be told from a label.
        let declared = Set(Metric.allCases.map(\.rawValue))
        let names = Set(
            lines.filter { !$0.hasPrefix("#") }.compactMap {
                $0.split(whereSeparator: { "{ ".contains($0) }).first.map(String.init)
            }
        )
        #expect(names.subtracting(declared) == [])
        #expect(!metrics.contains(person))
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `promtool has nothing to say against the alerting rules`() async throws {
        let result = try await Self.promtool("promtool check rules --lint-fatal '\(Self.docs.path)/alerts.yaml'")
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("SUCCESS: 13 rules found"), "\(result.output)")
    }

    @Test func `rules and dashboard ask for metrics that there are`() throws {
        let declared = Set(Metric.allCases.map(\.rawValue))
        let dashboard = try Data(contentsOf: Self.docs.appending(path: "dashboard.json"))
        _ = try JSONSerialization.jsonObject(with: dashboard)
        let rules = try Data(contentsOf: Self.docs.appending(path: "alerts.yaml"))
        for (file, content) in [("dashboard", dashboard), ("rules", rules)] {
            let text = String(decoding: content, as: UTF8.self)
            let asked = Set(text.matches(of: /dripd_[a-z_]+/).map { String($0.output) })
            #expect(asked.subtracting(declared) == [], "\(file)")
            #expect(asked.count > 5, "\(file)")
        }
    }

    /// `Scripts/install-needs tests` fetches promtool, where the system has none.
    private static func promtool(_ command: String) async throws -> (status: Int32, output: String) {
        let folder = try TemporaryDirectory()
        let output = folder.path + "/output"
        let path = "/usr/bin:/bin:\(Program.project.path)/.build/tools/usr/bin"
        let process = try ChildProcess(
            "/bin/sh",
            ["-c", command],
            environment: ["PATH": path],
            output: output,
            errors: output
        )
        let status = await process.exit.code
        return (status, try String(contentsOfFile: output, encoding: .utf8))
    }
}
