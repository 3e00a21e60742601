import CSpawn
import Dispatch
import Foundation
import Synchronization

/// A program that this one runs. Not Foundation's Process, whose children inherit each other's descriptors, and which crashed
/// twice in runs of all tests at once.
package final class ChildProcess: Sendable {
    package enum Exit: Hashable, Sendable {
        case status(Int32)
        case signal(Int32)

        /// As a shell has it in `$?`.
        package var code: Int32 {
            switch self {
            case .status(let status): status
            case .signal(let signal): 128 + signal
            }
        }
    }

    private enum State {
        /// And who wants to know of its end.
        case running([@Sendable (Exit) -> Void])
        case ended(Exit)
    }

    private let id: pid_t
    private let state = Mutex(State.running([]))

    /// Begins it, with nothing to read from its input.
    /// - Parameters:
    ///   - environment: nil: this process's own.
    ///   - output: the file that its output is appended to; made if it is not there.
    ///   - errors: the same for what it complains of.
    package init(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String]? = nil,
        folder: String? = nil,
        output: String,
        errors: String
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let appending = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, appending, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, appending, 0o600)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        if let folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }

        // The threads of Dispatch block signals, and a child would never hear its SIGTERM.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let environment = environment ?? ProcessInfo.processInfo.environment
        let texts = [[executable] + arguments, environment.map { "\($0)=\($1)" }].map { $0.map { strdup($0) } + [nil] }
        defer { for text in texts.joined() { free(text) } }
        var id: pid_t = 0
        let result = posix_spawn(&id, executable, &actions, &attributes, texts[0], texts[1])
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: result) ?? .ENOENT) }
        self.id = id
        // Waiting blocks, and so must not hold up a thread that tests share.
        Thread.detachNewThread { [self] in waitForEnd() }
    }

    package func signal(_ signal: Int32) {
        state.withLock { state in
            // Not once its end has been taken note of: its number may be another's.
            if case .running = state { kill(id, signal) }
        }
    }

    /// Waits until it has ended. If the waiting task is cancelled, as a test's whose time is over, the program is killed.
    package var exit: Exit {
        get async {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in whenEnded { continuation.resume(returning: $0) } }
            } onCancel: {
                signal(SIGKILL)
            }
        }
    }

    /// The same, blocking the thread.
    package func waitUntilExit() -> Exit {
        let ended = DispatchSemaphore(value: 0)
        let exit = Mutex(Exit.status(0))
        whenEnded { known in
            exit.withLock { $0 = known }
            ended.signal()
        }
        ended.wait()
        return exit.withLock { $0 }
    }

    /// Calls when it has ended, at once if it has.
    package func whenEnded(_ tell: @escaping @Sendable (Exit) -> Void) {
        let known: Exit? = state.withLock { state in
            switch state {
            case .running(let waiting):
                state = .running(waiting + [tell])
                return nil
            case .ended(let exit): return exit
            }
        }
        if let known { tell(known) }
    }

    private func waitForEnd() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
        let (exit, waiting): (Exit, [@Sendable (Exit) -> Void]) = state.withLock { state in
            var status: Int32 = 0
            waitpid(id, &status, 0)
            // WIFEXITED and its like are macros.
            let exit: Exit = status & 0x7f == 0 ? .status(status >> 8 & 0xff) : .signal(status & 0x7f)
            defer { state = .ended(exit) }
            if case .running(let waiting) = state { return (exit, waiting) }
            return (exit, [])
        }
        for tell in waiting { tell(exit) }
    }
}
