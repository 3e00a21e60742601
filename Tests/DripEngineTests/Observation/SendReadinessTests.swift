import DripCore
import Synchronization
import TestSupport
import Testing

@testable import DripEngine

@Suite(.timeLimit(.minutes(1))) struct SendReadinessTests {
    @Test func `what is in the way is told in the order of the checks`() async {
        let readiness = SendReadiness(
            [
                ReadinessCheck(name: "slow") {
                    for _ in 0..<50 { await Task.yield() }
                    return ["one", "two"]
                },
                ReadinessCheck(name: "fine") { [] },
                ReadinessCheck(name: "fast") { ["three"] },
            ],
            limit: .seconds(60)
        )
        #expect(await readiness.obstacles() == ["one", "two", "three"])
    }

    @Test func `a check that hangs is in the way, is not asked again, and counts once it has answered`() async throws {
        let asked = Mutex(0)
        let (forever, release) = AsyncStream.makeStream(of: Void.self)
        let (answers, answer) = AsyncStream.makeStream(of: Void.self)
        let readiness = SendReadiness(
            [
                ReadinessCheck(name: "dispatcher") {
                    asked.withLock { $0 += 1 }
                    for await _ in forever {}
                    answer.yield()
                    return []
                }
            ],
            limit: .milliseconds(1),
            keeps: .zero
        )
        for _ in 0..<3 { #expect(await readiness.obstacles() == ["the dispatcher does not answer"]) }
        #expect(asked.withLock { $0 } == 1)
        release.finish()
        _ = await answers.first { true }
        while await readiness.obstacles() != [] { try Task.checkCancellation() }
    }

    @Test func `an answer is given again for a while, and who asks at once is told the same`() async {
        let asked = Mutex(0)
        let readiness = SendReadiness(
            [
                ReadinessCheck(name: "store") {
                    asked.withLock { count in
                        count += 1
                        return ["\(count)"]
                    }
                }
            ],
            limit: .seconds(60),
            keeps: .seconds(3600)
        )
        async let first = readiness.obstacles()
        async let second = readiness.obstacles()
        #expect(await [first, second, readiness.obstacles()] == [["1"], ["1"], ["1"]])
    }

    @Test func `pages are in the way only when none of them may send`() async {
        let open = Limiter(id: AccountID(rawValue: 1), channel: .messenger, page: "1", perSecond: 10, rates: .tested)
        var stopped = Limiter(id: AccountID(rawValue: 2), channel: .messenger, page: "2", perSecond: 10, rates: .tested)
        stopped.sent(1)
        stopped.ended(.stopped("190 Invalid token"), now: .start, jitter: 0.5)
        var restricted = Limiter(
            id: AccountID(rawValue: 3),
            channel: .messenger,
            page: "3",
            perSecond: 10,
            rates: .tested
        )
        restricted.restrict("spam", now: .start)
        func obstacles(_ limiters: [Limiter], now: Instant = .start) async -> [String] {
            await ReadinessCheck.pages { (limiters, now) }.obstacles()
        }
        #expect(await obstacles([]) == ["the configuration names no page"])
        #expect(await obstacles([open, stopped]) == [])
        let both = [stopped, restricted]
        #expect(await obstacles(both) == ["page 2 is stopped: 190 Invalid token", "page 3 is restricted: spam"])
        // After the pause one message finds out.
        #expect(await obstacles(both, now: .start + .minutes(31)) == [])
    }
}
