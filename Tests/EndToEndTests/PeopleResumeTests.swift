import ControlAPI
import DripStore
import Foundation
import MessengerSandbox
import Testing

/// A person who may want nothing more, and `dripd people resume`, with the real binary.
@Suite(.timeLimit(.minutes(1))) struct PeopleResumeTests {
    private static let care = """
        sequence: care
        title: Care
        start: [first_message]
        steps:
          - {step: hello, after: 1 h, text: Hello}

        """

    @Test func `an unclear word pauses, the operator hears of it, and a stop is taken back with a reason`() async throws
    {
        let shop = try await Shop(sequences: ["care.yaml": Self.care], scale: 1)
        try await shop.start()
        try shop.sandbox.write(as: "1001000000000077", name: nil, text: "Dung", ref: nil)
        var people: [PersonSummary] = []
        while people.isEmpty { people = try await shop.ask("people", "list", "--paused") }
        #expect(people.map(\.underWay) == [["care"]])
        func command(_ arguments: String...) async throws -> Program.Result {
            try await Program.run(arguments + ["--config", shop.configuration])
        }
        let status = try await command("status").output
        #expect(
            status.contains(
                "paused       1 may want no more messages: `dripd people list --paused`, then `people resume` or `stop`\n"
            )
        )
        #expect(
            try await command("explain", "1001000000000077").output.contains(
                " may mean that they want no more messages"
            )
        )
        let enrolling = try await command("people", "enroll", "1001000000000077", "care")
        #expect(enrolling.status == 1 && enrolling.errors.contains("may have asked to get nothing more"))

        let resumed: ResumeReport = try await shop.ask(
            "people",
            "resume",
            "1001000000000077",
            "--reason",
            "tên là Dung"
        )
        #expect((resumed.wasStopped, resumed.goesOn) == (false, ["care"]))
        #expect(try await command("people", "list", "--paused", "--format", "ids").output == "")
        #expect(
            try await command("people", "resume", "1001000000000077", "--reason", "again")
                == Program.Result(
                    status: 1,
                    output: "",
                    errors: "Error: 1001000000000077 is neither stopped nor paused: there is nothing to take back\n"
                )
        )
        #expect(try await command("people", "resume", "1001000000000077", "--reason", " ").status == 64)

        #expect(try await command("people", "stop", "1001000000000077").status == 0)
        let output = try await command("people", "resume", "1001000000000077", "--reason", "called us").output
        #expect(output.hasPrefix("1001000000000077 may get messages again; they had been stopped since "))
        #expect(
            output.hasSuffix(
                "\nsequences that the stop ended do not restart: `dripd people enroll --again` starts one\n"
            )
        )
        let shown = try await command("people", "show", "1001000000000077").output
        for line in ["paused, by the person", "resumed, by an operator: tên là Dung", "stopped, by an operator\n"] {
            #expect(shown.contains(line), "\(shown)")
        }
        #expect(await shop.end(SIGTERM) == 0)
        let line = try #require(shop.log.split(separator: "\n").first { $0.contains("may want nothing more") })
        #expect(
            line.contains("paused until you decide") && !line.contains("Dung") && !line.contains("1001000000000077")
        )
    }
}
