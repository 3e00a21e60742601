import ArgumentParser
import Channels
import ControlAPI
import Foundation

struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put the daemon's sequence files in force.",
        discussion: """
            Like `systemctl reload dripd`, but only for the sequence files, and without waiting because of \
            adopt.confirm_above. All files come into force at once, or none does. If many people are under way, the command \
            shows to how many of them the edit has been applied. Interrupting the command does not stop that.
            """
    )

    @OptionGroup var control: ControlOptions

    @Option(help: ArgumentHelp("Apply only if the plan has this hash, as `dripd plan` prints it.", valueName: "hash"))
    var plan: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let outcome: ReloadOutcome = try await control.client.post("/apply", ApplyRequest(plan: plan))
        switch outcome {
        case .adopted(let adopted):
            let report = try await completed(adopted)
            if json { return try JSONOutput.print(report) }
            try Output.standard.lines(Self.lines(report))
        case .refused(let problems):
            throw Failure((problems + ["nothing has changed"]).joined(separator: "\n"))
        }
    }

    /// Waits until the edit has been applied to all people under way.
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
            (report.moved, "with a different next message or time"), (report.finished, "finished now"),
            (report.reopened, "continuing with appended steps"), (report.held, "held"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let rest =
            "applied to \(Int(report.share * 100)) % of the people under way; dripd continues with the rest, see `dripd status`"
        return ["in force: " + sequences.joined(separator: "; ")]
            + (people.isEmpty ? [] : ["people: " + people.joined(separator: ", ")])
            + (report.isComplete ? [] : [rest])
    }
}

struct Reload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reload the sequence files and secrets, and wait for the outcome.",
        discussion: """
            `systemctl reload dripd` runs this command. All sequence files come into force, or none does. The daemon reads the \
            secrets of {file: …} again. Secrets that systemd passes on, {credential: …}, and everything in dripd.yaml change \
            only with `systemctl restart dripd`.

            Exit code 1 if something on the disk is not in force afterwards: files with errors, files that wait for \
            `dripd apply` (adopt.confirm_above), or a changed dripd.yaml.
            """
    )

    @OptionGroup var control: ControlOptions

    @Flag(help: "Print JSON.")
    var json = false

    /// Shorter than systemd's own limit for a reload.
    private static let limits = HTTPTimeLimits(connectMilliseconds: 5_000, totalMilliseconds: 55_000, stallSeconds: 55)

    func run() async throws {
        let report: ReloadReport = try await control.client.post("/reload", [String: String](), timeLimits: Self.limits)
        if json { try JSONOutput.print(report) }
        switch report.outcome {
        case .adopted(let adoption):
            if !json { try Output.standard.lines(Apply.lines(adoption)) }
        case .refused(let problems):
            throw Failure((problems + ["nothing has changed"] + report.pending).joined(separator: "\n"))
        }
        guard report.pending.isEmpty else { throw Failure(report.pending.joined(separator: "\n")) }
    }
}
