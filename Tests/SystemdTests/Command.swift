import Foundation
import TestSupport

/// A command that a test runs to its end.
enum Command {
    /// - Parameter arguments: The program, found along `PATH`, and what it is given.
    /// - Returns: The exit status, and what the command wrote to both outputs; -1 and the reason if it did not start.
    static func run(_ arguments: [String]) -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        do {
            try process.runAlone()
            let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: output, as: UTF8.self))
        } catch {
            return (-1, "\(arguments.joined(separator: " ")): \(error)")
        }
    }
}
