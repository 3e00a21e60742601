/// A message for the author of a file, with its location.
package struct Diagnostic: Hashable, Sendable {
    package enum Severity: String, Comparable, Sendable {
        /// The file cannot be used.
        case error
        /// The file can be used, but probably does not say what its author meant.
        case warning
        /// Nothing is wrong: a consequence that the file does not show.
        case note

        package static func < (left: Severity, right: Severity) -> Bool {
            left.rank < right.rank
        }

        private var rank: Int {
            switch self {
            case .error: 0
            case .warning: 1
            case .note: 2
            }
        }
    }

    /// The file's path as given.
    package let file: String
    /// nil if the message is about the file as a whole.
    package let place: SourceLocation?
    package let severity: Severity
    package let message: String
    /// The replacement that the author probably meant.
    package let suggestion: String?

    package init(file: String, place: SourceLocation?, severity: Severity, message: String, suggestion: String? = nil) {
        self.file = file
        self.place = place
        self.severity = severity
        self.message = message
        self.suggestion = suggestion
    }
}

extension Diagnostic: Error, CustomStringConvertible {
    /// `file:line:column: error: what; did you mean 'x'?`: the format of compilers, which editors understand. One line.
    package var description: String {
        let position = place.map { ":\($0.line):\($0.column)" } ?? ""
        return "\(file)\(position): \(severity.rawValue): \(text)"
    }

    /// The message with its suggestion, without the location.
    package var text: String {
        message + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
    }
}

extension Diagnostic: Comparable {
    /// Sorts by file, then by location: the order in which an author works through them.
    package static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        if left.file != right.file { return left.file < right.file }
        let (leftPlace, rightPlace) = (left.place ?? .start, right.place ?? .start)
        if leftPlace != rightPlace { return leftPlace < rightPlace }
        if left.severity != right.severity { return left.severity < right.severity }
        return left.message < right.message
    }
}

/// A position in a file, as editors show it: line and column count from 1, the column in characters.
package struct SourceLocation: Hashable, Comparable, Sendable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static let start = SourceLocation(line: 1, column: 1)

    package static func < (left: SourceLocation, right: SourceLocation) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// The reason why a value could not be parsed; the file's reader adds the location.
package struct ParseError: Error, Hashable {
    package let message: String
    package let suggestion: String?

    init(_ message: String, suggestion: String? = nil) {
        self.message = message
        self.suggestion = suggestion
    }
}
