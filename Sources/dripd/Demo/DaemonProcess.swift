import DripCore
import DripEngine
import Foundation
import Synchronization

/// The daemon as a process of its own, as systemd would run it.
final class DaemonProcess: Sendable {
    /// Foundation's Process is not Sendable: only this lock touches it.
    private let process: Mutex<Process>
    private let exit = ExitStatus()
    private let folder: DemoFolder

    init(folder: DemoFolder, clock: SystemClock) throws {
        self.folder = folder
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "run", "--config", folder.configuration, "--time-scale", "\(clock.scale)", "--time-epoch",
            "\(clock.epoch.milliseconds)",
        ]
        try Data().write(to: URL(filePath: folder.log))
        let log = try FileHandle(forWritingTo: URL(filePath: folder.log))
        process.standardOutput = log
        process.standardError = log
        process.standardInput = FileHandle.nullDevice
        process.terminationHandler = { [exit] process in exit.set(process.terminationStatus) }
        try process.run()
        self.process = Mutex(process)
    }

    /// Ends it as systemd does, and waits until it has.
    /// - Returns: its exit status.
    func stop() async -> Int32? {
        process.withLock { if $0.isRunning { $0.terminate() } }
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
