import Glibc

/// A moment of the clock that nobody sets (`CLOCK_MONOTONIC`), in nanoseconds.
struct Moment: Comparable {
    let nanoseconds: Int64

    static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

    static var now: Moment {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// What lies too far ahead never comes.
    func after(_ wait: Duration) -> Moment {
        let wait = min(max(wait, .nanoseconds(-nanoseconds)), .nanoseconds(Int64.max - nanoseconds))
        let (seconds, attoseconds) = wait.components
        return Moment(nanoseconds: nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    var systemTime: timespec {
        timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }
}
