import ArgumentParser
import DripCore
import DripStore
import Foundation

struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at pending work and at what is in doubt, and decide over that.",
        subcommands: [JobsList.self, JobsResolve.self],
        defaultSubcommand: JobsList.self
    )
}

struct JobsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what is in doubt, on its way and waiting, soonest first."
    )

    @OptionGroup var control: ControlOptions

    @Option(help: "Only jobs in this state.")
    var state: JobSummary.State?

    @Option(help: "At most so many.")
    var limit = 100

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        var query = ["limit": "\(limit)"]
        query["state"] = state?.rawValue
        let jobs: [JobSummary] = try await control.client.get("/jobs", query: query)
        if json { return try JSONOutput.print(jobs) }
        guard !jobs.isEmpty else { return print("no jobs") }
        var table = TextTable(["STATE", "DUE", "PERSON", "SEQUENCE", "STEP", "NOTE"])
        for job in jobs {
            var note = [job.waitingFor.map { "waits for \($0)" }, job.error].compactMap(\.self)
            if job.state == .inDoubt {
                let next = job.nextLook.map { "the conversation is looked at from \(LocalTime.text($0, .current))" }
                note.append(next ?? "`dripd jobs resolve` decides")
            }
            table.add([
                job.state.rawValue, LocalTime.text(job.due, .current), job.person, job.sequence, job.step,
                note.joined(separator: "; "),
            ])
        }
        print(table.text)
    }
}

extension JobSummary.State: ExpressibleByArgument {}
