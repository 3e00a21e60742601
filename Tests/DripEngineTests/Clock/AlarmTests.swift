import DripCore
import TestSupport
import Testing

@testable import DripEngine

@Suite(.timeLimit(.minutes(1)))
struct AlarmTests {
    @Test func `it rings at once for what is past`() async throws {
        let bell = try Bell()
        bell.alarm.set(Instant(milliseconds: -5))
        await bell.rings()
        bell.alarm.set(SystemClock.realNow() - .days(1))
        await bell.rings()
    }

    @Test func `it rings at its time, and not before`() async throws {
        let bell = try Bell()
        let moment = SystemClock.realNow() + Milliseconds(30)
        bell.alarm.set(moment)
        await bell.rings()
        #expect(SystemClock.realNow() >= moment)
    }

    @Test func `the last time that was set counts`() async throws {
        let bell = try Bell()
        bell.alarm.set(SystemClock.realNow() + .days(365))
        bell.alarm.set(nil)
        bell.alarm.set(SystemClock.realNow())
        await bell.rings()
    }

    @Test func `on a fast clock it rings when that clock says so`() async throws {
        let clock = SystemClock(scale: 100_000, epoch: SystemClock.realNow())
        let bell = try Bell(clock)
        let moment = clock.now() + .minutes(15)
        bell.alarm.set(moment)
        await bell.rings()
        #expect(clock.now() >= moment)
    }
}

/// An alarm, and a way to wait until it rings.
private struct Bell {
    let alarm: Alarm
    private let stream: AsyncStream<Void>

    init(_ clock: SystemClock = .real) throws {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        self.stream = stream
        alarm = try Alarm(clock: clock) { continuation.yield() }
    }

    /// Returns once for each ring.
    func rings() async {
        for await _ in stream { return }
    }
}
