package import DripCore
package import Foundation

/// Parses command-line values, in the same notation as the files.
package enum CommandLineParser {
    /// Parses `3 days` or `+3 days`.
    /// - Throws: `CommandLineProblem`.
    package static func offset(_ text: String) throws(CommandLineProblem) -> Offset {
        let text = text.trimmed
        do {
            return try OffsetParser.parse(text.hasPrefix("+") ? String(text.dropFirst()).trimmed : text)
        } catch {
            throw CommandLineProblem(error)
        }
    }

    /// Parses a length of time before now: `7 days` or `7d`.
    /// - Throws: `CommandLineProblem`.
    package static func span(_ text: String) throws(CommandLineProblem) -> Milliseconds {
        // The short form needs no quotes in a shell.
        let short = text.wholeMatch(of: /([0-9]+)d/)
        return try offset(short.map { "\($0.1) days" } ?? text).nominal
    }

    /// Parses a tag. Returns it in Unicode's composed form.
    /// - Throws: `CommandLineProblem`.
    package static func tag(_ text: String) throws(CommandLineProblem) -> String {
        do {
            return try TagParser.parse(text)
        } catch {
            throw CommandLineProblem(error)
        }
    }

    /// Parses a time zone such as `Asia/Ho_Chi_Minh`.
    /// - Throws: `CommandLineProblem`.
    package static func zone(_ text: String) throws(CommandLineProblem) -> TimeZone {
        do {
            return try ZoneParser.parse(text.trimmed)
        } catch {
            throw CommandLineProblem(error)
        }
    }
}

/// The reason why a command-line value could not be parsed.
package struct CommandLineProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ fault: ParseError) {
        description = fault.message + (fault.suggestion.map { "; did you mean '\($0)'?" } ?? "")
    }
}
