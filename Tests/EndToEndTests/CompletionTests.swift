import ChildProcesses
import Foundation
import TestSupport
import Testing

/// What Tab offers in a real bash.
@Suite(.timeLimit(.minutes(1))) struct CompletionTests {
    private static func sequence(_ name: String, _ steps: String...) -> String {
        "sequence: \(name)\ntitle: \(name)\nstart: [manual]\nsteps:\n"
            + steps.enumerated().map { "  - {step: \($1), after: \($0 + 1) h, text: Hello}\n" }.joined()
    }

    /// Returns what bash offers at the end of the line.
    private func offered(_ line: String, in folder: String) async throws -> [String] {
        let script = """
            PATH=$1:$PATH
            eval "$(dripd --generate-completion-script bash)" && declare -F _dripd >/dev/null || exit
            eval "COMP_WORDS=($2)"
            [ "${2% }" = "$2" ] || COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$2 COMP_POINT=${#2}
            _dripd dripd "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let printed = try TemporaryDirectory()
        let output = printed.path + "/output"
        let shell = try ChildProcess(
            "/bin/bash",
            ["-c", script, "test", Program.url.deletingLastPathComponent().path, line],
            folder: folder,
            output: output,
            errors: "/dev/null"
        )
        #expect(await shell.exit == .status(0))
        return try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// A signed webhook, which the platform would send for such an id.
    private func writes(as person: String, to shop: Shop) async throws -> ChildProcess.Exit {
        let body = """
            {"object": "page", "entry": [{"id": "\(Shop.page)", "time": 1, "messaging": [{"sender": {"id": "\(person)"}, \
            "recipient": {"id": "\(Shop.page)"}, "timestamp": \(Int64(Date.now.timeIntervalSince1970 * 1000)), \
            "message": {"mid": "m_1", "text": "Hello"}}]}]}
            """
        try shop.write(body, to: "webhook.json")
        let script = """
            signature=$(openssl dgst -sha256 -hmac app-secret <webhook.json | sed 's/^.* //')
            curl -sf -H 'Content-Type: application/json' -H "X-Hub-Signature-256: sha256=$signature" \
                --data-binary @webhook.json http://127.0.0.1:\(shop.port)/webhooks/messenger
            """
        return try await ChildProcess(
            "/bin/bash",
            ["-c", script],
            folder: shop.folder,
            output: "/dev/null",
            errors: "/dev/null"
        ).exit
    }

    @Test func `the sequences and steps of the files, and the people and tags of the daemon`() async throws {
        let shop = try await Shop(
            sequences: [
                "care.yaml": Self.sequence("care", "hello", "day"), "cart.yaml": Self.sequence("cart", "left"),
                "sale.yaml": Self.sequence("sale", "offer"),
            ],
            scale: 1
        )
        try await shop.start()
        try shop.write("person,tags\n1001,vip\n1002,\"vip,khách-quen\"\n", to: "people.csv")
        let imported = try await Program.run(
            ["people", "import", "people.csv", "--config", shop.configuration],
            folder: shop.folder
        )
        #expect(imported.status == 0, "\(imported)")
        // Whatever the platform calls a person, bash must not run it.
        #expect(try await writes(as: "$(touch made)", to: shop) == .status(0))
        let listed = try await Program.run("people", "list", "--format", "ids", folder: shop.folder)
        #expect(listed.output.contains("$(touch made)"), "\(listed)")
        let expected: [(line: String, words: [String])] = [
            ("dripd history ca", ["care", "cart"]),
            ("dripd people enroll ", ["1001", "1002"]),
            ("dripd people enroll 1001 s", ["sale"]),
            ("dripd people list --tag ", ["khách-quen", "vip"]),
            ("dripd people tag 1001 v", ["vip"]),
            ("dripd people list --page ", [Shop.page]),
            ("dripd jobs resolve 1001 cart ", ["left"]),
            ("dripd simulate Sequences/s", ["Sequences/sale.yaml"]),
            ("dripd vers", ["version"]),
        ]
        for (line, words) in expected { #expect(try await offered(line, in: shop.folder) == words, "\(line)") }
        #expect(!FileManager.default.fileExists(atPath: shop.folder + "/made"))
        #expect(await shop.end(SIGTERM) == 0)
        #expect(try await offered("dripd people show ", in: shop.folder) == [])
        #expect(try await offered("dripd people enroll x c", in: shop.folder) == ["care", "cart"])
    }
}
