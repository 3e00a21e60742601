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
