import ControlAPI
import DripCore
import DripStore
import Foundation
import Glibc
import MessengerSandbox
import Testing

/// `dripd audit`, with the real binary.
@Suite(.timeLimit(.minutes(2))) struct AuditCommandTests {
    private static let care = """
        sequence: care
        title: Care
        start: [first_message]
        steps:
          - {step: hello, after: 1 h, text: Hello}

        """

    @Test func `who changed what is told as a table and as JSON`() async throws {
        let shop = try await Shop(sequences: ["care.yaml": Self.care], scale: 1)
        try await shop.start()
        func run(_ arguments: String...) async throws -> Program.Result {
            try await Program.run(arguments + ["--config", shop.configuration])
        }
        #expect(try await run("audit").output == "no changes by command yet\n")
        try shop.sandbox.write(as: "1001000000000001", name: nil, text: "Em chào shop", ref: nil)
        var people: [PersonSummary] = []
        while people.isEmpty { people = try await shop.ask("people", "list") }
        let detail: PersonDetail = try await shop.ask("people", "show", "1001000000000001")
        #expect(try await run("people", "stop", "1001000000000001").status == 0)
        #expect(try await run("people", "enroll", "1001000000000001", "care").status == 1)
        #expect(try await run("people", "resume", "1001000000000001", "--reason", "Lan called").status == 0)
        #expect(try await run("people", "stop", "0912345678").status == 1)

        struct Entry: Decodable {
            let user: String?
            let verb: String
            let person: String?
            let before: String?
            let after: String?
            let result: String
            let reason: String?
            let peer: AuditPeer
        }
        let entries: [Entry] = try await shop.ask("audit")
        #expect(entries.map(\.verb) == ["stop", "resume", "enroll", "stop"])
        #expect(entries.map(\.result) == ["refused", "done", "refused", "done"])
        #expect(entries.map(\.person) == [nil, detail.pseudonym, detail.pseudonym, detail.pseudonym])
        #expect(entries.map(\.reason) == ["unknown person", nil, "stopped", nil])
        #expect(entries.map(\.before) == [nil, "stopped", nil, "active"])
        #expect(entries.allSatisfy { $0.peer.uid == getuid() && $0.peer.gid == getgid() && $0.peer.pid != getpid() })
        let name = String(cString: getpwuid(getuid()).pointee.pw_name)
        #expect(entries.allSatisfy { $0.user == name })

        let table = try await run(
            "audit",
            "--person",
            "1001000000000001",
            "--verb",
            "stop",
            "--user",
            name,
            "--since",
            "1d"
        )
        let lines = table.output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            lines[0].split(separator: " ") == ["WHEN", "USER", "PID", "VERB", "PERSON", "SEQUENCE", "CHANGE", "RESULT"]
        )
        #expect(lines[1].contains("  stop  \(detail.pseudonym)  -         active → stopped, 1 ended  done"), "\(table)")
        #expect(try await run("audit", "--since", "2999-01-01").output == "no records match\n")
        #expect(
            try await run("audit", "--user", "nobody-of-this-name").errors
                == "Error: this machine has no user 'nobody-of-this-name'\n"
        )
        #expect(try await run("audit", "--verb", "shout").status == 64)
        #expect(try await run("audit", "--since", "yesterday").status == 64)

        for text in ["1001000000000001", "0912345678", "Lan called"] {
            #expect(!shop.log.contains(text), "\(text) is in the log")
        }
        #expect(try await run("people", "forget", "1001000000000001", "--yes").status == 0)
        let left: [Entry] = try await shop.ask("audit", "--person", "1001000000000001")
        #expect(left.map(\.verb) == ["forget"])
        let all: [Entry] = try await shop.ask("audit")
        #expect(all.map(\.person) == [detail.pseudonym, nil, "forgotten", "forgotten", "forgotten"])
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `a restore is in what was restored`() async throws {
        let shop = try await Shop(sequences: ["care.yaml": Self.care], scale: 1)
        try await shop.start()
        let backup = shop.folder + "/backup.db"
        #expect(try await Program.run("backup", backup, "--config", shop.configuration).status == 0)
        #expect(await shop.end(SIGTERM) == 0)
        #expect(try await Program.run("restore", backup, "--config", shop.configuration).status == 0)
        try await shop.start()
        let records: [AuditRecord] = try await shop.ask("audit")
        #expect(records.map(\.verb) == ["restore"])
        #expect(records.map(\.peer?.uid) == [getuid()])
        #expect(await shop.end(SIGTERM) == 0)
    }
}
