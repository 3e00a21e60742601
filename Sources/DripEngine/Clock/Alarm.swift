import CTimer
import DripCore
import Foundation

/// Calls back at a moment of the real-time clock, and when that clock is set. Sleeps in between, however long: a thread
/// waits for a timerfd, nothing is polled.
final class Alarm: Sendable {
    private let clock: SystemClock
    private let timer: Int32
    private let stop: Int32

    /// - Parameter wake: called on the alarm's own thread.
    /// - Throws: `POSIXError`, if the kernel has no descriptor to spare.
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

    /// Rings at `moment` of the alarm's clock, instead of any earlier set; never, if nil.
    func set(_ moment: Instant?) {
        // A time of 0 would disarm it: what is past rings at once.
        let milliseconds = moment.map { max(clock.real($0).milliseconds, 1) } ?? 0
        let result = dripd_timer_set(timer, milliseconds)
        // ECANCELED: the clock was set since the last time. The timer is set nevertheless (timerfd_create(2), "NOTES").
        precondition(result == 0 || errno == ECANCELED, "timerfd_settime takes any time in range")
    }

    deinit {
        var one: UInt64 = 1
        write(stop, &one, MemoryLayout<UInt64>.size)
    }

    /// Owns the descriptors from now on: closed when it ends, never under its feet.
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
