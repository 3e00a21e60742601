import Logging
import TestSupport
import Testing

@testable import Systemd

@Suite(.timeLimit(.minutes(1))) struct StartExtensionTests {
    private let messages = Recorder()
    private let clock = SteppedClock()

    private func longStart(limit: Duration = .seconds(3600)) -> StartExtension<SteppedClock> {
        let notifier = ServiceNotifier(
            logger: .silent,
            monotonicMicroseconds: { 0 },
            send: { [messages] message in
                messages.record(message)
                return 1
            }
        )
        return StartExtension(notifier: notifier, clock: clock, limit: limit)
    }

    @Test func `a long start asks for more time again and again, and no more once it is over`() async {
        await longStart().whileWorking {
            await messages.wait(for: "EXTEND_TIMEOUT_USEC=30000000")
            await clock.advance(to: .seconds(10))
            await messages.wait(for: "EXTEND_TIMEOUT_USEC=30000000")
        }
        #expect(messages.all.count == 2)
    }

    @Test func `a start that never ends is systemd's to end`() async {
        await longStart(limit: .seconds(15)).whileWorking {
            await messages.wait(for: "EXTEND_TIMEOUT_USEC=30000000")
            await clock.advance(to: .seconds(10))
            await messages.wait(for: "EXTEND_TIMEOUT_USEC=30000000")
            await clock.advance(to: .seconds(20))
        }
        #expect(messages.all.count == 2)
    }

    @Test func `an error of the work is the caller's`() async {
        struct Broken: Error {}
        await #expect(throws: Broken.self) { try await longStart().whileWorking { throw Broken() } }
    }
}
