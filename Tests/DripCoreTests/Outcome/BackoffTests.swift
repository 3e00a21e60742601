import DripCore
import TestSupport
import Testing

@Suite struct BackoffTests {
    @Test(arguments: [
        (1, 24_000, 30_000, 36_000), (2, 96_000, 120_000, 144_000), (3, 384_000, 480_000, 576_000),
        (4, 1_536_000, 1_920_000, 2_304_000),
    ])
    func `a message waits, longer each time`(attempt: Int, least: Int64, middle: Int64, most: Int64) {
        #expect(Backoff.message(after: attempt, jitter: 0) == Milliseconds(least))
        #expect(Backoff.message(after: attempt, jitter: 0.5) == Milliseconds(middle))
        #expect(Backoff.message(after: attempt, jitter: 1) == Milliseconds(most))
    }

    @Test func `the fifth attempt was the last`() {
        #expect(Backoff.attempts == 5)
        #expect(Backoff.message(after: 5, jitter: 0.5) == nil)
        #expect(Backoff.message(after: 6, jitter: 0.5) == nil)
    }

    @Test(arguments: [(1, 5), (2, 10), (3, 20), (7, 320), (8, 600), (9, 600), (1_000_000, 600)])
    func `a page waits, ten minutes at most`(troubles: Int, seconds: Int64) {
        #expect(Backoff.page(after: troubles, jitter: 0.5) == .seconds(seconds))
        #expect(Backoff.page(after: troubles, jitter: 0) == Milliseconds(seconds * 800))
        #expect(Backoff.page(after: troubles, jitter: 1) == Milliseconds(seconds * 1200))
    }

    @Test func `a restricted page waits half an hour, doubling up to twelve`() {
        #expect(
            (1...7).map { Backoff.restriction(after: $0) } == [
                .minutes(30), .hours(1), .hours(2), .hours(4), .hours(8), .hours(12), .hours(12),
            ]
        )
    }

    @Test func `a page without allowance waits a minute, doubling up to an hour`() {
        #expect(
            (1...8).map { Backoff.allowance(after: $0) } == [
                .minutes(1), .minutes(2), .minutes(4), .minutes(8), .minutes(16), .minutes(32), .hours(1), .hours(1),
            ]
        )
    }

    @Test func `while the disk takes nothing, conversations are looked at less and less often`() {
        #expect(
            (1...8).map { Backoff.look(after: $0) } == [
                .seconds(30), .minutes(1), .minutes(2), .minutes(4), .minutes(8), .minutes(16), .minutes(30),
                .minutes(30),
            ]
        )
    }

    @Test func `jitter stays within a fifth`() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<1000 {
            let jitter = Double.random(in: 0..<1, using: &random)
            let wait = Backoff.message(after: 1, jitter: jitter) ?? .zero
            #expect((24_000..<36_000).contains(wait.milliseconds))
        }
    }
}
