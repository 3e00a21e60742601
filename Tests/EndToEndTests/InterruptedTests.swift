import Channels
import ChildProcesses
import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// What is killed in the middle of its work, with the real binary: an import, from either end, and a burst of messages.
@Suite(.timeLimit(.minutes(3))) struct InterruptedTests {
    private static let sequence = """
        sequence: care
        title: Care
        start: [manual]
        steps:
          - {step: one, after: 1 day, text: Hello}

        """
    /// Six parts.
    private static let people = 26_000

    @Test func `an import whose client is killed is completed by the same command`() async throws {
        let shop = try await shopWithTable()
        let client = try ChildProcess(
            Program.url.path,
            importing(shop),
            folder: shop.folder,
            output: shop.folder + "/output",
            errors: shop.folder + "/errors"
        )
        try await hasBegun(shop)
        client.signal(SIGKILL)
        #expect(await client.exit == .signal(SIGKILL))
        try await complete(shop)
    }

    @Test func `an import whose daemon is killed is completed by the same command`() async throws {
        let shop = try await shopWithTable()
        let command = importing(shop)
        async let running = Program.run(command, folder: shop.folder)
        try await hasBegun(shop)
        await shop.end(SIGKILL)
        let broken = try await running
        #expect(broken.status == 1)
        let known = broken.errors.replacing(/The first \d+ are/, with: "The first N are")
        #expect(
            known.hasPrefix("Error: no dripd answers at \(shop.folder)/state/control.sock")
                && known.hasSuffix("The first N are imported; run the same command again for the rest.\n"),
            "\(broken)"
        )
        try await shop.start()
        try await complete(shop)
    }

    @Test func `after a kill and an immediate restart no second has more messages than the rate`() async throws {
        let burst = Self.sequence.replacing("1 day", with: "0 s")
        let shop = try await Shop(sequences: ["care.yaml": burst], scale: 1)
        let configuration = try String(contentsOfFile: shop.configuration, encoding: .utf8)
        try shop.write(configuration.replacing("page_token}}", with: "page_token}, rate: 40/s}"), to: "dripd.yaml")
        try await shop.start()
        for number in 1...130 { _ = try shop.sandbox.addPerson(id: "\(1_000_000 + number)", name: nil) }
        try shop.write(Self.table(130, wroteAt: shop.clock.now()), to: "people.csv")
        for number in 1...130 {
            _ = try shop.sandbox.write(as: "\(1_000_000 + number)", name: nil, text: "hello", ref: nil)
        }
        let known = try await Program.run(importing(shop), folder: shop.folder)
        #expect(known.status == 0, "\(known)")
        var sent = 0
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing {
            sent += 1
            if sent == 30 { break }
        }
        await shop.end(SIGKILL)
        try await shop.start()
        var arrivals: [Int64] = []
        var people: Set<String> = []
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing {
            arrivals.append(entry.at)
            #expect(people.insert(entry.person).inserted)
            if arrivals.count == 80 { break }
        }
        let limit = MessengerLimits.messagesPerSecond
        for (first, later) in zip(arrivals, arrivals.dropFirst(limit)) {
            #expect(later - first >= 1000, "\(limit + 1) messages within \(later - first) ms")
        }
    }

    private func shopWithTable() async throws -> Shop {
        let shop = try await Shop(sequences: ["care.yaml": Self.sequence], scale: 1)
        try await shop.start()
        try shop.write(Self.table(Self.people, wroteAt: shop.clock.now()), to: "people.csv")
        return shop
    }

    private static func table(_ people: Int, wroteAt: Instant) -> String {
        "person,last_message\n" + (1...people).map { "\(1_000_000 + $0),\(wroteAt)\n" }.joined()
    }

    private func importing(_ shop: Shop) -> [String] {
        ["people", "import", "people.csv", "--enroll", "care", "--config", shop.configuration]
    }

    private func hasBegun(_ shop: Shop) async throws {
        var status: Status = try await shop.ask("status")
        // The first part is answered.
        while status.sums.people <= 5_000 { status = try await shop.ask("status") }
        #expect(status.sums.people < Self.people)
    }

    /// Runs the command again, and finds each person once.
    private func complete(_ shop: Shop) async throws {
        let before: Status = try await shop.ask("status")
        let known = before.sums.people
        #expect(known > 0 && known < Self.people && before.sums.enrolled == known)
        let result = try await Program.run(importing(shop) + ["--json"], folder: shop.folder)
        #expect(result.status == 0, "\(result)")
        let report = try JSONDecoder().decode(ImportReport.self, from: Data(result.output.utf8))
        #expect((report.people, report.changed) == (Self.people, 0))
        // What the killed daemon had on its way may have been taken after the question.
        #expect(report.added <= Self.people - known)
        #expect(report.enrolled == report.added)
        let after: Status = try await shop.ask("status")
        #expect(
            (after.sums.people, after.sums.enrolled, after.sums.underWay) == (Self.people, Self.people, Self.people)
        )
        let again = try await Program.run(importing(shop) + ["--json"], folder: shop.folder)
        let nothing = try JSONDecoder().decode(ImportReport.self, from: Data(again.output.utf8))
        #expect(
            (nothing.people, nothing.added, nothing.enrolled, nothing.notEnrolled) == (Self.people, 0, 0, Self.people)
        )
    }
}
