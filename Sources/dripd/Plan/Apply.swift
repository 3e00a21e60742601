import ArgumentParser
import DripEngine
import DripStore
import WebServer

struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put the daemon's sequence files in force.",
        discussion: """
            As `systemctl reload dripd` does for the files, and also where a reload waits because of adopt.confirm_above. \
            All files come into force or none.
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
        case .adopted(let report):
            if json { return try JSONOutput.print(report) }
            print(Self.text(report))
        case .refused(let problems):
            throw Failure((problems + ["nothing has changed"]).joined(separator: "\n"))
        }
    }

    static func text(_ report: AdoptionReport) -> String {
        let sequences = [("added", report.added), ("changed", report.changed), ("removed", report.removed)]
            .filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1.joined(separator: ", "))" }
        guard !sequences.isEmpty else { return "nothing changes: these files are in force" }
        let people = [
            (report.moved, "with another next message or time"), (report.finished, "through now"),
            (report.reopened, "going on with what was appended"), (report.held, "held"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return
            (["in force: " + sequences.joined(separator: "; ")]
            + (people.isEmpty ? [] : ["people: " + people.joined(separator: ", ")])).joined(separator: "\n")
    }
}
