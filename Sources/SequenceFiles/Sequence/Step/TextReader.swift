import DripCore

/// A text with variables and word lists.
struct TextReader {
    private static let profile = ["full_name", "first_name", "last_name"]
    /// As long as people's names are: few are longer.
    static let nameScalars = 24

    private let text: String
    private let scalar: YAMLScalar
    private let source: SourceText
    private let parsed: TextTemplate.Parsed
    private let start: Place
    /// For the offset of each `{{` that is wrong or open, its place in the file.
    private let places: [Int: Place]

    init(_ scalar: YAMLScalar, at start: Place, in source: SourceText) {
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

    /// What goes into a template's place; nil when the text has errors.
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

    /// A step's text; nil when it has errors.
    func read(hasButtons: Bool, report: inout FileReport) -> TextTemplate? {
        hasButtons
            ? read(limit: MessengerLimits.textWithButtonsCharacters, of: "a text with buttons", report: &report)
            : read(limit: MessengerLimits.textCharacters, of: "a text", report: &report)
    }

    /// - Parameters:
    ///   - limit: in characters.
    ///   - kind: what has this limit.
    func read(limit: Int, of kind: String, report: inout FileReport) -> TextTemplate? {
        guard let template = read(report: &report) else { return nil }
        let longest = template.longestScalars(variableScalars: 0)
        let usual = template.longestScalars(variableScalars: Self.nameScalars)
        if longest > limit {
            report.error("the text can be \(longest) characters long: Messenger takes \(limit) in \(kind)", at: start)
        } else if usual > limit {
            report.warning(
                "the text is \(usual) characters long with a name of \(Self.nameScalars): Messenger takes \(limit) in \(kind), "
                    + "and the step fails for people with long names",
                at: start
            )
        }
        return template
    }

    /// Once for each variable.
    private func warnAboutOpenVariables(_ report: inout FileReport, told: Set<Place>) {
        var seen: Set<String> = []
        for variable in parsed.openVariables where seen.insert(variable.name).inserted && !report.isFull {
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

    /// Only double quotes make a line break of `\n`.
    private func warnAboutEscapes(_ report: inout FileReport) {
        guard !scalar.hasEscapes else { return }
        for sign in [#"\n"#, #"\r"#, #"\t"#, "<br>", "<br/>", "<br />"] where text.contains(sign) {
            report.warning(
                "people get '\(sign)' as it is here: for a new line begin one below 'text: |', or put the text in double quotes "
                    + #"with \n"#,
                at: source.places(of: sign, 1, in: scalar, at: start).first ?? start
            )
            return
        }
    }

    /// `text: “Chào bạn”`: to YAML these are part of the text.
    private func warnAboutQuotationMarks(_ report: inout FileReport) {
        let text = text.trimmed
        guard scalar.style == .plain, text.count > 2, let opening = text.unicodeScalars.first,
            let closing = text.unicodeScalars.last, StrangeCharacter.isQuotation(opening),
            StrangeCharacter.isQuotation(closing)
        else { return }
        report.warning(
            "people get the quotation marks, too: \(StrangeCharacter.name(of: opening)) is none of YAML; write \" or leave "
                + "them out",
            at: start
        )
    }

    /// What was probably meant by braces that are not understood.
    private func way(_ error: TextTemplate.SyntaxError) -> String? {
        let after = text.unicodeScalars.dropFirst(error.scalarOffset + 2)
        let inside = after.prefix { $0 != "\n" && $0 != "}" }
        // Without their end, that is what is missing.
        guard inside.endIndex < after.endIndex, after[inside.endIndex] == "}" else { return nil }
        let content = String(Substring(inside)).drop { "{$#%* ".contains($0) }
        guard !content.contains(",") else { return nil }
        let word = content.prefix { $0.isLetter || $0 == "_" || $0 == "." }
        return ForeignPlaceholders.way(String(content).trimmed) ?? ForeignPlaceholders.way(word)
    }

    /// Where a sign is that begins at an offset, in characters, into the text.
    private func place(of sign: String, before offset: Int) -> Place {
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

    /// In Unicode scalars, from left to right, none within another.
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
