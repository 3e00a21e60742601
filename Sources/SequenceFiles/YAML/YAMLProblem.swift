import DripCore
import Yams

/// A YAML syntax error, explained for authors who do not know YAML's grammar.
struct YAMLProblem {
    let message: String
    let place: SourceLocation

    init(_ error: any Error, in source: SourceText) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let begun = context.map { source.place(line: $0.mark.line, scalarColumn: $0.mark.column) }
            let place = source.place(line: mark.line, scalarColumn: mark.column)
            self = Self.known(problem, context: context?.text ?? "", begun: begun ?? place, at: place, in: source)
        case YamlError.reader(let problem, _, _, _):
            self.init("the file cannot be read: \(problem)", at: .start)
        default:
            self.init("the file is not YAML: \(ErrorDescription.words(error))", at: .start)
        }
    }

    private init(_ message: String, at place: SourceLocation) {
        self.message = message
        self.place = place
    }

    /// Returns a message about the author's mistake. The parser's own messages name grammar rules, but nearly every error is
    /// one of these.
    private static func known(
        _ problem: String,
        context: String,
        begun: SourceLocation,
        at place: SourceLocation,
        in source: SourceText
    ) -> YAMLProblem {
        if let tab = tabInIndentation(of: place.line, in: source) {
            return YAMLProblem("a tab in the indentation: YAML takes spaces only", at: tab)
        }
        for line in [begun.line, place.line] {
            if let space = strangeIndentation(of: line, in: source) { return space }
        }
        if context.contains("flow"), let comment = source.gluedComment(inLine: begun.line) {
            return YAMLProblem("YAML reads everything from '#' on as a comment: put the text in quotes", at: comment)
        }
        let opened = context.contains("flow mapping") ? begun.line : place.line
        if let braces = unquotedBraces(in: opened, of: source) {
            return YAMLProblem("a text that begins with '{{' must be in quotes or below 'text: |'", at: braces)
        }
        if context.contains("quoted scalar"), problem.contains("end of stream") || problem.contains("document") {
            return YAMLProblem("the quotation mark that opens here is not closed", at: begun)
        }
        if context.contains("alias") || context.contains("anchor") || problem.contains("undefined alias") {
            return YAMLProblem("a text that begins with '*' or '&' must be in quotes", at: begun)
        }
        if context.contains("flow sequence") {
            return YAMLProblem("the list that begins here with '[' needs ',' between its entries and ']'", at: begun)
        }
        if context.contains("flow mapping") {
            return YAMLProblem("the mapping that begins here with '{' needs ',' between its keys and '}'", at: begun)
        }
        if context.contains("simple key") {
            // The parser notices only on a later line that the text beginning here was meant as a key.
            let isGlued = source.rest(at: begun).contains(":")
            return YAMLProblem(
                isGlued ? "a space is missing after ':'" : "the ':' after the key is missing",
                at: begun
            )
        }
        return YAMLProblem(message(for: problem, context: context), at: place)
    }

    private static func message(for problem: String, context: String) -> String {
        switch problem {
        case "mapping values are not allowed in this context":
            "a ': ' within a text: put the text in quotes (or the line is indented too far)"
        case "could not find expected ':'", "did not find expected key":
            "neither 'key: value' nor part of the text above: is the ':' missing, or the indentation wrong?"
        case "did not find expected node content":
            "a value is missing here: is there a ',' too many, or no ']' or '}'?"
        case "did not find expected '-' indicator":
            "the indentation fits neither the list's entries ('- ') nor the keys of the one above"
        case "block sequence entries are not allowed in this context":
            "a list entry ('- ') cannot begin here: put it on a line of its own"
        case "found character that cannot start any token":
            "a text cannot begin with this character: put it in quotes"
        case "found unknown escape character":
            "an unknown escape: in double quotes '\\' must be written '\\\\'"
        case "but found another document":
            "a second document: one file holds one"
        case "Maximum nesting level reached, set with yaml_set_max_nest_level())":
            "nested too deeply"
        case "found a tab character that violates indentation",
            "found a tab character where an indentation space is expected":
            "a tab in the indentation: YAML takes spaces only"
        case "did not find expected <document start>":
            "nothing is allowed here: is the indentation wrong?"
        default:
            context.isEmpty ? "not YAML: \(problem)" : "not YAML: \(context): \(problem)"
        }
    }

    private static func tabInIndentation(of line: Int, in source: SourceText) -> SourceLocation? {
        guard line <= source.lines.count else { return nil }
        let indentation = source.lines[line - 1].text.prefix { $0 == " " || $0 == "\t" }
        guard let tab = indentation.firstIndex(of: "\t") else { return nil }
        return SourceLocation(line: line, column: indentation.distance(from: indentation.startIndex, to: tab) + 1)
    }

    /// Finds indentation with characters other than plain spaces, which YAML does not count as indentation.
    private static func strangeIndentation(of line: Int, in source: SourceText) -> YAMLProblem? {
        guard line <= source.lines.count else { return nil }
        let text = source.lines[line - 1].text
        guard let index = text.firstIndex(where: { $0 != " " }),
            let scalar = text[index].unicodeScalars.first,
            StrangeCharacter.isSpace(scalar) || StrangeCharacter.isInvisible(scalar)
        else { return nil }
        return YAMLProblem(
            "\(StrangeCharacter.name(of: scalar)) in the indentation: YAML takes plain spaces only",
            at: SourceLocation(line: line, column: text.distance(from: text.startIndex, to: index) + 1)
        )
    }

    /// Finds `key: {{name}} …`: the braces open a mapping, and the parser fails only somewhere after them.
    private static func unquotedBraces(in line: Int, of source: SourceText) -> SourceLocation? {
        guard line <= source.lines.count else { return nil }
        let text = source.lines[line - 1].text
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let value = text[text.index(after: colon)...].drop { $0 == " " }
        return value.hasPrefix("{{") ? SourceLocation(line: line, column: text.count - value.count + 1) : nil
    }
}
