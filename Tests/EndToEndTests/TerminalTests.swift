import ChildProcesses
import Foundation
import GRDB
import MessengerSandbox
import TestSupport
import Testing

/// What commands print, where to, and what they do where they cannot.
@Suite(.timeLimit(.minutes(2))) struct TerminalTests {
    @Test(arguments: ["check Sequences", "check Sequences --format json", "--help", "--version", "check --schema"])
    func `output that cannot be written is one line, and exit code 1`(_ command: String) async throws {
        func failed(_ why: String) -> Program.Result {
            Program.Result(status: 1, output: "", errors: "Error: cannot write the output: \(why)\n")
        }
        #expect(try await shell("\"$DRIPD\" \(command) >/dev/full") == failed("no space left on device"))
        #expect(try await shell("\"$DRIPD\" \(command) >&-") == failed("bad file descriptor"))
    }

    @Test func `a reader that has gone is no fault, and neither is a closed standard error`() async throws {
        let piped = try await shell("\"$DRIPD\" --help | true; \"$DRIPD\" check --schema | head -c 1")
        #expect(piped == Program.Result(status: 0, output: "{", errors: ""))
        // The file that is opened first does not get the messages.
        let mute = try await shell("\"$DRIPD\" check nowhere.yaml 2>&- <&-")
        #expect(mute.status == 1)
        #expect(mute.output.hasPrefix("nowhere.yaml: error: "))
        #expect(try await shell("\"$DRIPD\" nonsense 2>/dev/full").status == 64)
    }

    @Test(arguments: [80, 100]) func `at the width of a terminal, lines are folded between words`(
        _ columns: Int
    ) async throws {
        let commands = "\"$DRIPD\" check --verbose Sequences; \"$DRIPD\" simulate Sequences/cham-soc.yaml"
        let shown = try await shell("script -qec 'stty cols \(columns); \(commands)' /dev/null")
        let lines = shown.output.replacing("\r\n", with: "\n").split(separator: "\n")
        #expect(lines.count > 40)
        #expect(lines.allSatisfy { $0.count <= columns })
        // Every word is there as it was.
        let words = Set(shown.output.split(whereSeparator: \.isWhitespace))
        let plain = try await Program.run("check", "--verbose", "Sequences", folder: Program.project.path)
        let missing = plain.output.split(whereSeparator: \.isWhitespace).filter { !words.contains($0) }
        #expect(missing == [])
    }

    @Test func `commands that are not there, and options that say something else than they mean`() async throws {
        #expect(
            try await Program.run("forget", "1001")
                == Program.Result(
                    status: 64,
                    output: "",
                    errors: "Error: there is no command 'forget'; did you mean `dripd people forget`?\n"
                )
        )
        for name in ["a.jpg", "qr.pdf", "./x/a.SVGZ", "a."] {
            let folder = try TemporaryDirectory()
            let link = try await Program.run(
                ["link", "x", "--any", "--page", "shop", "--output", name],
                folder: folder.path
            )
            #expect(link.status == 64)
            #expect(link.errors.hasPrefix("Error: --output \(name): cannot write a link as ."))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
        let mixed = ["link", "x", "--any", "--page", "shop", "--output", "a.png", "--format", "svg"]
        #expect(
            try await Program.run(mixed, folder: nil).errors
                .hasPrefix("Error: --output a.png names a png file, but --format is svg\n")
        )
        for time in ["2999-01-01T00:00:00Z", "32503680000000", "1969-12-31T23:59:59Z"] {
            #expect(try await Program.run("run", "--time-scale", "10", "--time-epoch", time).status == 64)
            #expect(try await Program.run("sandbox", "--time-epoch", time).status == 64)
        }
    }

    /// Asked twice, it would take twice as long.
    @Test func `a daemon that does not answer is said to be silent, after twenty seconds`() async throws {
        let folder = try TemporaryDirectory()
        let socket = folder.path + "/control.sock"
        let daemon = try ScriptedServer(unixSocketPath: socket) { $0.stall() }
        defer { daemon.stop() }
        let result = try await Program.run("people", "list", "--control-socket", socket, folder: folder.path)
        #expect(
            result
                == Program.Result(
                    status: 1,
                    output: "",
                    errors: """
                        Error: the daemon at \(socket) does not answer: no answer for 20 s
                        The request may still be carried out. journalctl -u dripd shows its progress; systemctl restart dripd ends it.

                        """
                )
        )
    }

    @Test func `strangers' characters are shown, their names found, and times say their zone`() async throws {
        let care = """
            sequence: care
            title: Care
            start: [first_message]
            steps:
              - {step: hello, after: 1 h, text: Hello}

            """
        let shop = try await Shop(
            sequences: ["care.yaml": care],
            scale: 1,
            profileFields: "[first_name, last_name, name]"
        )
        try await shop.start()
        func ask(_ arguments: String...) async throws -> Program.Result {
            try await Program.run(arguments + ["--config", shop.configuration])
        }
        let hostile = "Lan\u{1B}[2J\u{202E}\nERROR"
        try shop.sandbox.write(as: "1001", name: hostile, text: "Số em 0912345678", ref: nil)
        try shop.sandbox.write(as: "1002", name: "Nguyễn Thị Bưởi", text: "Chào shop", ref: nil)
        while try await ask("people", "show", "bưởi").status != 0 {}
        while try await ask("people", "show", "lan").status != 0 {}
        #expect(try await ask("people", "list").output.contains("Lan [2J ERROR"))
        // As a release before this one stored it.
        let state = try DatabaseQueue(path: shop.folder + "/state/dripd.db")
        try await state.write { db in
            try db.execute(
                sql: """
                    UPDATE person SET attributes = json_set(attributes, '$.full_name', ?)
                    WHERE id = (SELECT person FROM address WHERE external_id = '1001')
                    """,
                arguments: [hostile]
            )
        }
        try state.close()
        for command in [
            ["people", "list"], ["people", "show", "1001"], ["explain", "1001"], ["people", "forget", "1001"],
            ["jobs", "list"], ["status"], ["people", "list", "--json"], ["people", "show", "1001", "--json"],
        ] {
            let result = try await Program.run(command + ["--config", shop.configuration])
            let text = result.output + result.errors
            #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
            #expect(!text.contains("\nERROR"))
        }
        #expect(try await ask("people", "list").output.contains(#"Lan\u{1B}[2J\u{202E}\nERROR"#))

        let found = try await ask("people", "show", "BUOI")
        let words = found.output.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, with: "TIME")
            .replacing(/DRIPD_PERSON=\w+/, with: "DRIPD_PERSON=HASH")
        #expect(
            words == """
                1002 on page 1577703145783617
                name           Nguyễn Thị Bưởi
                first message  TIME+07
                last message   TIME+07
                window until   TIME+07
                address        messenger:1577703145783617/1002; window until TIME+07
                in the journal DRIPD_PERSON=HASH

                care, since TIME+07 by first_message
                  STEP   DUE                                                   NOTE
                  hello  TIME+07  next  TIME+07

                """
        )
        #expect(try await ask("people", "show", "0912 345 678").output.hasPrefix("1001 on page"))
        let several = try await ask("people", "show", "n")
        #expect(several.status == 0)
        #expect(several.output.split(separator: "\n").count == 3)
        #expect(several.errors == "2 people match, newest first; `dripd people show PERSON` shows one\n")
        let nobody = try await ask("people", "show", "Minh")
        #expect(nobody.status == 1)
        #expect(nobody.errors == "Error: no person is known as 'Minh', by id, name or phone number\n")
        #expect(await shop.end(SIGTERM) == 0)
    }

    /// Runs a line of the shell in the project's folder.
    private func shell(_ line: String) async throws -> Program.Result {
        let folder = try TemporaryDirectory()
        let (output, errors) = (folder.path + "/output", folder.path + "/errors")
        let process = try ChildProcess(
            "/bin/bash",
            ["-c", line],
            environment: ["PATH": "/usr/bin:/bin", "DRIPD": Program.url.path, "SHELL": "/bin/bash"],
            folder: Program.project.path,
            output: output,
            errors: errors
        )
        func text(_ path: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        }
        let status = await process.exit.code
        return Program.Result(status: status, output: try text(output), errors: try text(errors))
    }
}
