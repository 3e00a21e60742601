/// One thing to tell the author of a file, and where it is.
package struct Diagnostic: Hashable, Sendable {
    package enum Severity: String, Comparable, Sendable {
        /// The file cannot be used.
        case error
        /// The file can be used; what it says is probably not what was meant.
        case warning
        /// Nothing is wrong: what a reader of the file cannot see.
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

    /// The file's path as it was given.
    package let file: String
    /// nil: the file as a whole, which could not be opened.
    package let place: Place?
    package let severity: Severity
    package let message: String
    /// What was probably meant, to be written instead.
    package let suggestion: String?

    package init(file: String, place: Place?, severity: Severity, message: String, suggestion: String? = nil) {
        self.file = file
        self.place = place
        self.severity = severity
        self.message = message
        self.suggestion = suggestion
    }
}

extension Diagnostic: Error, CustomStringConvertible {
    /// `file:line:column: error: what; did you mean 'x'?`: the form that editors and compilers' users know. One line.
    package var description: String {
        let position = place.map { ":\($0.line):\($0.column)" } ?? ""
        return "\(file)\(position): \(severity.rawValue): \(text)"
    }

    /// What is wrong and what was probably meant, without the place.
    package var text: String {
        message + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
    }
}

extension Diagnostic: Comparable {
    /// By file, then by place: the order in which an author works through them.
    package static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        if left.file != right.file { return left.file < right.file }
        let (leftPlace, rightPlace) = (left.place ?? .start, right.place ?? .start)
        if leftPlace != rightPlace { return leftPlace < rightPlace }
        if left.severity != right.severity { return left.severity < right.severity }
        return left.message < right.message
    }
}
