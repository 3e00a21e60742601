import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// Answers that never came and no echo to tell what became of their messages, with the real binary.
@Suite(.timeLimit(.minutes(3))) struct DoubtTests {
    private static let day = """
        sequence: day
        title: A day of care
        start: [first_message]
        steps:
          - {step: one, after: 15 min, text: "Chào bạn,\\nshop đây ạ!"}
          - {step: two, after: 1 h, text: Two}

        """

    @Test func `the conversation tells what arrived and what did not, and both reach their people once`() async throws {
        let shop = try await Shop(sequences: ["day.yaml": Self.day], scale: 600)
        try await shop.subscribe(to: "messages")
        try await shop.start()
        // dripd mends that at its start; then, for this process, there is no echo.
        try await shop.says("renewed the page's webhook subscription")
        try await shop.subscribe(to: "messages")
        // The one arrives and its answer is lost; the other is lost on its way.
        try shop.sandbox.inject(Fault(kind: .lostAnswer, person: "1001", count: 1))
        try shop.sandbox.inject(Fault(kind: .refuse, person: "1002", count: 1))
        for person in ["1001", "1002"] {
            try shop.sandbox.write(as: person, name: nil, text: "Xin chào", ref: nil)
        }
        // Both are in doubt, and what is known of that has to outlive the process.
        var doubts = 0
        while doubts < 2 {
            let status: Status = try await shop.ask("status")
            doubts = status.sums.inDoubt + 2 * status.sums.sent
        }
        await shop.end(SIGKILL)
        try await shop.start()
        var arrived: [String: [String]] = [:]
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing {
            let key = try #require(entry.metadata.flatMap(DeliveryKey.init))
            arrived[entry.person, default: []].append(key.step)
            if arrived.values.map(\.count).reduce(0, +) == 4 { break }
        }
        #expect(arrived.mapValues { $0.sorted() } == ["1001": ["one", "two"], "1002": ["one", "two"]], "\(shop.log)")
        #expect(await shop.end(SIGTERM) == 0)
        try await shop.start()
        for person in ["1001", "1002"] {
            let detail: PersonDetail = try await shop.ask("people", "show", person)
            let deliveries = detail.enrollments.flatMap(\.deliveries)
            #expect(deliveries.map(\.state) == ["sent", "sent"], "\(shop.log)")
            let here = shop.sandbox.messages(after: 0, of: person).filter { $0.direction == .outgoing }
            #expect(deliveries.flatMap(\.messageIDs).sorted() == here.map(\.messageID).sorted())
        }
        #expect(shop.log.contains("no longer in doubt: the conversation shows it"), "\(shop.log)")
        #expect(shop.log.contains("no longer in doubt: it did not arrive, and is sent again"), "\(shop.log)")
        #expect(await shop.end(SIGTERM) == 0)
    }
}
