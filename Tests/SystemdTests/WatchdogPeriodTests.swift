import Glibc
import Systemd
import Testing

/// In processes of their own, because the library reads the environment.
@Suite struct WatchdogPeriodTests {
    @Test func `the period is what systemd says`() async {
        await #expect(processExitsWith: .success) {
            setenv("WATCHDOG_USEC", "30000000", 1)
            setenv("WATCHDOG_PID", "\(getpid())", 1)
            let period = try WatchdogPeriod.system()
            #expect(period == .seconds(30))
        }
    }

    @Test func `without systemd, and for another process, there is none`() async {
        await #expect(processExitsWith: .success) {
            unsetenv("WATCHDOG_USEC")
            let unwatched = try WatchdogPeriod.system()
            #expect(unwatched == nil)
            setenv("WATCHDOG_USEC", "30000000", 1)
            setenv("WATCHDOG_PID", "1", 1)
            let another = try WatchdogPeriod.system()
            #expect(another == nil)
        }
    }

    @Test func `a period that is no number is an error`() async {
        await #expect(processExitsWith: .success) {
            setenv("WATCHDOG_USEC", "soon", 1)
            unsetenv("WATCHDOG_PID")
            let error = #expect(throws: WatchdogPeriod.InvalidEnvironment.self) { try WatchdogPeriod.system() }
            #expect(
                error?.description == """
                    $WATCHDOG_USEC or $WATCHDOG_PID is not what systemd sets (Invalid argument): start the service with \
                    systemctl, or unset both
                    """
            )
        }
    }
}
