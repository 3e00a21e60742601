import Channels
import DripEngine
import Foundation
import MessengerSandbox
import Testing

/// A page whose webhooks the platform dropped, with the real binary.
@Suite(.timeLimit(.minutes(1))) struct WebhookFieldsTests {
    private static let sequence = """
        sequence: hello
        title: Hello
        start: [first_message]
        steps:
          - {step: one, after: 15 min, text: Hello}

        """

    @Test func `a page that was dropped is subscribed anew at the start, and messages come in`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 600)
        try await shop.subscribe(to: "send_cart")
        try await shop.start()
        let renewed = "dripd_webhook_renewals_total{page=\"\(Shop.page)\"} 1\n"
        while !String(decoding: try await shop.get("/metrics").body, as: UTF8.self).contains(renewed) {}
        #expect(
            shop.log.contains("renewed the page's webhook subscription, which lacked fields that dripd reads"),
            "\(shop.log)"
        )
        try shop.sandbox.write(as: "1001", name: nil, text: "Xin chào", ref: nil)
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing {
            #expect(entry.person == "1001")
            break
        }
        let doctor = try await Program.run("doctor", folder: shop.folder)
        #expect(
            doctor.output.contains(
                "ok       webhooks       page \(Shop.page) is subscribed to all fields that dripd reads\n"
            ),
            "\(doctor)"
        )
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `without the permission it says so, and the doctor too`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        try await shop.subscribe(to: "messages")
        try shop.sandbox.changeStanding { $0.missingPermissions = ["pages_manage_metadata"] }
        try await shop.start()
        try await shop.says("its token lacks pages_manage_metadata")
        #expect(!shop.log.contains("page-token"))
        let doctor = try await Program.run("doctor", folder: shop.folder)
        #expect(doctor.output.contains("→ give the token pages_manage_metadata, which this check needs\n"), "\(doctor)")
        #expect(await shop.end(SIGTERM) == 0)
    }
}
