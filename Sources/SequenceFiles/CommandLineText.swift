package import DripCore
package import Foundation

/// Values on a command line, written as the files write them.
package enum CommandLineText {
    /// `3 days`, `+3 days`.
    /// - Throws: `CommandLineProblem`.
    package static func offset(_ text: String) throws(CommandLineProblem) -> Offset {
        let text = text.trimmed
        do {
            return try OffsetText.parse(text.hasPrefix("+") ? String(text.dropFirst()).trimmed : text)
        } catch {
            throw CommandLineProblem(error)
        }
    }

    /// A length of time back from now: `7 days`, `7d`.
    /// - Throws: `CommandLineProblem`.
    package static func span(_ text: String) throws(CommandLineProblem) -> Span {
        // In a shell the short form needs no quotes.
        let short = text.wholeMatch(of: /([0-9]+)d/)
        return try offset(short.map { "\($0.1) days" } ?? text).nominal
    }

    /// A tag, in Unicode's composed form.
    /// - Throws: `CommandLineProblem`.
    package static func tag(_ text: String) throws(CommandLineProblem) -> String {
        do {
            return try TagText.parse(text)
        } catch {
            throw CommandLineProblem(error)
        }
    }

    /// `Asia/Ho_Chi_Minh`.
    /// - Throws: `CommandLineProblem`.
    package static func zone(_ text: String) throws(CommandLineProblem) -> TimeZone {
        do {
            return try ZoneText.parse(text.trimmed)
        } catch {
            throw CommandLineProblem(error)
        }
    }
}

/// Why a value was not understood.
package struct CommandLineProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ fault: Fault) {
        description = fault.message + (fault.suggestion.map { "; did you mean '\($0)'?" } ?? "")
    }
}
