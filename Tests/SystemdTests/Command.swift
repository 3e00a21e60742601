import Foundation
import TestSupport

/// A command that a test runs to its end.
enum Command {
    /// - Parameter arguments: The program, found along `PATH`, and what it is given.
    /// - Returns: The exit status, and what the command wrote to both outputs; -1 and the reason if it did not start.
    static func run(_ arguments: [String]) -> (status: Int32, output: String) {
        let process = Process()
        // Into a file: to read a pipe to its end may be interrupted by another child's end, and Foundation does not go on.
        let folder: TemporaryDirectory
        let written: FileHandle
        do {
            folder = try TemporaryDirectory()
            try Data().write(to: URL(filePath: folder.path + "/output"))
            written = try FileHandle(forWritingTo: URL(filePath: folder.path + "/output"))
        } catch {
            return (-1, "\(error)")
        }
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = written
        process.standardError = written
        do {
            try process.runAlone()
            process.waitUntilExit()
            let output = try Data(contentsOf: URL(filePath: folder.path + "/output"))
            return (process.terminationStatus, String(decoding: output, as: UTF8.self))
        } catch {
            return (-1, "\(arguments.joined(separator: " ")): \(error)")
        }
    }
}
