/// A step's text with its variables and word lists.
///
/// `{{full_name}}` is a variable, `{{city, default: "bạn"}}` one with a fallback, `{{Chào|Xin chào}}` a word list, and
/// `\{{` is a literal `{{`.
package struct TextTemplate: Hashable, Sendable {
    package enum Segment: Hashable, Sendable {
        case literal(String)
        case variable(name: String, fallback: String?)
        /// At least two words.
        case words([String])
    }

    package let segments: [Segment]

    package init(segments: [Segment]) {
        self.segments = segments
    }

    /// Returns the text for one person.
    ///
    /// A word list gives the same word for the same seed, so that previews, retries and later renderings agree. An
    /// empty variable without a fallback, or an empty word of a list, also removes the space before it: "Chào , …"
    /// would give away a robot.
    /// - Parameter value: a variable's value; nil or blank counts as empty.
    package func rendered(seed: UInt64, value: (String) -> String?) -> String {
        var text = ""
        var afterGap = false
        for (index, segment) in segments.enumerated() {
            var piece: String
            switch segment {
            case .literal(let literal):
                piece = literal
            case .words(let words):
                piece = words[StableHash.pick(from: words.count, seed: seed, index: index)]
            case .variable(let name, let fallback):
                piece = value(name)?.trimmed ?? ""
                if piece.isEmpty { piece = fallback ?? "" }
            }
            if piece.isEmpty {
                while text.last == " " { text.removeLast() }
                afterGap = true
                continue
            }
            if afterGap && (text.isEmpty || text.last?.isNewline == true) {
                piece = String(piece.drop { $0 == " " || $0 == "," })
            }
            afterGap = false
            text += piece
        }
        return text.trimmed
    }

    /// The template without the white space at its end, which no message keeps: `text: |` ends with a line break. White
    /// space at the beginning stays, because the numbers of the segments choose the words of word lists.
    var trimmedAtEnd: TextTemplate {
        var segments = segments
        while case .literal(let literal)? = segments.last, literal.last?.isWhitespace == true {
            segments.removeLast()
            let end = literal.lastIndex { !$0.isWhitespace }
            if let end { segments.append(.literal(String(literal[...end]))) }
        }
        return TextTemplate(segments: segments)
    }

    /// The number of different texts that the word lists make; `Int.max` if it is larger than that.
    package var variants: Int {
        segments.reduce(1) { total, segment in
            guard case .words(let words) = segment else { return total }
            let (product, overflow) = total.multipliedReportingOverflow(by: words.count)
            return overflow ? .max : product
        }
    }

    /// Returns the length of the longest text in Unicode scalars (`ContentLimits`), each variable counted with its
    /// fallback or `variableScalars`, whichever is longer. White space at the beginning is not sent, so it does not
    /// count.
    package func longestScalars(variableScalars: Int) -> Int {
        segments.enumerated().reduce(0) { total, entry in
            switch entry.element {
            case .literal(let literal):
                total + (entry.offset == 0 ? String(literal.drop { $0.isWhitespace }) : literal).unicodeScalars.count
            case .words(let words):
                total + (words.map(\.unicodeScalars.count).max() ?? 0)
            case .variable(_, let fallback):
                total + max(variableScalars, fallback?.unicodeScalars.count ?? 0)
            }
        }
    }

    /// The variables that have no fallback.
    package var variablesWithoutFallback: [String] {
        segments.compactMap { segment in
            guard case .variable(let name, nil) = segment else { return nil }
            return name
        }
    }
}

extension TextTemplate {
    /// An error in a template, at an offset into the text in Unicode scalars.
    package struct SyntaxError: Error, Hashable, Sendable {
        package let what: String
        package let scalarOffset: Int
    }

    /// A variable without a fallback, at an offset into the text in Unicode scalars.
    package struct OpenVariable: Hashable, Sendable {
        package let name: String
        package let scalarOffset: Int
    }

    /// The result of parsing a text, with all of its errors.
    package struct Parsed: Hashable, Sendable {
        /// The parsed template. Valid only if there are no errors.
        package let template: TextTemplate
        package let errors: [SyntaxError]
        package let openVariables: [OpenVariable]

        package init(_ text: String) {
            var parser = TextTemplateParser(text)
            parser.parse()
            template = TextTemplate(segments: parser.segments).trimmedAtEnd
            errors = parser.errors
            openVariables = parser.openVariables
        }
    }

    /// Parses the `{{…}}` of a text.
    /// - Throws: the first error.
    package init(parsing text: String) throws(SyntaxError) {
        let parsed = Parsed(text)
        if let error = parsed.errors.first { throw error }
        self = parsed.template
    }

    /// Returns whether a variable may have this name.
    package static func isVariable(_ name: String) -> Bool {
        TextTemplateParser.isName(name)
    }
}
