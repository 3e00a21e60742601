import ChildProcesses
import DripCore
import DripEngine
import Foundation

/// The daemon as a process of its own, as systemd would run it.
final class DaemonProcess: Sendable {
    private let process: ChildProcess
    private let exit = ExitStatus()
    private let folder: DemoFolder

    init(folder: DemoFolder, clock: SystemClock) throws {
        self.folder = folder
        // A log of an earlier demo would be its last words.
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

    /// Ends it as systemd does, and waits until it has.
    /// - Returns: its exit status.
    func stop() async -> Int32? {
        process.signal(SIGTERM)
        return await exit.value()
    }

    /// Waits until it ends.
    /// - Returns: its exit status; nil if the waiting task was cancelled before.
    func exited() async -> Int32? {
        await exit.value()
    }

    /// The end of its log, for a person who has to find out why.
    var lastWords: String {
        let lines = (try? String(contentsOfFile: folder.log, encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.suffix(20).joined(separator: "\n")
    }
}
