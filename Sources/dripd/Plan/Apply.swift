import ArgumentParser
import DripEngine
import DripStore
import Foundation
import WebServer

struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put the daemon's sequence files in force.",
        discussion: """
            As `systemctl reload dripd` does for the files, and also where a reload waits because of adopt.confirm_above. \
            All files come into force or none, at once and for everybody. Where many people are under way, the command then \
            shows how many of them have their next message by the new files; ending it does not end that.
            """
    )

    @OptionGroup var control: ControlOptions

    @Option(help: ArgumentHelp("Only if this is what happens: the hash that `dripd plan` prints.", valueName: "hash"))
    var plan: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let outcome: ReloadOutcome = try await control.client.post("/apply", ApplyOrder(plan: plan))
        switch outcome {
        case .adopted(let adopted):
            let report = try await completed(adopted)
            if json { return try JSONOutput.print(report) }
            try Output.standard.lines(Self.lines(report))
        case .refused(let problems):
            throw Failure((problems + ["nothing has changed"]).joined(separator: "\n"))
        }
    }

    /// Waits until the edit has been applied to everybody under way.
    private func completed(_ adopted: AdoptionReport) async throws -> AdoptionReport {
        var report = adopted
        while !report.isComplete {
            Output.noteProgress("applied to \(Int(report.share * 100)) % of the people under way")
            try await Task.sleep(for: .milliseconds(200))
            let answer: EditAnswer = try await control.client.get("/edit")
            guard let progress = answer.edit else { break }
            report.moved = progress.moved
            report.finished = progress.finished
            report.reopened = progress.reopened
            report.held = progress.held
            report.isComplete = progress.isComplete
            report.share = progress.share
        }
        if !adopted.isComplete { Output.endNoteProgress() }
        return report
    }

    static func lines(_ report: AdoptionReport) -> [String] {
        let sequences = [("added", report.added), ("changed", report.changed), ("removed", report.removed)]
            .filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1.joined(separator: ", "))" }
        guard !sequences.isEmpty else { return ["nothing changes: these files are in force"] }
        let people = [
            (report.moved, "with another next message or time"), (report.finished, "through now"),
            (report.reopened, "going on with what was appended"), (report.held, "held"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let rest =
            "applied to \(Int(report.share * 100)) % of the people under way; dripd goes on with the rest, see `dripd status`"
        return ["in force: " + sequences.joined(separator: "; ")]
            + (people.isEmpty ? [] : ["people: " + people.joined(separator: ", ")])
            + (report.isComplete ? [] : [rest])
    }
}
