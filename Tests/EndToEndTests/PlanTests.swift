import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import Testing

/// An edit of the files, from the review to the adoption, with the real binary.
@Suite(.timeLimit(.minutes(2))) struct PlanTests {
    private static let before = """
        sequence: care
        title: Care
        start: [first_message]
        steps:
          - {step: hello, after: 15 min, text: Hello}
          - {step: day, after: 20 h, text: Day}
        """
    private static let after = """
        sequence: care
        title: Care
        start: [first_message, manual]
        steps:
          - {step: hello, after: 15 min, text: Hello there}
          - {step: evening, after: 8 h, text: Evening}
        """

    @Test func `a plan, what it prints, and the adoption that it allows`() async throws {
        let shop = try await shopWithTwoPeople()
        #expect(try await plan(shop) == "nothing changes: these files are in force\n")
        let inForce = try await Program.run(planning(shop) + ["--detailed-exitcode"])
        #expect(inForce.status == 0)

        try shop.write(Self.after, to: "Sequences/care.yaml")
        let text = try await plan(shop)
        let report: PlanReport = try await shop.ask("plan", shop.folder + "/Sequences")
        #expect(
            text == """
                ~ care: 2 people under way, 0 affected
                    start: first_message → first_message, manual
                    - day      20 h    2 people no longer get it
                    ~ hello    15 min  changed text
                    + evening  8 h     2 people get it
                  who would get them, if nobody wrote again:
                    hello    2 by messenger
                    evening  2 by messenger

                messages within 24 hours because of this: none
                plan \(report.plan.hash)

                """
        )
        let changed = try await Program.run(planning(shop) + ["--detailed-exitcode"])
        #expect(changed.status == 2)

        let wrong = try await Program.run(applying(shop) + ["--plan", "0000000000000000"])
        #expect(wrong.status == 1)
        #expect(
            wrong.errors == """
                Error: the plan is now \(report.plan.hash), not 0000000000000000: the files or the sequences in force have \
                changed since; run `dripd plan` again
                nothing has changed

                """
        )
        let right = try await Program.run(applying(shop) + ["--plan", report.plan.hash])
        #expect(right.output == "in force: changed care\n")
        #expect(try await plan(shop) == "nothing changes: these files are in force\n")

        let history: [AdoptionRecord] = try await shop.ask("history")
        #expect(history.map { "\($0.change) \($0.sequence)" } == ["changed care", "added care"])
        let old = try #require(history.last?.hash)
        let file = try await Program.run(
            "history",
            "--show",
            String(old.prefix(12)),
            "--control-socket",
            shop.folder + "/state/control.sock"
        )
        #expect(file.output == Self.before)
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `a copy of the database plans without a daemon, and to the same hash`() async throws {
        let shop = try await shopWithTwoPeople()
        try shop.write(Self.after, to: "Sequences/care.yaml")
        let asked: PlanReport = try await shop.ask("plan", shop.folder + "/Sequences", "--people")
        #expect(await shop.end(SIGTERM) == 0)
        let copy = try await Program.run(
            ["plan", shop.folder + "/Sequences", "--people", "--json", "--state", shop.folder + "/state"],
            folder: shop.folder
        )
        let read = try JSONDecoder().decode(PlanReport.self, from: Data(copy.output.utf8))
        #expect(read == asked)
    }

    @Test func `a plan of files with faults names them`() async throws {
        let shop = try await shopWithTwoPeople()
        try shop.write("sequence: care\n", to: "Sequences/care.yaml")
        let result = try await Program.run(planning(shop))
        #expect(result.status == 1)
        #expect(
            result.output == """
                \(shop.folder)/Sequences/care.yaml:1:1: error: a sequence needs 'start'
                \(shop.folder)/Sequences/care.yaml:1:1: error: a sequence needs 'steps'

                """
        )
        #expect(result.errors == "Error: the files have errors; see `dripd check`\n")
        #expect(await shop.end(SIGTERM) == 0)
    }

    private func shopWithTwoPeople() async throws -> Shop {
        let shop = try await Shop(sequences: ["care.yaml": Self.before], scale: 1)
        try await shop.start()
        for person in ["1001", "1002"] { try shop.sandbox.write(as: person, name: nil, text: "Xin chào", ref: nil) }
        var status: Status = try await shop.ask("status")
        while status.sums.underWay < 2 { status = try await shop.ask("status") }
        return shop
    }

    private func planning(_ shop: Shop) -> [String] {
        ["plan", shop.folder + "/Sequences", "--config", shop.configuration]
    }

    private func applying(_ shop: Shop) -> [String] {
        ["apply", "--config", shop.configuration]
    }

    private func plan(_ shop: Shop) async throws -> String {
        try await Program.run(planning(shop)).output
    }
}
