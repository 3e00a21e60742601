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
            output = Self.folded(root.fullMessage(for: error, columns: columns), columns)
        } else if isUsage, let message = CommandSuggestion(root).message(for: arguments) {
            errors = "Error: " + message
        } else if isUsage || error is ValidationError || error is ExitCode {
            errors = Self.folded(root.fullMessage(for: error, columns: columns), columns)
        } else {
            errors = "Error: " + ErrorText.words(error)
        }
    }

    /// The parser folds help at 80 columns where there is no terminal, but never the line with the usage.
    private static func folded(_ help: String, _ columns: Int?) -> String {
        help.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { line in
                line.hasPrefix("USAGE: ") || line.hasPrefix("Usage: ")
                    ? LineFolding.lines(String(line), columns: columns ?? 80) : [String(line)]
            }
            .joined(separator: "\n")
    }
}
