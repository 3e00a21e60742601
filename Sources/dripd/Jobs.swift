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
        let client = try control.client
        var query = ["limit": "\(limit)"]
        query["state"] = state?.rawValue
        let jobs: [JobSummary] = try await client.get("/jobs", query: query)
        if json { return try JSONOutput.print(jobs) }
        guard !jobs.isEmpty else { return try Output.standard.line("no jobs") }
        let zone = try await ControlOptions.zone(client)
        var table = TextTable(["STATE", "DUE", "PERSON", "SEQUENCE", "STEP", "NOTE"])
        for job in jobs {
            var note = [job.waitingFor.map { "waits for \($0)" }, job.error].compactMap(\.self)
            if job.state == .inDoubt {
                let next = job.nextLook.map { "the conversation is looked at from \(LocalTime.text($0, zone))" }
                note.append(next ?? "`dripd jobs resolve` decides")
            }
            table.add([
                job.state.rawValue, LocalTime.text(job.due, zone), job.person, job.sequence, job.step,
                note.joined(separator: "; "),
            ])
        }
        try Output.standard.table(table)
    }
}

extension JobSummary.State: ExpressibleByArgument {}
