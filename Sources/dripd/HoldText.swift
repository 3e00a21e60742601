import DripCore
import DripStore
import Foundation

/// What is on hold, and what an operator may do about it, in lines.
struct HoldText {
    private let report: HoldReport
    private let zone: TimeZone

    init(_ report: HoldReport, zone: TimeZone) {
        self.report = report
        self.zone = zone
    }

    /// - Parameter columns: how wide the terminal is that shows them; nil: there is none.
    func lines(columns: Int?) -> [String] {
        guard let hold = report.hold else { return ["nothing is on hold"] }
        var lines = ["ON HOLD: \(hold.reason).", knowledge(of: hold)] + wishes(since: hold.copiedAt)
        if !hold.isSuccessor {
            lines.append("Make sure first that no other dripd works on the original: both would send everything.")
        }
        lines += ["", "\(steps(report.due)) due now. \(missed)"]
        if !report.steps.isEmpty {
            var table = TextTable(["DUE", "PERSON", "SEQUENCE", "STEP"])
            for step in report.steps {
                table.add([LocalTime.text(step.due, zone), step.person, step.sequence, step.step])
            }
            lines += table.lines(columns: columns)
            if report.missed > report.steps.count { lines.append("and \(report.missed - report.steps.count) more") }
        }
        return lines + [
            "", "Nothing was changed, and nothing is sent until you say how to go on:",
            "  dripd adopt-state --yes                 leaves these out (skipped: restored); what is due later goes out",
            "  dripd adopt-state --yes --send-missed   sends these too, where 'late' and the platform's rules still allow it",
        ]
    }

    func adopted(sendMissed: Bool) -> [String] {
        [
            "dripd sends again."
        ] + wishes(since: report.hold?.copiedAt, isQuiet: true) + [
            sendMissed
                ? "\(steps(report.missed)) from before the hold, and may have been sent already: they go by the ordinary rules."
                : "\(steps(report.missed)) from before the hold, and will be skipped (restored)."
        ]
    }

    /// Who asked for something in the time that the copy knows nothing of.
    private func wishes(since: Instant?, isQuiet: Bool = false) -> [String] {
        guard let report = report.broughtBack else { return [] }
        let start = since.map { "since \(LocalTime.text($0, zone))" } ?? "since the copy was made"
        var lines: [String] = []
        let counts = [
            (report.stopped, "got nothing more"), (report.resumed, "took a stop back"), (report.erased, "erased"),
        ]
        let words = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        if !words.isEmpty {
            lines.append("Of its people, \(start): \(words.joined(separator: ", ")). That holds here again.")
        }
        if report.isIncomplete {
            lines.append(
                "Not known: others who stopped or were erased \(start). The list beside the database (dripd.suppressions) is "
                    + "missing, or may be older than that: stop them by hand, where you know them."
            )
        } else if words.isEmpty, !isQuiet {
            lines.append("None of its people stopped or was erased \(start).")
        }
        return lines
    }

    private func knowledge(of hold: Hold) -> String {
        let end = hold.isSuccessor ? hold.noticedAt.map { "until \(LocalTime.text($0, zone))" } : nil
        let start = hold.copiedAt.map { "after \(LocalTime.text($0, zone))" } ?? "since it was copied"
        return "It knows nothing of what was sent \(start)\(end.map { " and \($0)" } ?? "")."
    }

    private var missed: String {
        report.missed == 0
            ? "None of the steps that wait can have been sent already."
            : "\(steps(report.missed)) from before the hold, and may have been sent already:"
    }

    private func steps(_ count: Int) -> String {
        count == 1 ? "1 step is" : "\(count) steps are"
    }
}
