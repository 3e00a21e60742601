import Channels
import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// What the log of the real daemon says, and what it must not.
@Suite(.timeLimit(.minutes(3))) struct LogPrivacyTests {
    private static let sequence = """
        sequence: care
        title: Chăm sóc sau sinh
        start: [first_message]
        steps:
          - {step: one, after: 5 min, text: "Hạt dẻ một {{full_name, default: \\"bạn\\"}}"}
          - {step: two, after: 10 min, text: Hạt dẻ hai}
          - {step: three, after: 15 min, text: Hạt dẻ ba}
        """

    /// Of a run in which everything goes wrong once, with every line that can be logged.
    @Test func `no secret, no text, no number and no name is in the log`() async throws {
        let shop = try await Shop(
            sequences: ["care.yaml": Self.sequence],
            scale: 600,
            profileFields: "[first_name, last_name, name]"
        )
        try await shop.start("--log-level", "trace")
        for fault in [
            Fault(kind: .error(code: 100, subcode: nil), person: "7712345678901", count: 1),
            Fault(kind: .lostAnswer, person: "7712345678902", count: 1),
            Fault(kind: .error(code: 4, subcode: nil), person: "7712345678903", count: 1),
            Fault(kind: .error(code: 2, subcode: nil), person: "7712345678903", count: 1),
        ] {
            try shop.sandbox.inject(fault)
        }
        for (person, name) in [
            ("7712345678901", "Nguyễn Thị Lan"), ("7712345678902", "Trần Văn Bình"), ("7712345678903", "Lê Mai"),
        ] {
            try shop.sandbox.write(as: person, name: name, text: "Gọi tôi: 0912345678 nhé", ref: nil)
        }
        // What nobody signed, and what is none.
        for body in [#"{"entry":"Gọi tôi: 0912345678"}"#, "Hạt dẻ"] {
            #expect(try await shop.post(body, to: "/webhooks/messenger").status == 401)
        }
        _ = try await shop.get("/webhooks/messenger?hub.mode=subscribe&hub.verify_token=verify-toke&hub.challenge=1")
        _ = try await shop.get("/nobody/7712345678901")
        var status: Status = try await shop.ask("status")
        while status.sums.underWay > 0 || status.sums.enrolled < 3 { status = try await shop.ask("status") }
        try shop.write("sequence: Hạt dẻ\ntitle: []\n", to: "Sequences/bad.yaml")
        shop.hangUp()
        while status.refused == nil { status = try await shop.ask("status") }
        let person: PersonDetail = try await shop.ask("people", "show", "7712345678901")
        #expect(await shop.end(SIGTERM) == 0)

        let log = shop.log
        // What it is for.
        for said in [
            "sent delivery=dripd/", "failed delivery=dripd/", "error_class=", "webhook refused", "sequence=care",
            "person=\(person.pseudonym)", "bad.yaml",
        ] {
            #expect(log.contains(said), "\(said) is not in\n\(log)")
        }
        for hidden in [
            "app-secret", "verify-token", "page-token", "7712345678901", "7712345678902", "7712345678903", "0912345678",
            "Gọi tôi", "Nguyễn", "Lan", "Trần", "Bình", "Lê Mai", "Hạt dẻ một", "Hạt dẻ hai", "Hạt dẻ ba",
        ] {
            let lines = log.split(separator: "\n").filter { $0.contains(hidden) }
            #expect(lines == [], "\(hidden)")
        }
    }

    @Test func `the catalog explains each event that has a number, and no other`() throws {
        let catalog = try String(contentsOf: Program.project.appending(path: "systemd/dripd.catalog"), encoding: .utf8)
        let explained = catalog.matches(of: /(?m)^-- ([0-9a-f]{32})$/).map { String($0.output.1) }
        #expect(explained.sorted() == CatalogedMessage.allCases.map(\.rawValue).sorted())
        #expect(catalog.components(separatedBy: "\nSubject: ").count == explained.count + 1)
    }
}
