import ChildProcesses
import Foundation
import TestSupport

/// A command that a test runs to its end.
enum Command {
    /// - Parameter arguments: The program, found along `PATH`, and what it is given.
    /// - Returns: The exit status, and what the command wrote to both outputs; -1 and the reason if it did not start.
    static func run(_ arguments: [String]) -> (status: Int32, output: String) {
        do {
            let folder = try TemporaryDirectory()
            let output = folder.path + "/output"
            let status = try ChildProcess("/usr/bin/env", arguments, output: output, errors: output).waitUntilExit()
                .code
            return (status, String(decoding: try Data(contentsOf: URL(filePath: output)), as: UTF8.self))
        } catch {
            return (-1, "\(arguments.joined(separator: " ")): \(error)")
        }
    }
}
