import DripCore

/// The keys at the top of a file, but for those that name the sequence, its start and its steps.
struct SettingsReader {
    private(set) var report: FileReport
    private let fields: Fields

    init(_ fields: Fields, report: FileReport) {
        self.fields = fields
        self.report = report
    }

    mutating func readAgain() -> Again {
        report.value(fields, "again", Self.again) ?? .never
    }

    private static func again(_ text: String) throws(Fault) -> Again {
        switch text {
        case "never": return .never
        case "always": return .always
        default:
            let words = text.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2, words[0] == "after" else {
                throw Fault(
                    "'\(text)' is not an answer to 'again': write never, always or after a time ('after 90 days')",
                    suggestion: Spelling.nearest(to: text, of: ["never", "always"])
                )
            }
            return .after(try OffsetText.parse(words[1]))
        }
    }

    mutating func readTyping() -> Span {
        report.value(fields, "typing", TypingText.parse) ?? .zero
    }

    mutating func readPersona() -> String? {
        report.value(fields, "persona", PersonaText.parse)
    }

    /// nil: it does not wait.
    mutating func readPause() -> Span? {
        guard let node = fields["pause_on_human"] else { return DripSequence.standardPause }
        guard let text = report.text(node, as: "'pause_on_human'"), text != "never" else { return nil }
        return report.value(text, at: node.place) { (text) throws(Fault) -> Span in
            if !text.contains(where: \.isNumber) {
                throw Fault(
                    "'\(text)' is not an answer to 'pause_on_human': write a time such as '24 h', or never",
                    suggestion: Spelling.nearest(to: text, of: ["never"])
                )
            }
            let pause = try OffsetText.parse(text)
            guard pause.count > 0 else { throw Fault("'\(text)' is no pause", suggestion: "never") }
            return pause.nominal
        }
    }

    /// One of a few words.
    mutating func readWord<Value: CaseIterable & RawRepresentable<String>>(_ key: String, _ standard: Value) -> Value {
        report.value(fields, key) { (text) throws(Fault) -> Value in try WordText.parse(text) } ?? standard
    }

    /// nil: all.
    mutating func readPages() -> Set<String>? {
        var pages: Set<String> = []
        for entry in report.list(fields, "pages") ?? [] {
            guard let text = report.text(entry, as: "a page's id"),
                let id = report.value(text, at: entry.place, PageText.parse)
            else { continue }
            if !pages.insert(id).inserted { report.error("page \(id) stands here a second time", at: entry.place) }
        }
        return pages.isEmpty ? nil : pages
    }

    /// `mon-sat`, or the same as a list.
    mutating func readDays() -> Weekdays {
        guard let node = fields["days"] else { return .all }
        guard case .list(let entries) = node.content else {
            return report.value(fields, "days", WeekdaysText.parse) ?? .all
        }
        guard !entries.isEmpty else {
            report.error("'days' is empty", at: node.place)
            return .all
        }
        var days: Set<Weekdays.Day> = []
        for entry in entries {
            guard let text = report.text(entry, as: "a weekday"),
                let some = report.value(text, at: entry.place, WeekdaysText.parse)
            else { continue }
            days.formUnion(Weekdays.Day.allCases.filter(some.contains))
        }
        return days.isEmpty ? .all : Weekdays(days)
    }

    mutating func readGap() -> Span {
        report.value(fields, "gap") { (text) throws(Fault) -> Span in
            if text == "none" { return .zero }
            let gap = try OffsetText.parse(text).nominal
            guard gap <= DripSequence.longestGap else {
                throw Fault(
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
        let after = report.value(late, "after", OffsetText.parse)
        let then = report.value(late, "then") { (text) throws(Fault) -> LateRule.Then in try WordText.parse(text) }
        guard let after, let then else { return .standard }
        return LateRule(after: after.nominal, then: then)
    }
}
