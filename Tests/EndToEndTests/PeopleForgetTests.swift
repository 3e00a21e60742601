import ControlAPI
import DripStore
import Foundation
import MessengerSandbox
import Testing

/// `dripd people forget`, with the real binary.
@Suite(.timeLimit(.minutes(1))) struct PeopleForgetTests {
    private static let care = """
        sequence: care
        title: Care
        start: [first_message]
        steps:
          - {step: hello, after: 1 h, text: Hello}

        """

    @Test func `a person is erased when that is confirmed, and may come back by themselves`() async throws {
        let shop = try await Shop(sequences: ["care.yaml": Self.care], scale: 1)
        try await shop.start()
        try shop.sandbox.write(as: "1001", name: nil, text: "Số của em 0912345678", ref: nil)
        var people: [PersonSummary] = []
        while people.isEmpty { people = try await shop.ask("people", "list") }
        func forget(_ arguments: String...) async throws -> Program.Result {
            try await Program.run(["people", "forget", "1001", "--config", shop.configuration] + arguments)
        }
        #expect(
            try await forget()
                == Program.Result(
                    status: 1,
                    output: "",
                    errors: """
                        Error: this erases all data of 1001 of page \(Shop.page): enrollments 1, deliveries 0
                        This cannot be undone. Confirm it with --yes

                        """
                )
        )
        #expect(
            try await forget("--yes")
                == Program.Result(
                    status: 0,
                    output: """
                        1001 of page \(Shop.page) is forgotten. Erased: enrollments 1, deliveries 0, events 1

                        """,
                    errors: ""
                )
        )
        try shop.write("1001\n", to: "ids")
        let imported = try await Program.run(
            "people",
            "import",
            shop.folder + "/ids",
            "--config",
            shop.configuration
        )
        #expect(
            imported.output
                == "imported: 1 person: 0 new, 0 known already\n1 not imported: forgotten at their request\n"
        )
        #expect(
            try await forget("--yes").errors == "Error: no person is known as '1001'; `dripd people list` lists them\n"
        )
        try shop.sandbox.write(as: "1001", name: nil, text: "Chào shop", ref: nil)
        people = []
        while people.isEmpty { people = try await shop.ask("people", "list") }
        #expect(people.map(\.attributes) == [[:]])
        #expect(people.map(\.underWay) == [["care"]])
        #expect(await shop.end(SIGTERM) == 0)
    }
}
