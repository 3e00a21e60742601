import Logging
import ServiceLifecycle
import Systemd
import UnixSignals

/// Handles systemd's signals and notifies it: STATUS after changes, RELOADING and READY around a reload, STOPPING.
struct SignalService: Service {
    let notifier: ServiceNotifier
    let logger: Logger
    let readiness: Readiness
    let statusDue: CoalescingSignal
    let hangups: UnixSignalsSequence
    let reload: @Sendable () async -> Void
    let statusLine: @Sendable () async -> String

    func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskGroup { group in
                group.addTask { await reloadAtHangups() }
                group.addTask { await report() }
                await group.next()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            readiness.end()
            logger.notice("stopping as soon as pending requests have ended")
            notifier.stopping(status: "waiting for pending requests")
            statusDue.finish()
        }
    }

    private func reloadAtHangups() async {
        for await _ in hangups {
            // Until the start has sent READY, a reload must not send it.
            guard readiness.isReady else {
                await reload()
                continue
            }
            notifier.reloading()
            await reload()
            notifier.ready(status: await statusLine())
        }
    }

    /// Reports the status after a change, at most once a second, because systemd logs every line.
    private func report() async {
        for await _ in statusDue.beats {
            notifier.status(await statusLine())
            guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
        }
    }
}

/// A signal that something changed. Several beats before the next read count as one.
struct CoalescingSignal: Sendable {
    let beats: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (beats, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    @Sendable func beat() {
        continuation.yield()
    }

    func finish() {
        continuation.finish()
    }
}
