import Foundation
import TestSupport
import Testing

/// The real daemon is ended at random moments while people write and messages go out: nothing may be lost, nothing may come
/// twice.
@Suite(.timeLimit(.minutes(60))) struct CrashMatrixTests {
    /// `DRIPD_CRASHES=1000` ends it so often, over all rows, and prints the table of `docs/crashes.md`; `make crashes`
    /// does that. `DRIPD_SEED=7` chooses the moments; what is under way at each of them is up to the machine, all the same.
    private static let environment = ProcessInfo.processInfo.environment
    private static let crashes = environment["DRIPD_CRASHES"].flatMap(Int.init)
    private static let crashesInARun = 20

    @Test func `no crash loses a message or sends it twice`() async throws {
        let seed = Self.environment["DRIPD_SEED"].flatMap(UInt64.init) ?? 1
        let crashes = (Self.crashes ?? 6 * CrashKind.allCases.count) / CrashKind.allCases.count
        let tallies = try await withThrowingTaskGroup(of: (CrashKind, CrashTally).self) { group in
            for (number, kind) in CrashKind.allCases.enumerated() {
                group.addTask { (kind, try await Self.run(kind, crashes, seed: seed &+ UInt64(number) << 32)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (kind, tally) in tallies {
            #expect(tally.lost == 0, "\(kind.rawValue), DRIPD_SEED=\(seed): \(tally)")
            #expect(tally.twice == 0, "\(kind.rawValue), DRIPD_SEED=\(seed): \(tally)")
            if kind == .terminate { #expect(tally.inDoubt == 0, "a daemon that is asked to end leaves no doubt") }
        }
        guard Self.crashes != nil else { return }
        print(CrashTally.heading)
        for kind in CrashKind.allCases { print(tallies[kind]?.row(kind) ?? "") }
    }

    private static func run(_ kind: CrashKind, _ crashes: Int, seed: UInt64) async throws -> CrashTally {
        var tally = CrashTally()
        var random = SeededRandom(seed: seed)
        while tally.crashes < crashes {
            var run = CrashRun(
                kind: kind,
                crashes: min(crashesInARun, crashes - tally.crashes),
                random: SeededRandom(seed: random.next())
            )
            tally = tally + (try await run.run())
        }
        return tally
    }
}

/// What came of some crashes: a row of the matrix.
struct CrashTally: Equatable {
    var crashes = 0
    /// Steps that were to reach somebody.
    var due = 0
    /// The platform has them once.
    var arrived = 0
    /// Neither there nor accounted for.
    var lost = 0
    var twice = 0
    /// Not there, and dripd says that it does not know.
    var inDoubt = 0
    /// Not there, for a reason that dripd states.
    var stated = 0

    static func + (left: CrashTally, right: CrashTally) -> CrashTally {
        CrashTally(
            crashes: left.crashes + right.crashes,
            due: left.due + right.due,
            arrived: left.arrived + right.arrived,
            lost: left.lost + right.lost,
            twice: left.twice + right.twice,
            inDoubt: left.inDoubt + right.inDoubt,
            stated: left.stated + right.stated
        )
    }

    /// - Parameters:
    ///   - count: how often the platform has the step's message.
    ///   - state: the ledger's word; nil: it knows nothing of the step.
    mutating func add(arrived count: Int, state: String?) {
        due += 1
        switch (count, state) {
        case (2..., _): twice += 1
        case (1, "sent"): arrived += 1
        case (0, "in_doubt"): inDoubt += 1
        case (0, "skipped"), (0, "failed"): stated += 1
        default: lost += 1
        }
    }

    static let heading =
        "| what happened | times | steps due | arrived once | lost | twice | in doubt | not sent, reason stated |\n"
        + "| --- | --- | --- | --- | --- | --- | --- | --- |"

    func row(_ kind: CrashKind) -> String {
        "| \(kind.rawValue) | \(crashes) | \(due) | \(arrived) | \(lost) | \(twice) | \(inDoubt) | \(stated) |"
    }
}

/// What goes wrong in one row of the crash matrix.
enum CrashKind: String, CaseIterable, Sendable {
    case kill = "kill -9"
    case killWhileAnswersAreLate = "kill -9, answers 0.2 s late"
    case killAndLostAnswers = "kill -9, every 5th answer lost"
    case killAndRefusals = "kill -9, every 5th call refused"
    case powerLoss = "loss of power"
    case terminate = "SIGTERM under load"
}
