import ControlAPI
import DripCore
import Foundation

/// The lines of a plan, for a reviewer.
struct PlanFormatter {
    private let report: PlanReport
    private let zone: TimeZone

    init(_ report: PlanReport, zone: TimeZone) {
        self.report = report
        self.zone = zone
    }

    /// - Parameter columns: the width of the terminal; nil if there is none.
    func lines(columns: Int?) -> [String] {
        let plan = report.plan
        guard !plan.isEmpty else { return ["nothing changes: these files are in force"] }
        let sequences = plan.sequences.flatMap { sequence($0, columns) + [""] }
        return sequences + messages + people(columns) + ["plan \(plan.hash)"]
    }

    private func sequence(_ sequence: SequencePlan, _ columns: Int?) -> [String] {
        var lines = [heading(sequence)]
        lines += sequence.settings.map { "    \($0)" }
        lines += table(sequence.steps).lines(columns: columns)
        lines += sequence.warnings.map { "    warning: \($0)" }
        if !sequence.effects.isEmpty { lines.append("  their next message:") }
        let width = sequence.effects.map { Self.number($0.people).count }.max() ?? 0
        for effect in sequence.effects {
            let number = Self.number(effect.people)
            let first = effect.first.map { effect.effect == .now ? "" : ", the first \(time($0))" } ?? ""
            lines.append(
                "    \(String(repeating: " ", count: width - number.count))\(number)  \(effect.effect.words)\(first)"
            )
        }
        return lines + reach(of: sequence)
    }

    /// Returns who gets which step by which channel, if nobody writes again.
    private func reach(of sequence: SequencePlan) -> [String] {
        guard !sequence.reach.isEmpty else { return [] }
        let share =
            sequence.foreseen < sequence.underWay
            ? ", of \(Self.number(sequence.foreseen)) of the \(Self.people(sequence.underWay))" : ""
        let width = sequence.reach.map(\.step.count).max() ?? 0
        return ["  who would get them, if nobody wrote again\(share):"]
            + sequence.reach.map { reach in
                let name = reach.step + String(repeating: " ", count: width - reach.step.count)
                let channels = reach.channels.map { "\(Self.number($0.people)) by \($0.name)" }
                let missed = reach.missed.map { "\(Self.number($0.people)) not (\($0.name))" }
                return "    \(name)  " + (channels + missed).joined(separator: ", ")
            }
    }

    private func heading(_ sequence: SequencePlan) -> String {
        switch sequence.change {
        case .added:
            return "+ \(sequence.sequence): new; it enrolls people from now on, not those who wrote before"
        case .removed:
            let people = Self.people(sequence.underWay)
            return "- \(sequence.sequence): in no file; \(people) under way, held until it comes back"
        case .changed:
            return "~ \(sequence.sequence): \(Self.people(sequence.underWay)) under way, "
                + "\(Self.number(sequence.touched)) affected"
        }
    }

    private func table(_ steps: [StepPlan]) -> TextTable {
        var table = TextTable(nil, indent: 4)
        for step in steps {
            var notes: [String] = []
            if let name = step.renamedFrom { notes.append("was \(name)") }
            if !step.content.isEmpty { notes.append("changed \(step.content.joined(separator: ", "))") }
            if step.gain > 0 { notes.append("\(Self.people(step.gain)) get\(step.gain == 1 ? "s" : "") it") }
            if step.lose > 0 {
                notes.append("\(Self.people(step.lose)) no longer get\(step.lose == 1 ? "s" : "") it")
            }
            table.add(["\(step.sign) \(step.step)", step.times, notes.joined(separator: "; ")])
        }
        return table
    }

    private var messages: [String] {
        let pages = report.plan.messages.filter { $0.withinDay > 0 || $0.waiting > 0 }
        guard !pages.isEmpty else { return ["messages within 24 hours because of this: none"] }
        return ["messages within 24 hours because of this:"]
            + pages.map { page in
                var line = "    page \(page.page): \(Self.count(page.withinDay, "message"))"
                if page.atOnce > 0 { line += ", \(Self.number(page.atOnce)) of them at once\(rate(page))" }
                if page.waiting > 0 {
                    line += "; \(Self.people(page.waiting)) must write first: their window is closed"
                }
                return line
            }
    }

    /// Returns how long the page's rate takes to send them.
    private func rate(_ page: PageMessages) -> String {
        guard let rate = report.rates[page.page] else { return "" }
        let seconds = (page.atOnce + rate - 1) / rate
        return " (\(rate)/s: \(seconds < 120 ? "\(seconds) s" : "\((seconds + 59) / 60) min"))"
    }

    private func people(_ columns: Int?) -> [String] {
        guard !report.people.isEmpty else { return [] }
        var table = TextTable(["PERSON", "SEQUENCE", "BEFORE", "", "AFTER", "", ""])
        for person in report.people {
            table.add([
                person.person, person.sequence, person.stepBefore ?? "-", person.dueBefore.map(time) ?? "",
                person.stepAfter ?? "-", person.dueAfter.map(time) ?? "", person.effect.rawValue,
            ])
        }
        let more = report.morePeople > 0 ? ["and \(Self.number(report.morePeople)) more: --limit shows them"] : []
        return table.lines(columns: columns) + more + [""]
    }

    private func time(_ instant: Instant) -> String {
        instant == .distantFuture ? "" : LocalTime.text(instant, zone)
    }

    private static func people(_ count: Int) -> String {
        count == 1 ? "1 person" : "\(number(count)) people"
    }

    private static func count(_ count: Int, _ word: String) -> String {
        "\(number(count)) \(word)\(count == 1 ? "" : "s")"
    }

    /// Returns a number such as `12,345`.
    private static func number(_ number: Int) -> String {
        number.formatted(.number.locale(Locale(identifier: "en_US")))
    }
}

extension StepPlan {
    fileprivate var sign: String {
        changes == [.added] ? "+" : changes == [.removed] ? "-" : "~"
    }

    fileprivate var times: String {
        switch (before, after) {
        case (let before?, let after?): before == after ? after : "\(before) → \(after)"
        case (let before, let after): after ?? before ?? ""
        }
    }
}

extension Effect {
    fileprivate var words: String {
        switch self {
        case .now: "due now"
        case .earlier: "earlier"
        case .later: "later"
        case .other: "a different one at the same time"
        case .tooLate: "skipped: due longer ago than 'late' allows"
        case .nothing: "no further one: they have finished"
        case .held: "held until the sequence is in a file again"
        case .resumed: "continues: the sequence is back"
        case .reopened: "appended, for people who had finished"
        }
    }
}
