import DripStore
import Foundation
import Testing

/// Tests of the whole program against the platform's rules, with the faults that each seed selects.
@Suite struct SeedTests {
    /// `make simulate SEEDS=1...1000` runs more seeds, and `SEEDS=17...17` repeats a single one.
    private static var seeds: ClosedRange<UInt64> {
        let text = ProcessInfo.processInfo.environment["DRIPD_SIMULATE"] ?? "1...16"
        let numbers = text.replacing("...", with: " ").split(separator: " ").compactMap { UInt64($0) }
        guard let first = numbers.first, let last = numbers.last, first <= last else { return 1...1 }
        return numbers.count == 1 ? 1...first : first...last
    }

    private static func run(
        _ world: World,
        also check: (Checker) throws -> Void = { _ in }
    ) async throws -> Checker.Summary {
        try await world.run()
        guard let daemon = world.daemon else {
            throw Failure(seed: world.seed, what: "no daemon", person: nil, trace: [])
        }
        var checker = Checker(world, try await LedgerRows(daemon.store))
        let summary = try checker.check()
        try check(checker)
        try await daemon.close()
        return summary
    }

    @Test func `whatever happens to the machine, each step reaches each person once or not at all for a reason`() async
    {
        let seeds = Self.seeds
        let shows = ProcessInfo.processInfo.environment["DRIPD_SIMULATE"] != nil
        var sum: [String: Int] = [:]
        var failed = 0
        await withTaskGroup(of: Result<Checker.Summary, Failure>.self) { group in
            var next = seeds.lowerBound
            func begin() {
                guard next <= seeds.upperBound else { return }
                let seed = next
                next += 1
                group.addTask {
                    do {
                        return .success(try await Self.run(try World(seed: seed, scenario: Scenario(seed: seed))))
                    } catch let failure as Failure {
                        return .failure(failure)
                    } catch {
                        return .failure(Failure(seed: seed, what: "\(error)", person: nil, trace: []))
                    }
                }
            }
            begin()
            begin()
            var ended = 0
            for await result in group {
                begin()
                ended += 1
                switch result {
                case .success(let summary): sum.merge(summary.ends, uniquingKeysWith: +)
                case .failure(let failure):
                    failed += 1
                    if failed <= 10 { Issue.record("\(failure)") }
                }
                if shows, ended.isMultiple(of: 50) {
                    print("\(ended) of \(seeds.count) seeds are over, \(failed) failed")
                    fflush(nil)
                }
            }
        }
        if shows {
            let ends = sum.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            print("\(seeds.count - failed) of \(seeds.count) seeds held; steps: \(ends)")
        }
        #expect(failed == 0)
    }

    @Test func `the same seed is the same run`() async throws {
        for seed in UInt64(2)...3 {
            let (first, second) = (
                try World(seed: seed, scenario: Scenario(seed: seed)),
                try World(seed: seed, scenario: Scenario(seed: seed))
            )
            _ = try await Self.run(first)
            _ = try await Self.run(second)
            #expect(first.trace.count > 100)
            #expect(first.trace.hash == second.trace.hash)
        }
    }

    @Test func `500 people in a month get every permitted message once, and none is refused for policy`() async throws {
        var scenario = Scenario(people: 500, days: 31)
        scenario.lostAnswers = 0.05
        scenario.errors = 0.02
        scenario.duplicates = 0.05
        scenario.disorder = 0.05
        let summary = try await Self.run(try World(seed: 4, scenario: scenario))
        #expect(summary.ends["sent", default: 0] > 1000)
        // Each accepted message has an echo, so the platform refused the deliveries that are still in doubt.
        #expect(summary.unheard == 0)
    }

    /// The rate check of the seeds is meaningful only if runs reach the rate.
    @Test func `what an outage has left goes out at the page's rate`() async throws {
        var scenario = Scenario(people: 100, days: 5)
        scenario.outages = 3
        scenario.rate = 3
        _ = try await Self.run(try World(seed: 5, scenario: scenario)) { checker in
            #expect(throws: Failure.self) { try checker.checkRates(atMost: 2) }
        }
    }
}
