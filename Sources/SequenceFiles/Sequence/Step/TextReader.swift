import DripCore

/// A text with variables and word lists.
struct TextReader {
    private static let profile = ["full_name", "first_name", "last_name"]

    private let parsed: TextTemplate.Parsed
    private let start: Place
    /// For the offset of each `{{` that is wrong or open, its place in the file.
    private let places: [Int: Place]

    init(_ scalar: YAMLScalar, at start: Place, in source: SourceText) {
        parsed = TextTemplate.Parsed(scalar.text)
        self.start = start
        let wanted = Set(parsed.errors.map(\.scalarOffset) + parsed.openVariables.map(\.scalarOffset))
        let offsets = wanted.isEmpty ? [] : Self.offsetsOfOpeningBraces(scalar.text)
        let found = source.placesOfOpeningBraces(offsets.count, in: scalar, at: start)
        places = Dictionary(uniqueKeysWithValues: zip(offsets, found).filter { wanted.contains($0.0) })
    }

    /// What goes into a template's place; nil when the text has errors.
    func read(report: inout FileReport) -> TextTemplate? {
        for error in parsed.errors {
            report.error(error.what, at: places[error.scalarOffset] ?? start)
        }
        guard parsed.errors.isEmpty else { return nil }
        warnAboutOpenVariables(&report)
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
        if longest > limit {
            report.error("the text can be \(longest) characters long: Messenger takes \(limit) in \(kind)", at: start)
        }
        return template
    }

    /// Once for each variable.
    private func warnAboutOpenVariables(_ report: inout FileReport) {
        var seen: Set<String> = []
        for variable in parsed.openVariables where seen.insert(variable.name).inserted && !report.isFull {
            let name = variable.name
            let place = places[variable.scalarOffset] ?? start
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
