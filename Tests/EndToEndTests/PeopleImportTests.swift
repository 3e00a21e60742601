import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import TestSupport
import Testing

/// `dripd people import`, with the real binary.
@Suite(.timeLimit(.minutes(1))) struct PeopleImportTests {
    private static let sequence = """
        sequence: quen
        title: Quen
        start: [{tag: vip}, manual]
        steps:
          - {step: one, after: 1 h, text: Hello}

        """

    @Test func `people of a file are known, and what is listed can be imported`() async throws {
        let shop = try await Shop(sequences: ["quen.yaml": Self.sequence], scale: 1)
        try await shop.start()
        try shop.write(
            """
            person;full_name;phone;tags;{{city}}
            1001;Nguyễn Thị Lan;0912345678;vip;Huế
            1002;=1+1;;;

            """,
            to: "people.csv"
        )
        func people(_ arguments: String...) async throws -> Program.Result {
            try await Program.run(
                ["people"] + arguments + ["--config", shop.configuration],
                folder: shop.folder
            )
        }
        #expect(
            try await people("import", "people.csv", "--check").output == """
                would be imported: 2 people: 2 new, 0 known already
                1 would be tagged
                nothing was changed

                """
        )
        #expect(try await people("list").output == "no people yet\n")
        #expect(
            try await people("import", "people.csv")
                == Program.Result(
                    status: 0,
                    output: "imported: 2 people: 2 new, 0 known already\n1 tagged\n",
                    errors: ""
                )
        )
        let csv = """
            page,person,full_name,first_name,last_name,phone,email,zone,tags,first_message,last_message,window_ends,stopped,\
            paused,unreachable,under_way,attributes\r
            \(Shop.page),1001,Nguyễn Thị Lan,,,+84912345678,,,vip,,,,,,,,"{""city"":""Huế""}"\r
            \(Shop.page),1002,'=1+1,,,,,,,,,,,,,,\r

            """
        #expect(try await people("list", "--format", "csv").output == csv)
        try shop.write(csv, to: "listed.csv")
        #expect(
            try await people("import", "listed.csv").output
                == "imported: 2 people: 0 new, 2 known already, 0 of them changed\n"
        )
        let report: ImportReport = try await shop.ask(
            "people",
            "import",
            shop.folder + "/listed.csv",
            "--enroll",
            "quen"
        )
        #expect((report.people, report.enrolled, report.notEnrolled) == (2, 2, 0))
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `a long list goes in by parts, and a page that nobody knows stops all of it`() async throws {
        let shop = try await Shop(sequences: ["quen.yaml": Self.sequence], scale: 1)
        try await shop.start()
        let ids = (1...5001).map { "\($0)\n" }.joined()
        try shop.write(ids + "99/1\n", to: "bad")
        try shop.write(ids, to: "good")
        func take(_ file: String) async throws -> Program.Result {
            try await Program.run("people", "import", file, "--config", shop.configuration, folder: shop.folder)
        }
        #expect(
            try await take("bad")
                == Program.Result(
                    status: 1,
                    output: "",
                    errors: "Error: line 5002: page 99 is not in the configuration; it has \(Shop.page)\n"
                )
        )
        let nobody: [PersonSummary] = try await shop.ask("people", "list")
        #expect(nobody.isEmpty)
        #expect(
            try await take("good")
                == Program.Result(
                    status: 0,
                    output: "imported: 5001 people: 5001 new, 0 known already\n",
                    errors: "5001 of 5001\n"
                )
        )
        let listed = try await Program.run("people", "list", "--format", "ids", "--config", shop.configuration)
        #expect(listed.output.split(separator: "\n").count == 5001)
        let all: [PersonSummary] = try await shop.ask("people", "list", "--limit", "20000")
        #expect(all.map(\.person) == (1...5001).map(String.init))
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `what is said of people who are enrolled and cannot be written to`() async throws {
        let shop = try await Shop(sequences: ["quen.yaml": Self.sequence], scale: 1)
        try await shop.start()
        let now = shop.clock.now()
        try shop.write("person,last_message\n1001,\n1002,\(now)\n1003,2026-01-01 10:00\n", to: "people.csv")
        func take(_ arguments: String...) async throws -> String {
            try await Program.run(
                ["people", "import"] + arguments + ["--enroll", "quen", "--config", shop.configuration],
                folder: shop.folder
            ).output
        }
        let cause = "cannot be messaged before they write: no message from them in the last 24 hours is known"
        #expect(
            try await take("people.csv", "--check") == """
                would be imported: 3 people: 3 new, 0 known already
                3 would be enrolled, 2 of whom \(cause)
                nothing was changed

                """
        )
        #expect(
            try await take("people.csv") == """
                imported: 3 people: 3 new, 0 known already
                3 enrolled, 2 of whom \(cause)

                """
        )
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `a list of ours comes back, with comment authors and zones that are distances`() async throws {
        let shop = try await Shop(sequences: ["quen.yaml": Self.sequence], scale: 1)
        try await shop.start()
        try shop.write(
            """
            page,person,full_name,first_name,last_name,phone,email,zone,tags,first_message,last_message,window_ends,stopped,\
            paused,unreachable,under_way,attributes\r
            \(Shop.page),7200000000000004,Lan,Lan,,,,GMT+0530,"a,b",2026-01-30T01:33:22.981Z,,,,2026-02-01T03:00:00.123Z,,quen,\r
            \(Shop.page),comment:555_1,,,,,,,,,,,,,,,\r

            """,
            to: "listed.csv"
        )
        let result = try await Program.run(
            "people",
            "import",
            "listed.csv",
            "--config",
            shop.configuration,
            folder: shop.folder
        )
        #expect(
            result
                == Program.Result(
                    status: 0,
                    output:
                        "imported: 1 person: 1 new, 0 known already\n2 tagged\n1 paused until you decide: `dripd people list "
                        + "--paused`\n",
                    errors: """
                        listed.csv:3:18: warning: 1 line is left out, such as 'comment:555_1': the author of a comment has no id on \
                        the page before they write

                        """
                )
        )
        let listed = try await Program.run("people", "list", "--format", "csv", "--config", shop.configuration)
        #expect(
            listed.output.hasSuffix(
                "\(Shop.page),7200000000000004,Lan,Lan,,,,GMT+0530,\"a,b\",2026-01-30T01:33:22.981Z,,,,"
                    + "2026-02-01T03:00:00.123Z,,,\r\n"
            )
        )
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `a page that no configuration has is told once, with its lines`() async throws {
        let shop = try await Shop(sequences: ["quen.yaml": Self.sequence], scale: 1)
        try await shop.start()
        try shop.write((1...5_100).map { "99/\($0)\n" }.joined(), to: "bad")
        let result = try await Program.run(
            "people",
            "import",
            "bad",
            "--config",
            shop.configuration,
            folder: shop.folder
        )
        #expect(
            result.errors
                == "Error: lines 1, 2, 3 and 4997 more: page 99 is not in the configuration; it has \(Shop.page)\n"
        )
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `a daemon that hangs up is not asked once more about all of a long list`() async throws {
        let folder = try TemporaryDirectory()
        try Data((1...5001).map { "\($0)\n" }.joined().utf8).write(to: URL(filePath: folder.path + "/ids"))
        let socket = folder.path + "/control.sock"
        let daemon = try ScriptedServer(unixSocketPath: socket) { $0.readRequest() }
        defer { daemon.stop() }
        let result = try await Program.run("people", "import", "ids", "--control-socket", socket, folder: folder.path)
        #expect(
            result
                == Program.Result(
                    status: 1,
                    output: "",
                    errors: """
                        Error: no dripd answers at \(socket): the connection ended before the answer's header was complete
                        Is it running (systemctl status dripd)? Use --config FILE or --control-socket PATH for another daemon.

                        """
                )
        )
        #expect(daemon.requests.count == 1)
    }

    @Test func `a file with faults is refused before anybody is asked`() async throws {
        let shop = try await Shop(sequences: ["quen.yaml": Self.sequence], scale: 1)
        try shop.write("person,phone\n1001,12\n", to: "people.csv")
        let result = try await Program.run("people", "import", "people.csv", folder: shop.folder)
        #expect(
            result
                == Program.Result(
                    status: 1,
                    output: "",
                    errors: """
                        Error: people.csv:2:6: error: '12' is not a phone number: write 0912345678, or +49301234567 for another \
                        country
                        nothing was imported

                        """
                )
        )
    }
}
