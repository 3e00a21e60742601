import Foundation
import Testing

/// `dripd doctor`, with the real binary.
@Suite(.timeLimit(.minutes(1))) struct DoctorTests {
    private static let sequence = """
        sequence: hello
        title: Hello
        start: [manual]
        steps:
          - {step: one, after: 15 min, text: Hello}

        """

    @Test func `a web server that other machines can reach is said at check, start and doctor`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        let file = try String(contentsOfFile: shop.configuration, encoding: .utf8)
        try shop.write(file.replacing("listen: 127.0.0.1:", with: "listen: 0.0.0.0:"), to: "dripd.yaml")
        let check = try await Program.run("check", folder: shop.folder)
        #expect(check.status == 0)
        #expect(
            check.output.contains(
                "dripd.yaml:1:9: warning: other machines can reach 0.0.0.0:\(shop.port), and dripd speaks no TLS: "
            ),
            "\(check)"
        )
        try await shop.start()
        try await shop.says(
            "other machines can reach the web server: let a proxy end TLS and pass on only /webhooks/messenger"
        )
        let doctor = try await Program.run("doctor", "--offline", folder: shop.folder)
        #expect(doctor.status == 0)
        #expect(
            doctor.output.contains(
                """
                warning  listen         other machines can reach 0.0.0.0:\(shop.port), without TLS and with /metrics

                """
            ),
            "\(doctor)"
        )
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `what is well on this machine, and what is not`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        func look() async throws -> Program.Result {
            let result = try await Program.run("doctor", "--offline", folder: shop.folder)
            let output = result.output.replacing(/[0-9]+ MiB/, with: "SPACE")
            return Program.Result(status: result.status, output: output, errors: result.errors)
        }
        let before = try await look()
        #expect(before.status == 1)
        #expect(
            before.output.contains(
                """
                error    daemon         no dripd answers at ./state/control.sock
                                        → systemctl start dripd; journalctl -u dripd says why it ended

                """
            ),
            "\(before)"
        )
        try await shop.start()
        #expect(
            try await look()
                == Program.Result(
                    status: 0,
                    output: """
                        ok       configuration  dripd.yaml
                        ok       secrets        all 3 can be read, with safe permissions
                        ok       sequences      1 in ./Sequences
                        ok       state          ./state has SPACE left
                        ok       daemon         dripd 0.1.0 runs, 0 people

                        """,
                    errors: ""
                )
        )
        let token = shop.folder + "/secrets/page_token"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: token)
        try FileManager.default.removeItem(atPath: shop.folder + "/secrets/app_secret")
        try shop.write("sequence: hello\n", to: "Sequences/hello.yaml")
        let ill = try await look()
        #expect(ill.status == 1)
        #expect(ill.output.contains("error    secrets        secret {file: "), "\(ill)")
        #expect(ill.output.contains("page_token may be read by every user on this machine: chmod o= it\n"))
        #expect(ill.output.contains("error    sequences      "))
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `secrets that are easily guessed, or others may change, are said`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        let yaml = try shop.text(of: "dripd.yaml")
            .replacing(/graph_url: \S+/, with: "graph_url: https://graph.invalid/v25.0")
        try shop.write(yaml, to: "dripd.yaml")
        let group = shop.folder + "/secrets/page_token"
        try FileManager.default.setAttributes([.posixPermissions: 0o660], ofItemAtPath: group)
        let weak = try await Program.run("doctor", "--offline", folder: shop.folder)
        for warning in [
            "page_token may be written by the group ",
            "warning  secrets        the app secret does not look like one: 32 hexadecimal digits, from the App Dashboard",
        ] {
            #expect(weak.output.contains(warning), "\(weak.output)")
        }
        #expect(!weak.output.contains("app-secret") && !weak.output.contains("page-token"))
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: group)
        let run = try await Program.run("run", folder: shop.folder)
        #expect(run.status == 1)
        #expect(
            run.errors.contains(
                "page_token may be written by every user on this machine: chmod o= it, and renew the secret"
            ),
            "\(run.errors)"
        )
    }

    @Test func `the webhook is called as the platform calls it`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        try await shop.start()
        let listen = try #require(try shop.text(of: "dripd.yaml").firstMatch(of: /listen: (\S+)/)).1
        let webhook = "http://\(listen)/webhooks/messenger"
        let result = try await Program.run("doctor", "--webhook", webhook, folder: shop.folder)
        #expect(
            result.output.contains("ok       address        \(webhook) answers as the platform expects\n"),
            "\(result)"
        )
        let other = try await Program.run("doctor", "--webhook", "http://\(listen)/other", folder: shop.folder)
        #expect(other.output.contains("answers with status 404, not with the challenge\n"))
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `a persona that the page does not have is named`() async throws {
        let steps = Self.sequence.replacing("text: Hello}", with: "text: Hello, persona: \"4711\"}")
        let shop = try await Shop(sequences: ["hello.yaml": steps], scale: 1)
        let result = try await Program.run("doctor", folder: shop.folder)
        #expect(
            result.output.contains(
                """
                error    personas       page \(Shop.page) has no persona 4711: the platform may refuse messages under it
                                        → GET /PAGE/personas lists the page's personas; use one of them, or none

                """
            ),
            "\(result)"
        )
    }

    @Test func `without a configuration it says so`() async throws {
        let result = try await Program.run("doctor", "--config", "/nonexistent.yaml", "--json")
        #expect(result.status == 1)
        #expect(
            result.output == """
                [
                  {
                    "check" : "configuration",
                    "level" : "error",
                    "text" : "/nonexistent.yaml: error: no such file or folder",
                    "todo" : "fix it, or name another file with --config"
                  }
                ]

                """
        )
    }
}

extension Shop {
    fileprivate func text(of name: String) throws -> String {
        try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    }
}
