import CSystemd
import Glibc
package import Logging

/// Tells systemd where the service stands, by the messages of sd_notify(3).
///
/// A message that systemd does not take is logged here and not thrown: no caller could do anything else about it.
/// Where no service manager listens (`$NOTIFY_SOCKET` is not set), every call does nothing.
package struct ServiceNotifier: Sendable {
    /// systemd drops a message of more than a page (NOTIFY_BUFFER_MAX): a status stays well below.
    static let statusLimitBytes = 1024

    private let logger: Logger
    private let monotonicMicroseconds: @Sendable () -> UInt64
    private let send: @Sendable (String) -> CInt

    /// - Parameters:
    ///   - monotonicMicroseconds: CLOCK_MONOTONIC, the clock in which systemd orders a reload's messages.
    ///   - send: Hands one message over; answers as sd_notify(3) does: a negative errno is a failure.
    package init(
        logger: Logger,
        monotonicMicroseconds: @escaping @Sendable () -> UInt64,
        send: @escaping @Sendable (_ message: String) -> CInt
    ) {
        self.logger = logger
        self.monotonicMicroseconds = monotonicMicroseconds
        self.send = send
    }

    /// The notifier of this process: it sends to `$NOTIFY_SOCKET`.
    package static func system(logger: Logger) -> ServiceNotifier {
        ServiceNotifier(
            logger: logger,
            monotonicMicroseconds: {
                var time = timespec()
                clock_gettime(CLOCK_MONOTONIC, &time)
                return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
            },
            send: { message in sd_notify(0, message) }
        )
    }

    /// Start-up, or a reload, is over: the service works.
    package func ready(status: String) {
        notify("READY=1\nSTATUS=\(Self.oneLine(status))")
    }

    /// The line that `systemctl status` shows.
    package func status(_ text: String) {
        notify("STATUS=\(Self.oneLine(text))")
    }

    /// A reload begins; ``ready(status:)`` ends it. The time is what `Type=notify-reload` (systemd 253) asks for; older
    /// ones ignore it.
    package func reloading() {
        notify("RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds())")
    }

    /// The service goes down of its own accord or because it was told to.
    package func stopping(status: String) {
        notify("STOPPING=1\nSTATUS=\(Self.oneLine(status))")
    }

    /// The keep-alive for `WatchdogSec=`.
    package func watchdog() {
        notify("WATCHDOG=1")
    }

    /// Asks for so much more time, from now on, for the start, the reload or the stop that is under way.
    package func extendTimeout(by time: Duration) {
        let (seconds, attoseconds) = time.components
        notify("EXTEND_TIMEOUT_USEC=\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)")
    }

    private func notify(_ message: String) {
        let result = send(message)
        guard result < 0 else { return }
        logger.warning(
            "systemd did not take a message of the service",
            metadata: [
                "message": "\(message.prefix { $0 != "\n" })",
                "reason": "\(String(cString: strerror(-result)))",
            ]
        )
    }

    /// A line break would begin a new assignment of the protocol.
    private static func oneLine(_ status: String) -> String {
        var line = ""
        for character in status {
            let next = character.isNewline ? " " : character
            if line.utf8.count + next.utf8.count > statusLimitBytes - 3 { return line + "…" }
            line.append(next)
        }
        return line
    }
}
