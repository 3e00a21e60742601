import Channels
import ControlAPI
import DripEngine
import Foundation
import TestSupport
import Testing

/// `dripd reload`, which systemd runs for a reload, with the real binary.
@Suite(.timeLimit(.minutes(2))) struct ReloadTests {
    private static let sequence = """
        sequence: hello
        title: Hello
        start: [manual]
        steps:
          - {step: one, after: 15 min, text: Hello}
        """

    @Test func `it waits for the outcome, and fails where something on the disk is not in force`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        try await shop.start()
        func reload() async throws -> Program.Result { try await Program.run("reload", "--config", shop.configuration) }
        #expect(
            try await reload()
                == Program.Result(status: 0, output: "nothing changes: these files are in force\n", errors: "")
        )
        try shop.write(Self.sequence.replacing("hello", with: "other"), to: "Sequences/other.yaml")
        #expect(try await reload() == Program.Result(status: 0, output: "in force: added other\n", errors: ""))

        try shop.write("sequence: other\n", to: "Sequences/other.yaml")
        let refused = try await reload()
        #expect(refused.status == 1)
        #expect(refused.errors.contains("/Sequences/other.yaml:1:1: error: "), "\(refused)")
        #expect(refused.errors.hasSuffix("\nnothing has changed\n"))
        try shop.write(Self.sequence.replacing("hello", with: "other"), to: "Sequences/other.yaml")

        let before = try String(contentsOfFile: shop.configuration, encoding: .utf8)
        try shop.write("# a comment\n" + before, to: "dripd.yaml")
        #expect(try await reload().status == 0)
        try shop.write(before + "concurrency: 7\n", to: "dripd.yaml")
        #expect(
            try await reload()
                == Program.Result(
                    status: 1,
                    output: "nothing changes: these files are in force\n",
                    errors: """
                        Error: \(shop.configuration) has changed, and only a restart puts it in force: systemctl restart dripd

                        """
                )
        )
        #expect(shop.log.contains("has changed, and only a restart puts it in force: systemctl restart dripd"))
        try shop.write(before + "concurency: 7\n", to: "dripd.yaml")
        let broken = try await Program.run("reload", "--control-socket", shop.folder + "/state/control.sock")
        #expect(broken.status == 1)
        #expect(broken.errors.contains("unknown key 'concurency'"), "\(broken)")
        #expect(broken.errors.contains("a restart would refuse it"))
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `a hangup while it starts does not end it`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        // Sent before the program has come to its first line: the launcher's own process becomes the daemon's.
        try await shop.start(by: ["/bin/sh", "-c", #"trap '' HUP; (sleep 0.05; kill -HUP $$) & exec "$0" "$@""#])
        let status: Status = try await shop.ask("status")
        #expect(status.sequences == ["hello"])
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `without its standard descriptors the log is written into none of its files`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        try await shop.start(by: ["/bin/sh", "-c", #"exec "$0" "$@" <&- >&- 2>&-"#])
        shop.hangUp()
        let _: Status = try await shop.ask("status")
        let files = shop.folder + "/state"
        for name in try FileManager.default.contentsOfDirectory(atPath: files) where name != "control.sock" {
            let bytes = try Data(contentsOf: URL(filePath: files + "/" + name))
            #expect(bytes.firstRange(of: Data("sequences in force".utf8)) == nil, "\(name)")
        }
        #expect(await shop.end(SIGTERM) == 0)
        #expect(shop.log == "")
    }

    @Test func `a control socket at which another daemon answers is not taken`() async throws {
        let (first, second) = (
            try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1),
            try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        )
        try await first.start()
        let socket = first.folder + "/state/control.sock"
        let configuration = try String(contentsOfFile: second.configuration, encoding: .utf8)
        try second.write("control_socket: \(socket)\n" + configuration, to: "dripd.yaml")
        #expect(try await second.refusal() == 1)
        #expect(
            second.log.contains(
                "another dripd answers at \(socket): stop it first, or give this one a control_socket of its own"
            ),
            "\(second.log)"
        )
        let _: Status = try await first.ask("status")
        #expect(await first.end(SIGKILL) == nil)
        // What it left is no daemon.
        try await second.start()
        #expect(await second.end(SIGTERM) == 0)
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    @Test func `every interface, and the watchdog finds it`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        let configuration = try String(contentsOfFile: shop.configuration, encoding: .utf8)
        let everywhere = configuration.replacing(/listen: 127.0.0.1:([0-9]+)/) { "listen: '*:\($0.1)'" }
        #expect(everywhere != configuration)
        try shop.write(everywhere, to: "dripd.yaml")
        try await shop.start(environment: ["WATCHDOG_USEC": "2000000"])
        #expect(try await shop.get("/healthz").status == 200)
        let other = try await Program.run("doctor", "--offline", "--config", shop.configuration)
        #expect(other.output.contains("ok       daemon"), "\(other)")
        #expect(await shop.end(SIGTERM) == 0)
        #expect(!shop.log.contains("does not answer"), "\(shop.log)")
    }

    @Test func `a dead token is told before a message needs it`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        try shop.write("another-token", to: "secrets/page_token")
        try await shop.start()
        try await shop.says("the page may not send any more; renew its token or its rights")
        var ready = try await shop.get("/readyz")
        while ready.status == 200 { ready = try await shop.get("/readyz") }
        #expect(ready.status == 503)
        let text = String(decoding: ready.body, as: UTF8.self)
        #expect(text.hasPrefix("not ready\n- page \(Shop.page) is stopped: 190"), "\(text)")
        let status: Status = try await shop.ask("status")
        #expect(status.pages.map(\.state) == ["stopped"])
        // A file is read again at a reload, too.
        try shop.write("page-token", to: "secrets/page_token")
        #expect(try await Program.run("reload", "--config", shop.configuration).status == 0)
        while ready.status != 200 { ready = try await shop.get("/readyz") }
        #expect(await shop.end(SIGTERM) == 0)
    }
}
