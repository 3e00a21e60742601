import ControlAPI
import DripStore
import Foundation
import MessengerSandbox
import Testing

/// `dripd people list`, with the real binary.
@Suite(.timeLimit(.minutes(1))) struct PeopleListTests {
    private static let care = """
        sequence: care
        title: Care
        start: [first_message]
        steps:
          - {step: hello, after: 1 h, text: Hello}

        """

    @Test func `people as a table, as ids, as JSON, and as a file that no spreadsheet runs`() async throws {
        let shop = try await Shop(
            sequences: ["care.yaml": Self.care],
            scale: 1,
            profileFields: "[first_name, last_name, name]"
        )
        try await shop.start()
        try shop.sandbox.write(as: "1001", name: "Nguyễn Thị \"Lan\", bé", text: "Số của em 0912.345.678", ref: nil)
        try shop.sandbox.write(as: "1002", name: "=1+1", text: "Chào shop", ref: nil)
        var people: [PersonSummary] = []
        while people.count < 2 || people.contains(where: { $0.attributes["full_name"] == nil }) {
            people = try await shop.ask("people", "list")
        }
        // Webhooks come one by one, but which of the two came first is the network's affair.
        let order = people.map(\.person)
        func list(_ arguments: String...) async throws -> String {
            let result = try await Program.run(["people", "list", "--config", shop.configuration] + arguments)
            #expect(result.errors == "")
            return result.output.replacing(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{3}Z)?/, with: "TIME")
        }
        #expect(
            try await list("--has", "phone") == """
                PERSON  NAME                  FIRST MESSAGE           WINDOW UNTIL            UNDER WAY IN  NOTE
                1001    Nguyễn Thị "Lan", bé  TIME+07  TIME+07  care

                """
        )
        #expect(
            try await list("--format", "ids") == order.map { "\(Shop.page)/\($0)\n" }.joined()
        )
        #expect(try await list("--format", "ids", "--limit", "1") == "\(Shop.page)/\(order[0])\n")
        #expect(try await list("--format", "ids", "--after", order[0]) == "\(Shop.page)/\(order[1])\n")
        #expect(try await list("--tag", "vip") == "no people match\n")
        #expect(try await list("--tag", "vip", "--json") == "[\n\n]\n")
        let heading =
            "page,person,full_name,first_name,last_name,phone,email,zone,tags,first_message,last_message,window_ends,"
            + "stopped,paused,unreachable,under_way,attributes\r\n"
        let lan = try #require(people.first { $0.person == "1001" })
        #expect(
            try await list("--format", "csv", "--has", "phone", "--wrote-within", "7d", "--reachable-now")
                == heading + "\(Shop.page),1001,\"Nguyễn Thị \"\"Lan\"\", bé\","
                + [lan.attributes["first_name"], lan.attributes["last_name"]].map(Self.cell).joined(separator: ",")
                + ",+84912345678,,,,TIME,TIME,TIME,,,,care,\r\n"
        )
        let other = try await list("--format", "csv", "--excel")
        #expect(other.unicodeScalars.first == "\u{FEFF}")
        #expect(other.contains("\(Shop.page),1002,'=1+1,"))
        // A program reads the whole as one array, however many parts it came in.
        let pair: [PersonSummary] = try await shop.ask("people", "list", "--limit", "2")
        #expect(pair.map(\.person) == order)
        let unknown = try await Program.run("people", "list", "--after", "9", "--config", shop.configuration)
        #expect(unknown.status == 1)
        #expect(await shop.end(SIGTERM) == 0)
    }

    private static func cell(_ text: String?) -> String {
        guard let text else { return "" }
        return text.contains("\"") || text.contains(",") ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }

    @Test func `what does not go together is wrong usage`() async throws {
        #expect(try await Program.run("people", "list", "--json", "--format", "csv").status == 64)
        #expect(try await Program.run("people", "list", "--limit", "0").status == 64)
        #expect(try await Program.run("people", "list", "--limit", "10001").status == 64)
        let span = try await Program.run("people", "list", "--wrote-within", "7 dayz")
        #expect(span.status == 64)
        #expect(span.errors.hasPrefix("Error: unknown unit 'dayz' in '7 dayz'; did you mean 'day'?\n"))
    }
}
