import ArgumentParser
import ControlAPI
import DripCore
import Foundation
import WebServer

struct AdoptState: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt-state",
        abstract: "Show what a state on hold would send, and end the hold.",
        discussion: """
            A database that was restored from a backup or copied to another machine does not know what was sent after the \
            copy was made, and would send it again. dripd notices this. It then receives webhooks, but sends nothing until \
            you run this command with --yes.

            The list beside the database (dripd.suppressions) shows which people stopped, resumed or were erased in that \
            time. dripd applies this to the state again, and the command counts these people.

            Without --yes, the command changes nothing. It lists the steps that came due in the time that the state does not \
            know. With --yes, these steps are skipped (reason: restored) when their turn comes, and later steps are sent as \
            usual. With --send-missed, they follow the ordinary rules instead: if they were sent before, people get them \
            twice.
            """
    )

    @OptionGroup var control: ControlOptions

    @Flag(help: "End the hold.")
    var yes = false

    @Flag(help: "With --yes: also send steps that may have been sent already.")
    var sendMissed = false

    @Option(help: "List at most this many steps.")
    var limit = 20

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let client = try control.client
        let report: HoldReport =
            try await yes
            ? client.post("/hold/adopt", AdoptStateRequest(sendMissed: sendMissed))
            : client.get("/hold", query: ["limit": "\(limit)"])
        if json { return try JSONOutput.print(report) }
        let text = HoldFormatter(report, zone: try await ControlOptions.zone(client))
        let output = Output.standard
        try output.lines(yes ? text.adopted(sendMissed: sendMissed) : text.lines(columns: output.columns))
        if sendMissed, !yes { throw Failure("nothing was changed: --send-missed needs --yes") }
    }
}

/// The lines that explain a hold, and how to end it.
struct HoldFormatter {
    private let report: HoldReport
    private let zone: TimeZone

    init(_ report: HoldReport, zone: TimeZone) {
        self.report = report
        self.zone = zone
    }

    /// - Parameter columns: the width of the terminal; nil if there is none.
    func lines(columns: Int?) -> [String] {
        guard let hold = report.hold else { return ["nothing is on hold"] }
        var lines = ["ON HOLD: \(hold.reason).", knowledge(of: hold)] + consentLines(since: hold.copiedAt)
        if !hold.isSuccessor {
            lines.append("First make sure that no other dripd runs on the original: both would send everything.")
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
            "", "Nothing was changed. Nothing is sent until you choose:",
            "  dripd adopt-state --yes                 skip these steps (reason: restored), and send later ones",
            "  dripd adopt-state --yes --send-missed   send these too, if 'late' and the platform's rules still allow it",
        ]
    }

    func adopted(sendMissed: Bool) -> [String] {
        [
            "dripd sends again."
        ] + consentLines(since: report.hold?.copiedAt, isQuiet: true) + [
            sendMissed
                ? "\(steps(report.missed)) from before the hold, and may have been sent already: they follow the ordinary rules."
                : "\(steps(report.missed)) from before the hold, and will be skipped (restored)."
        ]
    }

    /// Returns lines about the people who stopped, resumed or were erased in the time that the copy does not know.
    private func consentLines(since: Instant?, isQuiet: Bool = false) -> [String] {
        guard let report = report.broughtBack else { return [] }
        let start = since.map { "since \(LocalTime.text($0, zone))" } ?? "since the copy was made"
        var lines: [String] = []
        let counts = [
            (report.stopped, "stopped"), (report.resumed, "resumed"), (report.withdrawn, "withdrew a consent"),
            (report.erased, "erased"),
        ]
        let words = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        if !words.isEmpty {
            lines.append("People \(start): \(words.joined(separator: ", ")). This applies here again.")
        }
        if report.isIncomplete {
            lines.append(
                "Other people may have stopped or been erased \(start): the list beside the database (dripd.suppressions) is "
                    + "missing or may be older than that. Stop them by hand if you know them."
            )
        } else if words.isEmpty, !isQuiet {
            lines.append("No people stopped or were erased \(start).")
        }
        return lines
    }

    private func knowledge(of hold: Hold) -> String {
        let end = hold.isSuccessor ? hold.noticedAt.map { "until \(LocalTime.text($0, zone))" } : nil
        let start = hold.copiedAt.map { "after \(LocalTime.text($0, zone))" } ?? "since it was copied"
        return "The state does not know what was sent \(start)\(end.map { " and \($0)" } ?? "")."
    }

    private var missed: String {
        report.missed == 0
            ? "No waiting step can have been sent already."
            : "\(steps(report.missed)) from before the hold, and may have been sent already:"
    }

    private func steps(_ count: Int) -> String {
        count == 1 ? "1 step is" : "\(count) steps are"
    }
}
