package import DripCore
import Synchronization

/// The machine's clock, held against what else is known of the time (`ClockCheck`). While the clock is disproved this one shows
/// the time as far as it is known, so that what begins meanwhile begins at the right moment; nothing is sent by it.
package final class CheckedClock: WallClock {
    private struct State {
        var check = ClockCheck()
        var wasWrong = false
    }

    private let base: any WallClock
    /// Since the machine was started, asleep or not.
    private let uptime: @Sendable () -> Span
    private let changed = Mutex<@Sendable (String?) -> Void>({ _ in })
    private let state = Mutex(State())

    package init(
        _ base: any WallClock,
        uptime: @escaping @Sendable () -> Span = CheckedClock.bootTime
    ) {
        self.base = base
        self.uptime = uptime
    }

    /// Has this called when the clock turns out to be wrong, with what is wrong, and when it is right again, with nil.
    package func whenChanged(_ call: @escaping @Sendable (String?) -> Void) {
        changed.withLock { $0 = call }
    }

    package func now() -> Instant {
        let now = base.now()
        return verdict(at: now).corrected(now)
    }

    /// Why nothing may be sent by this clock; nil where it may.
    package var trouble: String? { verdict(at: base.now()).trouble }

    package func note(reached moment: Instant, by witness: ClockCheck.Witness) {
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
    package static let bootTime: @Sendable () -> Span = {
        let passed = ContinuousClock.now - ContinuousClock().systemEpoch
        return Span(
            milliseconds: passed.components.seconds * 1000 + passed.components.attoseconds / 1_000_000_000_000_000
        )
    }
}
