import ArgumentParser
import DripCore
import Foundation

/// The end of the program: its last output and its exit code.
struct CommandEnd {
    let code: Int32
    /// The help text or the version.
    var output: String?
    var errors: String?

    /// - Parameters:
    ///   - error: the error of the command, or of parsing the command line.
    ///   - isUsage: whether the error is from parsing. The parser then formats it.
    init(_ error: any Error, of root: any ParsableCommand.Type, arguments: [String], isUsage: Bool, columns: Int?) {
        code = error is Output.Failure ? 1 : root.exitCode(for: error).rawValue
        if code == 0 {
            output = Self.folded(root.fullMessage(for: error, columns: columns), columns)
        } else if isUsage, let message = CommandSuggestion(root).message(for: arguments) {
            errors = "Error: " + message
        } else if isUsage || error is ValidationError || error is ExitCode {
            errors = Self.folded(root.fullMessage(for: error, columns: columns), columns)
        } else {
            errors = "Error: " + ErrorDescription.words(error)
        }
    }

    /// Folds the usage line: the parser folds the rest of the help (at 80 columns without a terminal), but never that line.
    private static func folded(_ help: String, _ columns: Int?) -> String {
        help.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { line in
                line.hasPrefix("USAGE: ") || line.hasPrefix("Usage: ")
                    ? LineFolding.lines(String(line), columns: columns ?? 80) : [String(line)]
            }
            .joined(separator: "\n")
    }
}

/// An error for the user, which ends a command with exit code 1.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
