import ControlAPI
import DripStore
import Foundation
import MessengerSandbox
import Testing

/// `dripd people tag` and `untag`, with the real binary.
@Suite(.timeLimit(.minutes(1))) struct PeopleTagTests {
    @Test func `a tag by hand starts a sequence, whose message goes out`() async throws {
        let shop = try await Shop(
            sequences: [
                "care.yaml": """
                sequence: care
                title: Care
                start: [first_message]
                stop: [{tag: khách-quen}]
                steps:
                  - {step: hello, after: 1 h, text: Hello}

                """,
                "quen.yaml": """
                sequence: quen
                title: Quen
                start: [{tag: khách-quen}]
                steps:
                  - {step: one, after: 0 s, text: Cảm ơn bạn}

                """,
            ],
            scale: 1
        )
        try await shop.start()
        try shop.sandbox.write(as: "1001", name: nil, text: "Xin chào", ref: nil)
        var people: [PersonSummary] = []
        while people.isEmpty { people = try await shop.ask("people", "list") }
        func command(_ arguments: String...) async throws -> Program.Result {
            try await Program.run(["people"] + arguments + ["--config", shop.configuration])
        }
        #expect(
            try await command("tag", "1001", "khách-quen")
                == Program.Result(status: 0, output: "1001 is tagged; started: quen; ended: care\n", errors: "")
        )
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing {
            #expect(entry.text == "Cảm ơn bạn")
            break
        }
        #expect(try await command("tag", "1001", "khách-quen").output == "1001 had the tag already\n")
        #expect(
            try await command("list", "--tag", "khách-quen", "--format", "ids").output == "\(Shop.page)/1001\n"
        )
        let outcome: [TagOutcome] = try await shop.ask("people", "untag", "1001", "khách-quen")
        #expect(outcome.map(\.person) == ["1001"] && outcome.map(\.isChange) == [true])
        #expect(try await command("untag", "1001", "khách-quen").output == "1001 did not have the tag\n")
        #expect(
            try await command("tag", "1001", "9", "vip")
                == Program.Result(
                    status: 1,
                    output: "",
                    errors: "Error: no person is known as '9'; `dripd people list` lists them\n"
                )
        )
        let word = try await command("tag", "1001", "khách quen")
        #expect(word.status == 64)
        #expect(
            word.errors.hasPrefix(
                "Error: 'khách quen' is not a tag: use letters, digits, '-' and '_', at most 64 characters; "
                    + "did you mean 'khách-quen'?\n"
            )
        )
        #expect(await shop.end(SIGTERM) == 0)
    }
}
