import TestSupport
import Testing

@testable import DripEngine

/// The platform allows two calls about conversations a second, for a page.
@Suite struct ConversationPaceTests {
    @Test func `a page's calls follow each other, with half a second in between, whoever asks`() async throws {
        let log = Recorder()
        let gap = Gate()
        let pace = ConversationPace { duration in
            log.record("pause \(duration)")
            await gap.pass()
        }
        _ = try await pace.call("1") { log.record("walk") }
        async let second: Void = pace.call("1") { log.record("doubt") }
        await gap.arrivals(1)
        // Another page does not wait for it.
        _ = try await pace.call("2") { log.record("other page") }
        await gap.arrivals(2)
        #expect(log.all.sorted() == ["other page", "pause 0.5 seconds", "pause 0.5 seconds", "walk"])
        gap.open()
        try await second
        #expect(log.all.contains("doubt"))
    }

    @Test func `who no longer waits for the answer does not ask, and keeps nobody waiting`() async throws {
        let log = Recorder()
        let gap = Gate()
        let pace = ConversationPace { _ in await gap.pass() }
        _ = try await pace.call("1") { log.record("first") }
        await gap.arrivals(1)
        let waiting = Task { try await pace.call("1") { log.record("second") } }
        waiting.cancel()
        gap.open()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        _ = try await pace.call("1") { log.record("third") }
        #expect(log.all == ["first", "third"])
    }
}
