import DripCore

/// Reads the top-level keys of a file, except the sequence's name, its start and its steps.
struct SettingsReader {
    private(set) var report: FileReport
    private let fields: Fields

    init(_ fields: Fields, report: FileReport) {
        self.fields = fields
        self.report = report
    }

    mutating func readAgain() -> ReenrollmentRule {
        report.value(fields, "again", Self.again) ?? .never
    }

    private static func again(_ text: String) throws(ParseError) -> ReenrollmentRule {
        switch text {
        case "never": return .never
        case "always": return .always
        default:
            let words = text.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2, words[0] == "after" else {
                throw ParseError(
                    "'\(text)' is not a value for 'again': write never, always or after a time ('after 90 days')",
                    suggestion: Spelling.nearest(to: text, of: ["never", "always"])
                )
            }
            return .after(try OffsetParser.parse(words[1]))
        }
    }

    mutating func readTyping() -> Milliseconds {
        report.value(fields, "typing", TypingParser.parse) ?? .zero
    }

    mutating func readVia() -> [ChannelName]? {
        ChannelReader.readVia(fields, &report)
    }

    mutating func readPersona() -> String? {
        report.value(fields, "persona", PersonaParser.parse)
    }

    /// Returns nil if the sequence does not pause.
    mutating func readPause() -> Milliseconds? {
        guard let node = fields["pause_on_human"] else { return DripSequence.standardPause }
        guard let text = report.text(node, as: "'pause_on_human'"), text != "never" else { return nil }
        return report.value(text, at: node.place) { (text) throws(ParseError) -> Milliseconds in
            if !text.contains(where: \.isNumber) {
                throw ParseError(
                    "'\(text)' is not a value for 'pause_on_human': write a time such as '24 h', or never",
                    suggestion: Spelling.nearest(to: text, of: ["never"])
                )
            }
            let pause = try OffsetParser.parse(text)
            guard pause.count > 0 else { throw ParseError("'\(text)' is no pause", suggestion: "never") }
            return pause.nominal
        }
    }

    /// Reads one of a fixed set of words.
    mutating func readWord<Value: CaseIterable & RawRepresentable<String>>(_ key: String, _ standard: Value) -> Value {
        report.value(fields, key) { (text) throws(ParseError) -> Value in try WordParser.parse(text) } ?? standard
    }

    /// Returns nil for all pages.
    mutating func readPages() -> Set<String>? {
        var pages: Set<String> = []
        for entry in report.list(fields, "pages") ?? [] {
            guard let text = report.text(entry, as: "a page's id"),
                let id = report.value(text, at: entry.place, PageParser.parse)
            else { continue }
            if !pages.insert(id).inserted { report.error("duplicate page \(id)", at: entry.place) }
        }
        return pages.isEmpty ? nil : pages
    }

    /// Reads `mon-sat`, or the same as a list.
    mutating func readDays() -> Weekdays {
        guard let node = fields["days"] else { return .all }
        guard case .list(let entries) = node.content else {
            return report.value(fields, "days", WeekdaysParser.parse) ?? .all
        }
        guard !entries.isEmpty else {
            report.error("'days' is empty", at: node.place)
            return .all
        }
        var days: Set<Weekdays.Day> = []
        for entry in entries {
            guard let text = report.text(entry, as: "a weekday"),
                let some = report.value(text, at: entry.place, WeekdaysParser.parse)
            else { continue }
            days.formUnion(Weekdays.Day.allCases.filter(some.contains))
        }
        return days.isEmpty ? .all : Weekdays(days)
    }

    mutating func readGap() -> Milliseconds {
        report.value(fields, "gap") { (text) throws(ParseError) -> Milliseconds in
            if text == "none" { return .zero }
            let gap = try OffsetParser.parse(text).nominal
            guard gap <= DripSequence.longestGap else {
                throw ParseError(
                    "'\(text)' is too long: the gap between two messages is 24 h at most; a longer time belongs in the "
                        + "steps' 'after'"
                )
            }
            return gap
        } ?? DripSequence.standardGap
    }

    mutating func readLate() -> LateRule {
        guard let node = fields["late"], let late = Fields(node, SequenceSchema.late, report: &report) else {
            return .standard
        }
        let after = report.value(late, "after", OffsetParser.parse)
        let then = report.value(late, "then") { (text) throws(ParseError) -> LateRule.Then in try WordParser.parse(text)
        }
        guard let after, let then else { return .standard }
        return LateRule(after: after.nominal, then: then)
    }
}
