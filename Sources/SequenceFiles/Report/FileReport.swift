import DripCore

/// The diagnostics of one file.
struct FileReport {
    /// The most diagnostics that are listed. Fixing the first ones usually fixes the others.
    static let most = 100

    let file: String
    private var found: [Diagnostic] = []
    /// The sequences that the file refers to, to be checked against the other files.
    private(set) var references: [SequenceReference] = []

    /// Whether this is a stored version of the file, which an earlier release of dripd checked and accepted.
    private let isKept: Bool

    init(file: String, isKept: Bool = false) {
        self.file = file
        self.isKept = isKept
    }

    var hasErrors: Bool {
        found.contains { $0.severity == .error }
    }

    /// Whether more diagnostics were found than are listed.
    var isFull: Bool {
        found.count > Self.most
    }

    /// The diagnostics in file order: at most `most`, then a line with the number left out.
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

    mutating func error(_ message: String, at place: SourceLocation?, suggestion: String? = nil) {
        add(.error, message, at: place, suggestion: suggestion)
    }

    /// Reports an error in a value that is usable but certainly not what the author meant. Not for a stored version: it must
    /// stay usable for the people under way in it.
    mutating func mistake(_ message: String, at place: SourceLocation?, suggestion: String? = nil) {
        if !isKept { error(message, at: place, suggestion: suggestion) }
    }

    mutating func warning(_ message: String, at place: SourceLocation?, suggestion: String? = nil) {
        add(.warning, message, at: place, suggestion: suggestion)
    }

    mutating func note(_ message: String, at place: SourceLocation?) {
        add(.note, message, at: place, suggestion: nil)
    }

    mutating func refer(to sequence: String, at place: SourceLocation) {
        references.append(SequenceReference(sequence: sequence, place: place))
    }

    private mutating func add(
        _ severity: Diagnostic.Severity,
        _ message: String,
        at place: SourceLocation?,
        suggestion: String?
    ) {
        // An error may quote characters that its reader cannot see.
        let message = severity == .error ? StrangeCharacter.naming(message) : message
        found.append(
            Diagnostic(file: file, place: place, severity: severity, message: message, suggestion: suggestion)
        )
    }
}

/// A value that its schema knows: one word or one `key: value`.
enum Choice {
    case word(String)
    case field(YAMLField)
}

extension FileReport {
    /// Reads one word or one `key: value`. Returns nil if it is neither; that has been reported.
    mutating func choice(_ node: YAMLNode, _ schema: ChoiceSchema) -> Choice? {
        switch node.content {
        case .reported: return nil
        case .scalar(let scalar): return word(scalar.text.trimmed, at: node.place, schema)
        case .mapping(let fields) where fields.count == 1: return field(fields[0], schema)
        case .mapping, .list:
            let example = schema.fields.first.map { "\($0.key): \(schema.examples[$0.key] ?? "…")" } ?? ""
            let form = schema.words.isEmpty ? "one 'key: value'" : "one word or one 'key: value'"
            error("\(schema.owner) must be \(form), such as '\(example)'", at: node.place)
            return nil
        }
    }

    private mutating func word(_ word: String, at place: SourceLocation, _ schema: ChoiceSchema) -> Choice? {
        if schema.words.contains(where: { $0.word == word }) { return .word(word) }
        if schema.fields.contains(where: { $0.key == word }) {
            error("'\(word)' needs a value: write '\(word): \(schema.examples[word] ?? "…")'", at: place)
        } else if word.isEmpty {
            error("this \(schema.noun) is empty", at: place)
        } else {
            refuse(word, at: place, schema)
        }
        return nil
    }

    private mutating func field(_ field: YAMLField, _ schema: ChoiceSchema) -> Choice? {
        guard !schema.words.contains(where: { $0.word == field.key }) else {
            error("write '\(field.key)' alone, without ':'", at: field.place)
            return nil
        }
        guard schema.fields.contains(where: { $0.key == field.key }) else {
            refuse(field.key, at: field.place, schema)
            return nil
        }
        guard !field.value.isEmpty else {
            error("'\(field.key)' is empty", at: field.place)
            return nil
        }
        return .field(field)
    }

    private mutating func refuse(_ word: String, at place: SourceLocation, _ schema: ChoiceSchema) {
        let nearest = isFull ? nil : Spelling.nearest(to: word, of: schema.known)
        error("unknown \(schema.noun) '\(word)'", at: place, suggestion: nearest)
    }
}

/// Readers for values of different kinds. Each returns nil if the value is missing or has been reported.
extension FileReport {
    mutating func scalar(_ fields: Fields, _ key: String) -> YAMLScalar? {
        guard let node = fields[key] else { return nil }
        return scalar(node, as: "'\(key)'")
    }

    mutating func scalar(_ node: YAMLNode, as name: String) -> YAMLScalar? {
        switch node.content {
        case .reported: return nil
        case .scalar(let scalar):
            guard scalar.text.contains(where: { !$0.isWhitespace }) else {
                error("\(name) is empty", at: node.place)
                return nil
            }
            return scalar
        case .list, .mapping:
            error("\(name) must be a text, not \(node.kind)", at: node.place)
            return nil
        }
    }

    mutating func text(_ fields: Fields, _ key: String) -> String? {
        guard let node = fields[key] else { return nil }
        return text(node, as: "'\(key)'")
    }

    mutating func text(_ node: YAMLNode, as name: String) -> String? {
        scalar(node, as: name).map { $0.text.trimmed }
    }

    /// Reads a text and parses it with a function. Reports the function's error.
    mutating func value<Value>(
        _ fields: Fields,
        _ key: String,
        _ parse: (String) throws(ParseError) -> Value
    ) -> Value? {
        guard let node = fields[key], let text = text(node, as: "'\(key)'") else { return nil }
        return value(text, at: node.place, parse)
    }

    mutating func value<Value>(
        _ text: String,
        at place: SourceLocation,
        _ parse: (String) throws(ParseError) -> Value
    ) -> Value? {
        do {
            return try parse(text)
        } catch {
            self.error(error.message, at: place, suggestion: error.suggestion)
            return nil
        }
    }

    /// Reports characters in a phrase that people do not type: no message would ever match it.
    mutating func checkTyped(_ text: String, as name: String, at place: SourceLocation) {
        check(text, as: name, wrong: "which people do not type", at: place)
    }

    /// Reports invisible characters in a path or a name, and quotation marks that YAML does not recognize.
    mutating func checkVisible(_ text: String, as name: String, at place: SourceLocation) {
        check(text, as: name, wrong: "which cannot be seen", at: place)
    }

    private mutating func check(_ text: String, as name: String, wrong: String, at place: SourceLocation) {
        if let invisible = StrangeCharacter.invisible(in: text) {
            mistake("\(name) holds \(invisible), \(wrong): delete it", at: place)
        } else if let mark = StrangeCharacter.quotation(around: text) {
            mistake(
                "\(name) begins or ends with \(mark), which YAML takes as part of the text: write \" or leave it out",
                at: place
            )
        }
    }

    /// Parses the value of one `key: value`.
    mutating func value<Value>(_ field: YAMLField, _ parse: (String) throws(ParseError) -> Value) -> Value? {
        text(field.value, as: "'\(field.key)'").flatMap { value($0, at: field.value.place, parse) }
    }

    /// Reads the name of another sequence, and records the reference.
    mutating func sequence(_ node: YAMLNode, as name: String) -> String? {
        guard let text = text(node, as: name), let id = value(text, at: node.place, IdentityParser.parse) else {
            return nil
        }
        refer(to: id, at: node.place)
        return id
    }

    /// Reads a list with at least one entry.
    mutating func list(_ fields: Fields, _ key: String) -> [YAMLNode]? {
        guard let node = fields[key] else { return nil }
        switch node.content {
        case .reported: return nil
        case .list(let entries):
            guard entries.isEmpty else { return entries }
            error("'\(key)' is empty", at: node.place)
            return nil
        case .scalar, .mapping:
            error("'\(key)' must be a list, not \(node.kind): each entry begins with '- '", at: node.place)
            return nil
        }
    }
}
