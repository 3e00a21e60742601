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
