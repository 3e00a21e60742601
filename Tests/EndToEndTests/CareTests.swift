import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import Testing

/// The main job, with the real binary: a person writes, and five messages follow.
@Suite(.timeLimit(.minutes(3))) struct CareTests {
    /// Five steps within the platform's 24 hours, so that each person has to write only once.
    private static let day = """
        sequence: day
        title: A day of care
        start: [first_message]
        steps:
          - {step: one, after: 15 min, text: "One for {{full_name, default: \\"you\\"}}"}
          - {step: two, after: 2 h, text: Two}
          - {step: three, after: 5 h, text: Three}
          - {step: four, after: 9 h, text: Four}
          - {step: five, after: 14 h, text: Five}
        """

    @Test func `five messages reach three people once each, through kill -9 and restarts`() async throws {
        let shop = try await Shop(sequences: ["day.yaml": Self.day], scale: 1200)
        try await shop.start()
        for person in ["1001", "1002", "1003"] {
            try shop.sandbox.write(as: person, name: nil, text: "Xin chào", ref: nil)
        }
        var count = 0
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing {
            count += 1
            // The answer to this one is being written, has come, or is recorded: whichever it is, it must not come twice.
            if [2, 4, 9].contains(count) {
                await shop.end(SIGKILL)
                try await shop.start()
            }
            if count == 6 {
                // From the next one on, the daemon waits for answers while it dies.
                try shop.sandbox.inject(Fault(kind: .delay(milliseconds: 60_000), person: nil, count: 1))
            }
            if count == 7 {
                await shop.end(SIGKILL)
                // Where the seventh was on its way before the fault was there, it must not hit a later one.
                shop.sandbox.clearFaults()
                try await shop.start()
            }
            if try await isOver(shop, arrived: count) { break }
        }
        let doubts: [JobSummary] = try await shop.ask("jobs", "list", "--state", "in_doubt")
        for person in ["1001", "1002", "1003"] {
            // What the platform has is what counts; what it never got is in doubt, and the operator is told.
            let arrived = shop.sandbox.messages(after: 0, of: person).filter { $0.direction == .outgoing }
                .compactMap { $0.metadata.flatMap(DeliveryKey.init)?.step }
            let inDoubt = doubts.filter { $0.person == person && !arrived.contains($0.step) }.map(\.step)
            #expect(
                (arrived + inDoubt).sorted() == ["five", "four", "one", "three", "two"],
                "\(person): \(arrived), in doubt \(inDoubt)\n\(shop.log)"
            )
        }
        #expect(await shop.end(SIGTERM) == 0)
    }

    /// Whether nothing is under way any more; only asked when that is possible.
    private func isOver(_ shop: Shop, arrived: Int) async throws -> Bool {
        guard arrived >= 12 else { return false }
        if arrived == 15 { return true }
        let status: Status = try await shop.ask("status")
        return status.sums.underWay == 0
    }

    @Test func `a message in flight at SIGTERM is waited for, recorded, and not sent again`() async throws {
        let shop = try await Shop(sequences: ["day.yaml": Self.day], scale: 3600)
        try await shop.start("--log-level", "debug")
        try shop.sandbox.inject(Fault(kind: .delay(milliseconds: 700), person: nil, count: 1))
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        #expect(await shop.end(SIGTERM) == 0)
        // systemd hears of the end when it begins, not when it is over.
        let log = shop.log
        let told = try #require(log.firstRange(of: "stopping as soon as pending requests have ended"), "\(log)")
        let sent = try #require(
            log.firstRange(of: #/ sent delivery=.* enrollment=1 .* sequence=day step=one/#),
            "\(log)"
        )
        #expect(told.upperBound < sent.lowerBound, "\(log)")
        try await shop.start()
        let person: PersonDetail = try await shop.ask("people", "show", "1001")
        let first = try #require(person.enrollments.first?.deliveries.first)
        #expect(first.step == "one")
        #expect(first.state == "sent")
        #expect(first.messageIDs.count == 1)
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `an answer that never came leaves a doubt, which the echo dispels`() async throws {
        let shop = try await Shop(sequences: ["day.yaml": Self.day], scale: 3600)
        try await shop.start()
        try shop.sandbox.inject(Fault(kind: .lostAnswer, person: nil, count: 1))
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        var steps: [String] = []
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing {
            steps.append(try #require(entry.metadata.flatMap(DeliveryKey.init)).step)
            if steps.count == 2 { break }
        }
        #expect(steps == ["one", "two"])
        let person: PersonDetail = try await shop.ask("people", "show", "1001")
        #expect(person.enrollments.first?.deliveries.first?.state == "sent")
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `a month against the sandbox ends with every message there exactly once`() async throws {
        let result = try await Program.run(
            "demo",
            "--exit-when-done",
            "--duration",
            "60",
            "--sequences",
            Program.project.appending(path: "Sequences").path
        )
        #expect(result.status == 0, "\(result)")
        #expect(
            result.output.hasSuffix("15 messages for 3 people, 3 of them by e-mail: each arrived exactly once.\n"),
            "\(result)"
        )
    }

    @Test func `a message names the person, as the platform does, even if nothing was to be sent when they wrote`()
        async throws
    {
        let sequence = """
            sequence: hello
            title: Hello
            start: [manual]
            steps:
              - {step: one, after: 0 s, text: "Chào {{full_name, default: \\"bạn\\"}}!"}
            """
        let shop = try await Shop(
            sequences: ["hello.yaml": sequence],
            scale: 1,
            profileFields: "[first_name, last_name, name]"
        )
        try await shop.start()
        try shop.sandbox.write(as: "1001", name: "Nguyễn Thị Lan", text: "Xin chào", ref: nil)
        // Enrolled once the platform has told their name, however long it takes for that.
        var people: [PersonSummary] = []
        while people.first?.attributes.isEmpty ?? true { people = try await shop.ask("people", "list") }
        _ = try await Program.run(
            "people",
            "enroll",
            "1001",
            "hello",
            "--control-socket",
            shop.folder + "/state/control.sock"
        )
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing {
            #expect(entry.text == "Chào Nguyễn Thị Lan!")
            break
        }
        #expect(await shop.end(SIGTERM) == 0)
    }
}
