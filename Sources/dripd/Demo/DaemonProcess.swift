import ChildProcesses
import DripCore
import DripEngine
import Foundation
import Synchronization

/// The daemon in a separate process, as systemd would run it.
final class DaemonProcess: Sendable {
    private let process: ChildProcess
    private let exit = ExitStatus()
    private let folder: DemoFolder

    init(folder: DemoFolder, clock: SystemClock) throws {
        self.folder = folder
        // Empty the log: `lastWords` must not show those of an earlier demo.
        try Data().write(to: URL(filePath: folder.log))
        process = try ChildProcess(
            URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path,
            [
                "run", "--config", folder.configuration, "--time-scale", "\(clock.scale)", "--time-epoch",
                "\(clock.epoch.milliseconds)",
            ],
            output: folder.log,
            errors: folder.log
        )
        process.whenEnded { [exit] end in exit.set(end.code) }
    }

    /// Stops the daemon as systemd does, and waits until it has exited.
    /// - Returns: the exit status.
    func stop() async -> Int32? {
        process.signal(SIGTERM)
        return await exit.value()
    }

    /// Waits until the daemon exits.
    /// - Returns: the exit status; nil if the waiting task is cancelled first.
    func exited() async -> Int32? {
        await exit.value()
    }

    /// The end of the daemon's log, to show why it exited.
    var lastWords: String {
        let lines = (try? String(contentsOfFile: folder.log, encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.suffix(20).joined(separator: "\n")
    }
}

/// The exit status of a process, for any number of waiters.
final class ExitStatus: Sendable {
    private struct State {
        var status: Int32?
        var waiters: [Int: CheckedContinuation<Int32?, Never>] = [:]
        var waitersSoFar = 0
    }

    private let state = Mutex(State())

    func set(_ status: Int32) {
        let waiters = state.withLock { state in
            state.status = status
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }

    /// Waits for the exit status; nil if the waiting task is cancelled first.
    func value() async -> Int32? {
        let number = state.withLock { state in
            state.waitersSoFar += 1
            return state.waitersSoFar
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state in
                    if state.status == nil && !Task.isCancelled { state.waiters[number] = continuation }
                    return (status: state.status, waits: state.waiters[number] != nil)
                }
                if !known.waits { continuation.resume(returning: known.status) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: nil)
        }
    }
}
