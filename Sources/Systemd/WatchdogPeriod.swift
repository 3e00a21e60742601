import CSystemd
import Glibc

/// The longest silence that systemd bears from this process, as it says in `$WATCHDOG_USEC` and `$WATCHDOG_PID`.
package enum WatchdogPeriod {
    /// The environment holds no number where systemd puts one.
    package struct Unreadable: Error, CustomStringConvertible {
        let reason: String

        package var description: String {
            "$WATCHDOG_USEC or $WATCHDOG_PID is not what systemd sets (\(reason)): "
                + "start the service by systemctl, or unset both"
        }
    }

    /// - Returns: nil if systemd does not watch this process.
    /// - Throws: ``Unreadable``
    package static func system() throws(Unreadable) -> Duration? {
        var microseconds: UInt64 = 0
        let result = sd_watchdog_enabled(0, &microseconds)
        if result < 0 { throw Unreadable(reason: String(cString: strerror(-result))) }
        return result == 0 ? nil : .microseconds(Int64(clamping: microseconds))
    }
}
