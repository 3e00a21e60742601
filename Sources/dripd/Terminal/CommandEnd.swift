import ArgumentParser
import DripCore
import Foundation

/// How the program ends: with which words, and which exit code.
struct CommandEnd {
    let code: Int32
    /// Help, or the version.
    var output: String?
    var errors: String?

    /// - Parameters:
    ///   - error: what parsing the command line, or the command, has thrown.
    ///   - isUsage: thrown by parsing: the parser has the words for it.
    init(_ error: any Error, of root: any ParsableCommand.Type, arguments: [String], isUsage: Bool, columns: Int?) {
        code = error is Output.Failure ? 1 : root.exitCode(for: error).rawValue
        if code == 0 {
            output = root.fullMessage(for: error, columns: columns)
        } else if isUsage, let message = CommandSuggestion(root).message(for: arguments) {
            errors = "Error: " + message
        } else if isUsage || error is ValidationError || error is ExitCode {
            errors = root.fullMessage(for: error, columns: columns)
        } else {
            errors = "Error: " + ErrorText.words(error)
        }
    }
}
