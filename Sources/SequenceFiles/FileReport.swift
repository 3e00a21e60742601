/// What was found in one file so far.
struct FileReport {
    /// More than these are not listed: the first ones, mended, usually take the others with them.
    static let most = 100

    let file: String
    private var found: [Diagnostic] = []
    /// Other sequences that it names, to be held against the other files.
    private(set) var references: [SequenceReference] = []

    /// It is a version that was in force once: it was checked by the program of that day.
    private let isKept: Bool

    init(file: String, isKept: Bool = false) {
        self.file = file
        self.isKept = isKept
    }

    var hasErrors: Bool {
        found.contains { $0.severity == .error }
    }

    /// More than are shown have been found.
    var isFull: Bool {
        found.count > Self.most
    }

    /// In the order of the file; at most `most`, and then how many were left out.
    var diagnostics: [Diagnostic] {
        let sorted = found.sorted()
        guard isFull else { return sorted }
        let kept = sorted.prefix(Self.most)
        let rest = Diagnostic(
            file: file,
            place: kept.last?.place,
            severity: .error,
            message: "and \(sorted.count - Self.most) more after this one"
        )
        return kept + [rest]
    }

    mutating func error(_ message: String, at place: Place?, suggestion: String? = nil) {
        add(.error, message, at: place, suggestion: suggestion)
    }

    /// An error in what can be used, and certainly is not what was meant. A version that people are under way in stays usable.
    mutating func mistake(_ message: String, at place: Place?, suggestion: String? = nil) {
        if !isKept { error(message, at: place, suggestion: suggestion) }
    }

    mutating func warning(_ message: String, at place: Place?, suggestion: String? = nil) {
        add(.warning, message, at: place, suggestion: suggestion)
    }

    mutating func note(_ message: String, at place: Place?) {
        add(.note, message, at: place, suggestion: nil)
    }

    mutating func refer(to sequence: String, at place: Place) {
        references.append(SequenceReference(sequence: sequence, place: place))
    }

    private mutating func add(
        _ severity: Diagnostic.Severity,
        _ message: String,
        at place: Place?,
        suggestion: String?
    ) {
        // What an error quotes may hold what its reader cannot see.
        let message = severity == .error ? StrangeCharacter.naming(message) : message
        found.append(
            Diagnostic(file: file, place: place, severity: severity, message: message, suggestion: suggestion)
        )
    }
}
