import Crypto
import DripCore
import Foundation

/// One file's content → a sequence, or all that is wrong with it.
struct SequenceReader {
    static let mostSteps = 200

    /// nil when the file has errors.
    private(set) var sequence: DripSequence?
    /// What the file says it is, even where the rest is wrong.
    private(set) var identity: (id: String, place: Place)?
    private(set) var report: FileReport

    init(bytes: [UInt8], path: String) {
        report = FileReport(file: path)
        guard let source = SourceText(bytes: bytes, report: &report),
            let root = YAMLReader.read(source, report: &report)
        else { return }
        guard !root.isEmpty else {
            report.error("the file is empty", at: .start)
            return
        }
        guard let fields = Fields(root, SequenceSchema.top, report: &report) else { return }
        readIdentity(fields, path: path)

        let title = report.text(fields, "title")
        let start = StartReader.read(fields, &report)
        let again = report.value(fields, "again", Self.again) ?? .never
        let zone = report.value(fields, "timezone", ZoneText.parse)
        let quiet = report.value(fields, "quiet", QuietText.parse)
        let days = readDays(fields)
        let late = readLate(fields)
        let steps = readSteps(fields, source: source)
        if start.contains(.firstMessage) { noteStepsBeyondTheWindow(steps) }

        guard !report.hasErrors, let id = identity?.id else { return }
        sequence = DripSequence(
            id: id,
            title: title ?? id,
            start: start,
            again: again,
            zone: zone,
            quiet: quiet,
            days: days,
            late: late,
            steps: steps.map(\.step),
            hash: SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
        )
    }

    /// Adds what only a look at the other files shows.
    mutating func refuse(_ message: String, at place: Place) {
        report.error(message, at: place)
        sequence = nil
    }

    private mutating func readIdentity(_ fields: Fields, path: String) {
        guard let node = fields["sequence"], let id = report.value(fields, "sequence", IdentityText.parse) else {
            return
        }
        identity = (id, node.place)
        let name = URL(filePath: path).deletingPathExtension().lastPathComponent
        if name != id {
            report.error(
                "the file's name and its sequence must agree, and '\(name)' is not '\(id)'",
                at: node.place,
                suggestion: IdentityText.isIdentity(name) ? name : nil
            )
        }
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

    /// `mon-sat`, or the same as a list.
    private mutating func readDays(_ fields: Fields) -> Weekdays {
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

    private mutating func readLate(_ fields: Fields) -> LateRule {
        guard let node = fields["late"], let late = Fields(node, SequenceSchema.late, report: &report) else {
            return .standard
        }
        let after = report.value(late, "after", OffsetText.parse)
        let then = report.value(late, "then") { (text) throws(Fault) -> LateRule.Then in
            guard let then = LateRule.Then(rawValue: text) else {
                let words = LateRule.Then.allCases.map(\.rawValue)
                throw Fault(
                    "'\(text)' is not one of: \(words.joined(separator: ", "))",
                    suggestion: Spelling.nearest(to: text, of: words)
                )
            }
            return then
        }
        guard let after, let then else { return .standard }
        return LateRule(after: after.nominal, then: then)
    }

    private mutating func readSteps(_ fields: Fields, source: SourceText) -> [PlacedStep] {
        guard let entries = report.list(fields, "steps") else { return [] }
        guard entries.count <= Self.mostSteps else {
            report.error(
                "\(entries.count) steps: a sequence has at most \(Self.mostSteps)",
                at: entries[Self.mostSteps].place
            )
            return []
        }
        var reader = StepReader(source: source, report: report)
        let steps = entries.compactMap { reader.read($0) }
        report = reader.report
        return steps
    }

    /// What the file cannot show: the standard window closes 24 hours after the person last wrote.
    private mutating func noteStepsBeyondTheWindow(_ steps: [PlacedStep]) {
        let window = StandardWindow.length.milliseconds - StandardWindow.margin.milliseconds
        let beyond = steps.filter { $0.step.after.nominal.milliseconds >= window }.sorted {
            $0.afterPlace < $1.afterPlace
        }
        guard let first = beyond.first else { return }
        let names = beyond.map { "'\($0.step.id)'" }.joined(separator: ", ")
        let noun = beyond.count == 1 ? "step \(names) reaches" : "steps \(names) reach"
        report.note(
            "\(noun) only people who wrote again within the 24 hours before",
            at: first.afterPlace
        )
    }
}
