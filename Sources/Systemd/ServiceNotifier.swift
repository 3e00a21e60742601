import CSystemd
import Glibc
package import Logging

/// Reports the service's state to systemd with the messages of sd_notify(3).
///
/// A failure is logged here and not thrown: no caller could do anything else about it. Without a service manager
/// (`$NOTIFY_SOCKET` is not set) every call does nothing.
package struct ServiceNotifier: Sendable {
    /// systemd drops messages larger than a memory page (NOTIFY_BUFFER_MAX), so a status stays well below that.
    static let statusLimitBytes = 1024

    private let logger: Logger
    private let monotonicMicroseconds: @Sendable () -> UInt64
    private let send: @Sendable (String) -> CInt

    /// - Parameters:
    ///   - monotonicMicroseconds: returns CLOCK_MONOTONIC; systemd orders the messages of a reload by it.
    ///   - send: sends one message; returns what sd_notify(3) returns: a negative errno is a failure.
    package init(
        logger: Logger,
        monotonicMicroseconds: @escaping @Sendable () -> UInt64,
        send: @escaping @Sendable (_ message: String) -> CInt
    ) {
        self.logger = logger
        self.monotonicMicroseconds = monotonicMicroseconds
        self.send = send
    }

    /// Returns the notifier of this process, which sends to `$NOTIFY_SOCKET`.
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

    /// Reports that start-up or a reload is complete.
    package func ready(status: String) {
        notify("READY=1\nSTATUS=\(Self.oneLine(status))")
    }

    /// Sets the line that `systemctl status` shows.
    package func status(_ text: String) {
        notify("STATUS=\(Self.oneLine(text))")
    }

    /// Reports that a reload begins; ``ready(status:)`` ends it. `Type=notify-reload` (systemd 253) needs the time; older
    /// versions ignore it.
    package func reloading() {
        notify("RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds())")
    }

    /// Reports that the service shuts down, for whatever reason.
    package func stopping(status: String) {
        notify("STOPPING=1\nSTATUS=\(Self.oneLine(status))")
    }

    /// Sends the keep-alive for `WatchdogSec=`.
    package func watchdog() {
        notify("WATCHDOG=1")
    }

    /// Asks systemd to allow this much time, counted from now, for the start, reload or stop under way.
    package func extendTimeout(by time: Duration) {
        let (seconds, attoseconds) = time.components
        notify("EXTEND_TIMEOUT_USEC=\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)")
    }

    private func notify(_ message: String) {
        let result = send(message)
        guard result < 0 else { return }
        logger.warning(
            "systemd did not accept a notification",
            metadata: [
                "message": "\(message.prefix { $0 != "\n" })",
                "reason": "\(String(cString: strerror(-result)))",
            ]
        )
    }

    /// Replaces line breaks, because a new line is a new assignment, and cuts the text to the limit.
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

/// Asks systemd for more time during a start that may take longer than the unit allows, such as one that migrates a large
/// database.
package struct StartExtension<Time: Clock>: Sendable where Time.Duration == Duration {
    /// The time between two requests.
    static var beat: Duration { .seconds(10) }
    /// The time that each request asks for: two beats may be missed.
    static var step: Duration { .seconds(30) }

    private let notifier: ServiceNotifier
    private let clock: Time
    private let limit: Duration

    /// - Parameter limit: a start that takes longer is stuck, and systemd may end it.
    package init(notifier: ServiceNotifier, clock: Time, limit: Duration = .seconds(3600)) {
        self.notifier = notifier
        self.clock = clock
        self.limit = limit
    }

    /// Runs `work`, and asks for more time until it returns or throws.
    package func whileWorking<Value>(_ work: () async throws -> Value) async rethrows -> Value {
        let end = clock.now.advanced(by: limit)
        let asking = Task { [notifier, clock] in
            while clock.now < end {
                notifier.extendTimeout(by: Self.step)
                guard (try? await clock.sleep(until: clock.now.advanced(by: Self.beat), tolerance: nil)) != nil else {
                    return
                }
            }
        }
        do {
            let value = try await work()
            await stop(asking)
            return value
        } catch {
            await stop(asking)
            throw error
        }
    }

    private func stop(_ asking: Task<Void, Never>) async {
        asking.cancel()
        await asking.value
    }
}
