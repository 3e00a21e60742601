import ControlAPI
import Foundation
import MessengerSandbox
import Testing

/// `dripd people link`, `unlink`, `duplicates`, `consent`, `address` and `export`, with the real binary.
@Suite(.timeLimit(.minutes(1))) struct PeopleLinkTests {
    private static let care = """
        sequence: care
        title: Care
        start: [first_message]
        steps:
          - {step: hello, after: 1 h, text: Hello}

        """

    private static let mail = """
        public_url: https://care.shop.example
        email:
          - id: shop
            from: "Shop ABC <care@shop.example>"
            smtp: {url: "smtp://127.0.0.1:9"}

        """

    @Test func `two people become one, with a mail address, and are cut apart again`() async throws {
        let shop = try await Shop(sequences: ["care.yaml": Self.care], scale: 1)
        let configuration = try String(contentsOfFile: shop.configuration, encoding: .utf8)
        try shop.write(configuration + Self.mail, to: "dripd.yaml")
        try await shop.start()
        try shop.sandbox.write(as: "1001", name: nil, text: "Số của em 0912345678", ref: nil)
        try shop.sandbox.write(as: "1002", name: nil, text: "Số em là 0912 345 678", ref: nil)
        var people: [PersonSummary] = []
        while people.count < 2 || people.contains(where: { $0.attributes.isEmpty }) {
            people = try await shop.ask("people", "list")
        }
        func command(_ arguments: String...) async throws -> Program.Result {
            try await Program.run(["people"] + arguments + ["--config", shop.configuration])
        }
        func reference(_ person: String) -> String { "messenger:\(Shop.page)/\(person)" }

        let found: DuplicatesAnswer = try await shop.ask("people", "duplicates")
        #expect(found.groups.map(\.value) == ["+84912345678"])
        #expect(found.groups.first.map { Set($0.people.map(\.person)) } == [reference("1001"), reference("1002")])
        #expect(try await command("duplicates").output.contains("phone +84912345678"))

        let refused = try await command("link", "1001", "1002", "--proof", "order 1234 names both")
        #expect(
            refused
                == Program.Result(
                    status: 1,
                    output: "",
                    errors: """
                        Error: this joins two people into one:
                          \(reference("1001")), under way in care
                          \(reference("1002")), under way in care
                        Confirm it with --yes

                        """
                )
        )
        #expect(try await command("link", "1001", "1002", "--proof", " ", "--yes").status == 64)
        let joined = try await command("link", "1001", reference("1002"), "--proof", "order 1234 names both", "--yes")
        #expect(joined.status == 0)
        #expect(joined.output.hasPrefix("1001 and \(reference("1002")) are one person now: messenger:"))
        #expect(joined.output.hasSuffix("\nended: care\n"))
        #expect(
            try await command("link", "1001", "1002", "--proof", "x", "--yes").errors
                == "Error: '1001' and '1002' are one person already; there is nothing to join\n"
        )

        #expect(
            try await command(
                "address",
                "1001",
                "add",
                "email:Lan@Example.com",
                "--consent",
                "care",
                "--evidence",
                "call"
            )
            .output == "1001 has email:shop/lan@example.com now\n"
        )
        #expect(
            try await command("address", "1001", "add", "email:lan", "--consent", "care", "--evidence", "call").errors
                == "Error: 'lan' is no address for e-mail\n"
        )
        let shown = try await command("show", "lan@example.com")
        #expect(shown.output.hasPrefix("email:shop/lan@example.com\n"))
        #expect(shown.output.contains("address        email:shop/lan@example.com; added by an operator\n"))
        let detail: PersonDetail = try await shop.ask("people", "show", "1001")
        #expect(
            Set(detail.addresses.map(\.address)) == [
                reference("1001"), reference("1002"), "email:shop/lan@example.com",
            ]
        )

        let consent: ConsentReport = try await shop.ask("people", "consent", "1001")
        #expect(consent.records.map(\.evidence) == ["call"])
        #expect(
            try await command("consent", "1001", "--withdraw", "all:promotion").output
                == "1001 withdrew promotion on every channel\n"
        )
        #expect(try await command("consent", "1001", "--give", "all:care", "--evidence", "x").status == 64)
        #expect(
            try await command("consent", "1001", "--give", "email", "--evidence", "x").output
                == "1001 agreed to care on email\n"
        )
        #expect(try await command("consent", "1001").output.contains("CHANNEL"))

        let export = try await command("export", "1001")
        #expect(export.output.contains(#""proof" : "order 1234 names both""#))
        #expect(try JSONSerialization.jsonObject(with: Data(export.output.utf8)) is [String: Any])

        let removed = try await command("unlink", "1001", "lan@example.com", "--yes")
        #expect(removed.output == "email:shop/lan@example.com is removed from 1001\nwithdrawn: email:care\n")
        let cut: UnlinkReport = try await shop.ask("people", "unlink", "1001", "1002", "--yes")
        #expect(cut.address == reference("1002") && !cut.isRemoved)
        people = try await shop.ask("people", "list")
        #expect(people.count == 2)
        #expect(
            try await command("unlink", "1001", "1001", "--yes").errors
                == "Error: 1001 is the only address of 1001, so there is nothing to cut; `dripd people forget` erases the person\n"
        )
        let audit = try await Program.run("audit", "--config", shop.configuration)
        for verb in ["link", "address", "consent", "unlink"] { #expect(audit.output.contains(" \(verb) "), "\(verb)") }
        #expect(await shop.end(SIGTERM) == 0)
    }
}
