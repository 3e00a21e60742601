import Logging
import ServiceLifecycle
import Systemd
import UnixSignals

/// What systemd hears and says: STATUS after changes, RELOADING and READY around a reload, STOPPING.
struct ControlPlane: Service {
    let notifier: ServiceNotifier
    let logger: Logger
    let readiness: Readiness
    let statusDue: Pulse
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
            logger.notice("stopping as soon as what is on its way has come back")
            notifier.stopping(status: "waiting for what is on its way")
            statusDue.finish()
        }
    }

    private func reloadAtHangups() async {
        for await _ in hangups {
            // READY belongs to the start until then.
            guard readiness.isReady else {
                await reload()
                continue
            }
            notifier.reloading()
            await reload()
            notifier.ready(status: await statusLine())
        }
    }

    /// After a change, and not more than once a second: systemd writes every line down.
    private func report() async {
        for await _ in statusDue.beats {
            notifier.status(await statusLine())
            guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
        }
    }
}
