import CSpawn
import Dispatch
import Foundation
import Synchronization

/// A child process. Foundation's `Process` is not used: its children inherit each other's descriptors, and it crashed twice when
/// all tests ran at once.
package final class ChildProcess: Sendable {
    package enum Exit: Hashable, Sendable {
        case status(Int32)
        case signal(Int32)

        /// The exit code as a shell reports it in `$?`.
        package var code: Int32 {
            switch self {
            case .status(let status): status
            case .signal(let signal): 128 + signal
            }
        }
    }

    private enum State {
        /// Holds the callbacks for the end of the process.
        case running([@Sendable (Exit) -> Void])
        case ended(Exit)
    }

    private let id: pid_t
    private let state = Mutex(State.running([]))

    /// Starts the process, with an empty standard input.
    /// - Parameters:
    ///   - environment: nil for this process's own.
    ///   - output: the file to which standard output is appended; created if it does not exist.
    ///   - errors: the same for standard error.
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

        // Dispatch's threads block signals. A child that inherits their mask would never receive SIGTERM.
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
        // waitid(2) blocks, so it must not run on a thread that tests share.
        Thread.detachNewThread { [self] in waitForEnd() }
    }

    package func signal(_ signal: Int32) {
        state.withLock { state in
            // Not after the process has been reaped: its id may belong to another process.
            if case .running = state { kill(id, signal) }
        }
    }

    /// Suspends the process until it gets SIGCONT, and blocks until all of its threads stand still: SIGSTOP alone reaches
    /// them one after the other.
    package func suspend() {
        signal(SIGSTOP)
        var info = siginfo_t()
        while waitid(P_PID, id_t(id), &info, WSTOPPED) != 0, errno == EINTR {}
    }

    /// Waits until the process ends. If the waiting task is cancelled, as at a test's time limit, the process is killed.
    package var exit: Exit {
        get async {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in whenEnded { continuation.resume(returning: $0) } }
            } onCancel: {
                signal(SIGKILL)
            }
        }
    }

    /// Waits until the process ends, and blocks the thread meanwhile.
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

    /// Calls `tell` when the process ends; at once if it has ended.
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
            // Swift does not import macros such as WIFEXITED.
            let exit: Exit = status & 0x7f == 0 ? .status(status >> 8 & 0xff) : .signal(status & 0x7f)
            defer { state = .ended(exit) }
            if case .running(let waiting) = state { return (exit, waiting) }
            return (exit, [])
        }
        for tell in waiting { tell(exit) }
    }
}
