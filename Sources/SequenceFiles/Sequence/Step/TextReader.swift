import Channels
import DripCore

/// Reads a text with variables and word lists.
struct TextReader {
    private static let profile = ["full_name", "first_name", "last_name"]
    /// The assumed length of a name; few are longer.
    static let nameScalars = 24

    private let text: String
    private let scalar: YAMLScalar
    private let source: SourceText
    private let parsed: TextTemplate.Parsed
    private let start: SourceLocation
    /// The location of each `{{` that has an error or a variable without a default, by its offset.
    private let places: [Int: SourceLocation]

    init(_ scalar: YAMLScalar, at start: SourceLocation, in source: SourceText) {
        text = scalar.text
        self.scalar = scalar
        self.source = source
        parsed = TextTemplate.Parsed(scalar.text)
        self.start = start
        let wanted = Set(parsed.errors.map(\.scalarOffset) + parsed.openVariables.map(\.scalarOffset))
        let offsets = wanted.isEmpty ? [] : Self.offsetsOfOpeningBraces(scalar.text)
        let found = source.places(of: "{{", offsets.count, in: scalar, at: start)
        places = Dictionary(uniqueKeysWithValues: zip(offsets, found).filter { wanted.contains($0.0) })
    }

    /// Reads a template's parameter, which has no length limit; nil if it has errors.
    func read(report: inout FileReport) -> TextTemplate? {
        for error in parsed.errors where !report.isFull {
            report.error(error.what, at: places[error.scalarOffset] ?? start, suggestion: way(error))
        }
        guard parsed.errors.isEmpty else { return nil }
        let foreign = ForeignPlaceholders(in: text).found
        for found in foreign where !report.isFull {
            let place = place(of: found.sign, before: found.offset)
            if found.isError {
                report.mistake(found.message, at: place)
            } else {
                report.warning(found.message, at: place)
            }
        }
        warnAboutOpenVariables(&report, told: Set(foreign.map { place(of: $0.sign, before: $0.offset) }))
        warnAboutEscapes(&report)
        warnAboutQuotationMarks(&report)
        return parsed.template
    }

    /// Reads a step's text; nil if it has errors.
    func read(hasButtons: Bool, report: inout FileReport) -> TextTemplate? {
        hasButtons
            ? read(limit: MessengerLimits.textWithButtonsCharacters, of: "a text with buttons", report: &report)
            : read(limit: MessengerLimits.textCharacters, of: "a text", report: &report)
    }

    /// Reads a text with a length limit; nil if it has errors.
    /// - Parameters:
    ///   - limit: the limit in characters.
    ///   - kind: the kind of text that has this limit.
    ///   - platform: who has the limit; nil if it is ours.
    func read(
        limit: Int,
        of kind: String,
        by platform: String? = "Messenger",
        report: inout FileReport
    ) -> TextTemplate? {
        guard let template = read(report: &report) else { return nil }
        let longest = template.longestScalars(variableScalars: 0)
        let usual = template.longestScalars(variableScalars: Self.nameScalars)
        if longest > limit {
            report.error(
                "the text can be \(longest) characters long: \(platform.map { "\($0) takes" } ?? "at most") \(limit) in \(kind)",
                at: start
            )
        } else if usual > limit {
            report.warning(
                "the text is \(usual) characters long with a name of \(Self.nameScalars): "
                    + "\(platform.map { "\($0) takes" } ?? "at most") \(limit) in \(kind), "
                    + "and the step fails for people with long names",
                at: start
            )
        }
        return template
    }

    /// Warns once about each variable without a default.
    private func warnAboutOpenVariables(_ report: inout FileReport, told: Set<SourceLocation>) {
        var seen: Set<String> = []
        for variable in parsed.openVariables
        where !LinkVariable.all.contains(variable.name) && seen.insert(variable.name).inserted && !report.isFull {
            let name = variable.name
            let place = places[variable.scalarOffset] ?? start
            guard !told.contains(place) else { continue }
            guard !Self.profile.contains(name) else {
                report.warning(
                    "'\(name)' can be empty: Facebook withholds names from some apps; write "
                        + "{{\(name), default: \"bạn\"}}",
                    at: place
                )
                continue
            }
            let nearest = Spelling.nearest(to: name, of: Self.profile)
            report.warning("'\(name)' can be empty; write {{\(name), default: \"…\"}}", at: place, suggestion: nearest)
        }
    }

    /// Warns about escapes outside double quotes: only there is `\n` a line break.
    private func warnAboutEscapes(_ report: inout FileReport) {
        guard !scalar.hasEscapes else { return }
        for sign in [#"\n"#, #"\r"#, #"\t"#, "<br>", "<br/>", "<br />"] where text.contains(sign) {
            report.warning(
                "people would get '\(sign)' unchanged: start a new line below 'text: |', or put the text in double quotes "
                    + #"with \n"#,
                at: source.places(of: sign, 1, in: scalar, at: start).first ?? start
            )
            return
        }
    }

    /// Warns about `text: “Chào bạn”`: to YAML, these quotation marks are part of the text.
    private func warnAboutQuotationMarks(_ report: inout FileReport) {
        let text = text.trimmed
        guard scalar.style == .plain, text.count > 2, let opening = text.unicodeScalars.first,
            let closing = text.unicodeScalars.last, StrangeCharacter.isQuotation(opening),
            StrangeCharacter.isQuotation(closing)
        else { return }
        report.warning(
            "people would get the quotation marks too: \(StrangeCharacter.name(of: opening)) is not one of YAML's; write \" "
                + "or leave them out",
            at: start
        )
    }

    /// Returns the variable that invalid braces were probably meant to be.
    private func way(_ error: TextTemplate.SyntaxError) -> String? {
        let after = text.unicodeScalars.dropFirst(error.scalarOffset + 2)
        let inside = after.prefix { $0 != "\n" && $0 != "}" }
        // If the closing braces are missing, there is nothing to suggest.
        guard inside.endIndex < after.endIndex, after[inside.endIndex] == "}" else { return nil }
        let content = String(Substring(inside)).drop { "{$#%* ".contains($0) }
        guard !content.contains(",") else { return nil }
        let word = content.prefix { $0.isLetter || $0 == "_" || $0 == "." }
        return ForeignPlaceholders.way(String(content).trimmed) ?? ForeignPlaceholders.way(word)
    }

    /// Returns the location of the sign that begins at an offset into the text, in characters.
    private func place(of sign: String, before offset: Int) -> SourceLocation {
        let earlier = Self.count(sign, in: text.prefix(offset))
        return source.places(of: sign, earlier + 1, in: scalar, at: start).dropFirst(earlier).first ?? start
    }

    private static func count(_ sign: String, in text: Substring) -> Int {
        let (sign, characters) = (Array(sign), Array(text))
        var (index, count) = (0, 0)
        while index + sign.count <= characters.count {
            let isThere = characters[index..<index + sign.count].elementsEqual(sign)
            if isThere { count += 1 }
            index += isThere ? sign.count : 1
        }
        return count
    }

    /// Returns offsets in Unicode scalars, from left to right, without overlaps.
    private static func offsetsOfOpeningBraces(_ text: String) -> [Int] {
        var offsets: [Int] = []
        var isSecond = false
        for (offset, scalar) in text.unicodeScalars.enumerated() {
            if isSecond && scalar == "{" {
                offsets.append(offset - 1)
                isSecond = false
            } else {
                isSecond = scalar == "{"
            }
        }
        return offsets
    }
}

/// Reads a step's `text:` or its `variants:`.
enum VariantsReader {
    static let most = 20

    static func read(_ fields: Fields, _ context: StepContext, _ report: inout FileReport) -> [Variant] {
        let hasButtons = fields["buttons"] != nil
        if fields.has("text"), fields.has("variants") {
            report.error("a step has 'text' or 'variants', not both", at: fields.place(of: "variants"))
        }
        var variants =
            text(fields, context, hasButtons: hasButtons, &report).map { [Variant(text: $0, weight: 1)] } ?? []
        guard let entries = report.list(fields, "variants") else { return variants }
        if entries.count < 2 {
            report.error("a split test has at least 2 variants: write 'text' for one", at: fields.place(of: "variants"))
        }
        if entries.count > most {
            report.error("\(entries.count) variants: at most \(most) are told apart", at: entries[most].place)
        }
        for entry in entries {
            guard let fields = Fields(entry, StepSchema.variant, report: &report) else { continue }
            let weight = report.value(fields, "weight", weight) ?? 1
            guard let text = text(fields, context, hasButtons: hasButtons, &report) else { continue }
            variants.append(Variant(text: text, weight: weight))
        }
        return variants
    }

    private static func text(
        _ fields: Fields,
        _ context: StepContext,
        hasButtons: Bool,
        _ report: inout FileReport
    ) -> TextTemplate? {
        guard let node = fields["text"], let scalar = report.scalar(fields, "text") else { return nil }
        let reader = TextReader(scalar, at: node.place, in: context.source)
        return reader.read(hasButtons: hasButtons, report: &report)
    }

    private static func weight(_ text: String) throws(ParseError) -> Int {
        guard let weight = Int(text), (1...1000).contains(weight), !text.hasPrefix("+") else {
            throw ParseError("'\(text)' is not a weight: a whole number from 1 to 1000")
        }
        return weight
    }
}
