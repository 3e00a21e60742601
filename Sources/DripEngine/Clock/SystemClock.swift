import CTimer
package import DripCore
import Foundation

/// The machine's real-time clock, or one that runs fast: `epoch + (real time − epoch) × scale`.
package struct SystemClock: WallClock {
    /// The seconds of this clock in one real second: 1 outside of trials.
    package let scale: Int64
    package let epoch: Instant

    package init(scale: Int64, epoch: Instant) {
        self.scale = scale
        self.epoch = epoch
    }

    /// The real time, not scaled.
    package static let real = SystemClock(scale: 1, epoch: Instant(milliseconds: 0))

    package func now() -> Instant {
        scaled(Self.realNow())
    }

    package static func realNow() -> Instant {
        Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }

    func scaled(_ real: Instant) -> Instant {
        epoch + Milliseconds((real - epoch).milliseconds * scale)
    }

    /// Returns the first millisecond of real time at which this clock shows `moment` or later.
    func real(_ moment: Instant) -> Instant {
        let span = (moment - epoch).milliseconds
        return epoch + Milliseconds(span / scale + (span % scale > 0 ? 1 : 0))
    }
}

/// A source of the time. It is one of three seams for tests, with randomness and the bytes on the wire. Decisions never read it;
/// they take `now` as a parameter.
package protocol WallClock: Sendable {
    func now() -> Instant
}

/// A timer that calls back at a time of the real-time clock, and when that clock is set. A thread waits for a timerfd: nothing is
/// polled, however long the wait.
final class Alarm: Sendable {
    private let clock: SystemClock
    private let timer: Int32
    private let stop: Int32

    /// - Parameter wake: called on the alarm's own thread.
    /// - Throws: `POSIXError` if there is no free descriptor.
    init(clock: SystemClock, wake: @escaping @Sendable () -> Void) throws {
        self.clock = clock
        timer = dripd_timer_create()
        stop = dripd_event_create()
        guard timer >= 0, stop >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        let (timer, stop) = (timer, stop)
        let thread = Thread { Self.run(timer: timer, stop: stop, wake: wake) }
        thread.name = "alarm"
        thread.start()
    }

    /// Sets the alarm to `moment` of its clock, in place of any earlier setting; nil turns it off.
    func set(_ moment: Instant?) {
        // A time of 0 would disarm the timer. A past time has to ring at once.
        let milliseconds = moment.map { max(clock.real($0).milliseconds, 1) } ?? 0
        let result = dripd_timer_set(timer, milliseconds)
        // ECANCELED: the clock was set since the last time. The timer is set nevertheless (timerfd_create(2), "NOTES").
        precondition(result == 0 || errno == ECANCELED, "timerfd_settime takes any time in range")
    }

    deinit {
        var one: UInt64 = 1
        write(stop, &one, MemoryLayout<UInt64>.size)
    }

    /// Waits for the timer until the alarm is released. It owns the descriptors and closes them last, so that they are never closed
    /// while in use.
    private static func run(timer: Int32, stop: Int32, wake: () -> Void) {
        var descriptors = [
            pollfd(fd: timer, events: Int16(POLLIN), revents: 0), pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            guard poll(&descriptors, 2, -1) > 0 else { continue }
            if descriptors[1].revents != 0 { break }
            // Expired, or ECANCELED because the clock was set: both mean "look again".
            var expirations: UInt64 = 0
            let result = read(timer, &expirations, MemoryLayout<UInt64>.size)
            if result > 0 || errno == ECANCELED { wake() }
        }
        close(timer)
        close(stop)
    }
}
