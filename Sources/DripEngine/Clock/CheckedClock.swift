package import DripCore
import Synchronization

/// The machine's clock, checked against other evidence of the time (`ClockCheck`). While the machine's clock is wrong, this clock
/// returns the best estimate, so that enrollments begin at the right time. Nothing is sent meanwhile.
package final class CheckedClock: WallClock {
    private struct State {
        var check = ClockCheck()
        var wasWrong = false
    }

    private let base: any WallClock
    /// Returns the time since the machine was booted, including sleep.
    private let uptime: @Sendable () -> Milliseconds
    private let changed = Mutex<@Sendable (String?) -> Void>({ _ in })
    private let state = Mutex(State())

    package init(
        _ base: any WallClock,
        uptime: @escaping @Sendable () -> Milliseconds = CheckedClock.bootTime
    ) {
        self.base = base
        self.uptime = uptime
    }

    /// Sets a closure that is called when the clock turns out to be wrong, with the reason, and when it is right again, with nil.
    package func whenChanged(_ call: @escaping @Sendable (String?) -> Void) {
        changed.withLock { $0 = call }
    }

    package func now() -> Instant {
        let now = base.now()
        return verdict(at: now).corrected(now)
    }

    /// The reason why nothing may be sent by this clock; nil if the clock is right.
    package var trouble: String? { verdict(at: base.now()).trouble }

    package func note(reached moment: Instant, by witness: ClockCheck.Evidence) {
        let uptime = uptime()
        state.withLock { $0.check.note(reached: moment, by: witness, uptime: uptime) }
        _ = verdict(at: base.now())
    }

    package func note(platform date: Instant) {
        let uptime = uptime()
        state.withLock { $0.check.note(platform: date, uptime: uptime) }
        _ = verdict(at: base.now())
    }

    private func verdict(at now: Instant) -> ClockCheck.Verdict {
        let uptime = uptime()
        let (verdict, isNews) = state.withLock { state in
            let verdict = state.check.verdict(now: now, uptime: uptime)
            let isWrong = verdict != .plausible
            defer { state.wasWrong = isWrong }
            return (verdict, isWrong != state.wasWrong)
        }
        if isNews { changed.withLock { $0 }(verdict.trouble) }
        return verdict
    }

    /// CLOCK_BOOTTIME.
    package static let bootTime: @Sendable () -> Milliseconds = {
        let passed = ContinuousClock.now - ContinuousClock().systemEpoch
        return Milliseconds(
            passed.components.seconds * 1000 + passed.components.attoseconds / 1_000_000_000_000_000
        )
    }
}
