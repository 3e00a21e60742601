import ControlAPI
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import Testing

/// `dripd explain`, and a simulation of a person whom the daemon knows, with the real binary.
@Suite(.timeLimit(.minutes(1))) struct ExplainTests {
    private static let care = """
        sequence: care
        title: Care
        start: [first_message]
        stop: [replied, {tag: bought}]
        steps:
          - {step: hello, after: 0 s, text: Hello}
          - {step: vip, after: 2 h, only_if: {tag: vip}, text: For you}
          - {step: evening, after: 8 h, text: Evening}
          - {step: week, after: 1 week, text: Week}

        """

    @Test func `what a person got, what comes, and what would end it`() async throws {
        let shop = try await Shop(sequences: ["care.yaml": Self.care], scale: 1)
        try await shop.start()
        try shop.sandbox.write(as: "1001", name: nil, text: "Xin chào", ref: nil)
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        var explanation: Explanation = try await shop.ask("explain", "1001")
        while explanation.enrollments.first?.enrollment.deliveries.first?.receipt == nil {
            explanation = try await shop.ask("explain", "1001")
        }
        let hello = try #require(explanation.enrollments.first?.enrollment.deliveries.first)
        let text = try await Program.run("explain", "1001", "--config", shop.configuration).output
        let words = text.replacing(/\w{3} \d{4}-\d\d-\d\d \d\d:\d\d/, with: "TIME")
        #expect(
            words == """
                1001 on page 1577703145783617; now is TIME, times in Asia/Ho_Chi_Minh
                The 24-hour window is open until TIME; each message from them extends it.

                care: started TIME, the person's first message
                  TIME  hello    sent in the 24-hour window, delivered
                                                 from \(hello.file ?? "?"), version \(hello.sequenceHash?.prefix(12) ?? "?"), \
                text \(hello.bodyHash ?? "?")
                  if they do nothing more:
                  TIME  vip      to be skipped: its 'only_if' does not hold, tag: vip (condition)
                  TIME  evening  to be sent in the 24-hour window
                  TIME  week     the 24-hour window is closed: waits for the person to write until TIME, then skipped (window_closed)
                                        and then it is over
                                        it ends earlier if they ask for no more messages, or if they write, \
                or if they get the tag 'bought'

                """
        )
        let simulation = try await Program.run(
            "simulate",
            shop.folder + "/Sequences/care.yaml",
            "--person",
            "1001",
            "--config",
            shop.configuration
        )
        #expect(simulation.output.hasPrefix("care, started by 'first_message': 1001, times in Asia/Ho_Chi_Minh\n"))

        _ = try await Program.run("people", "stop", "1001", "--config", shop.configuration)
        let stopped = try await Program.run("explain", "1001", "--config", shop.configuration).output
        #expect(
            stopped.contains("\nThey get no more messages: they, or an operator for them, stopped all messages on ")
        )
        #expect(!stopped.contains("if they do nothing more"))
        let unknown = try await Program.run("explain", "1", "--config", shop.configuration)
        #expect(unknown.status == 1)
        #expect(unknown.errors == "Error: no person is known as '1'; `dripd people list` lists them\n")
        #expect(await shop.end(SIGTERM) == 0)
    }
}
