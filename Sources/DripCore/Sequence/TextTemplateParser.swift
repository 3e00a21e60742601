struct TextTemplateParser {
    private(set) var segments: [TextTemplate.Segment] = []
    private(set) var errors: [TextTemplate.SyntaxError] = []
    private(set) var openVariables: [TextTemplate.OpenVariable] = []

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var literal = String.UnicodeScalarView()

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    mutating func parse() {
        while position < scalars.count {
            if stands(#"\"#, at: position), stands("{{", at: position + 1) {
                literal.append(contentsOf: "{{".unicodeScalars)
                position += 3
            } else if stands("{{", at: position) {
                finishLiteral()
                braces()
            } else {
                literal.append(scalars[position])
                position += 1
            }
        }
        finishLiteral()
    }

    /// Reads the `{{…}}` at the current position, and moves to its end.
    private mutating func braces() {
        let start = position
        position += 2
        var inQuotes = false
        var isList = false
        while position < scalars.count, scalars[position] != "\n" {
            if !inQuotes && (stands("}}", at: position) || stands("{{", at: position)) { break }
            if scalars[position] == "\"" { inQuotes.toggle() }
            if scalars[position] == "|" && !inQuotes { isList = true }
            position += 1
        }
        guard stands("}}", at: position) else {
            let what =
                inQuotes
                ? "a quotation mark that is not closed"
                : "'{{' without '}}' before the end of the line or the next '{{'"
            errors.append(TextTemplate.SyntaxError(what: what, scalarOffset: start))
            return
        }
        let content = string(start + 2..<position)
        position += 2
        do {
            segments.append(try isList ? Self.words(content) : variable(content, at: start))
        } catch {
            errors.append(TextTemplate.SyntaxError(what: error.what, scalarOffset: start))
        }
    }

    private struct ParseError: Error {
        let what: String
    }

    private static func words(_ content: String) throws(ParseError) -> TextTemplate.Segment {
        let words = content.split(separator: "|", omittingEmptySubsequences: false).map { String($0).trimmed }
        guard words.contains(where: { !$0.isEmpty }) else { throw ParseError(what: "a word list without words") }
        return .words(words)
    }

    private mutating func variable(_ content: String, at start: Int) throws(ParseError) -> TextTemplate.Segment {
        let comma = content.firstIndex(of: ",")
        let name = String(content[..<(comma ?? content.endIndex)]).trimmed
        guard !name.isEmpty else { throw ParseError(what: "'{{…}}' without a name") }
        guard Self.isName(name) else {
            throw ParseError(
                what: "'\(name)' is neither a variable's name (letters, digits and '_') nor a word list "
                    + "(words with '|' between)"
            )
        }
        guard let comma else {
            openVariables.append(TextTemplate.OpenVariable(name: name, scalarOffset: start))
            return .variable(name: name, fallback: nil)
        }
        let rest = String(content[content.index(after: comma)...]).trimmed
        let prefix = "default:"
        let quoted = rest.hasPrefix(prefix) ? String(rest.dropFirst(prefix.count)).trimmed : ""
        guard quoted.count >= 2, quoted.hasPrefix("\""), quoted.hasSuffix("\""),
            !quoted.dropFirst().dropLast().contains("\"")
        else {
            throw ParseError(what: "after '\(name),' a fallback is expected: {{\(name), default: \"…\"}}")
        }
        return .variable(name: name, fallback: String(quoted.dropFirst().dropLast()))
    }

    /// Returns whether a variable may have this name. It checks characters, not scalars, because a letter may be
    /// written as a base and its marks (NFD).
    static func isName(_ name: String) -> Bool {
        guard let first = name.first, first.isLetter || first == "_" else { return false }
        return name.allSatisfy { $0.isLetter || ("0"..."9").contains($0) || $0 == "_" }
    }

    private mutating func finishLiteral() {
        guard !literal.isEmpty else { return }
        segments.append(.literal(String(literal)))
        literal = String.UnicodeScalarView()
    }

    private func stands(_ text: String, at index: Int) -> Bool {
        var index = index
        for scalar in text.unicodeScalars {
            guard index < scalars.count, scalars[index] == scalar else { return false }
            index += 1
        }
        return true
    }

    private func string(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }
}
