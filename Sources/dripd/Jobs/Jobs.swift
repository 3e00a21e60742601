import ArgumentParser
import ControlAPI
import DripCore
import Foundation

struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List jobs and deliveries in doubt; resolve deliveries in doubt by hand.",
        subcommands: [JobsList.self, JobsResolve.self],
        defaultSubcommand: JobsList.self
    )
}

struct JobsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List deliveries in doubt, jobs being sent and jobs that wait, soonest first."
    )

    @OptionGroup var control: ControlOptions

    @Option(help: "List only jobs in this state.")
    var state: JobSummary.State?

    @Option(help: "List at most this many.")
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
                let next = job.nextCheck.map { "dripd checks the conversation at \(LocalTime.text($0, zone)) or later" }
                note.append(next ?? "resolve it with `dripd jobs resolve`")
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

struct JobsResolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Resolve a delivery in doubt by hand.",
        discussion: """
            A delivery is in doubt if its request was sent and no answer was recorded. Look into the page's inbox. If the \
            message is there, use 'sent'. If not, use 'resend' or 'skip'. 'resend' sends it now, if the sequence's 'late' and \
            the platform's rules still allow it; later steps follow it. 'skip' records it as skipped and does not send it \
            again.

            dripd resolves a delivery by itself when the platform sends an echo. It also checks the conversation ten minutes \
            later, and resolves the delivery if the conversation shows for certain whether the message arrived.
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: PersonReferenceHelp.person, completion: Completions.people)
    var person: String

    @Argument(help: "The sequence.", completion: Completions.sequences)
    var sequence: String

    @Argument(help: "The step.", completion: Completions.steps)
    var step: String

    @Argument(help: "sent, resend or skip.")
    var resolution: Resolution

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let order = ResolveRequest(person: person, sequence: sequence, step: step, resolution: resolution)
        let answer: ResolveRequest = try await control.client.post("/jobs/resolve", order)
        if json { return try JSONOutput.print(answer) }
        switch resolution {
        case .sent: try Output.standard.line("\(step) of \(person) is recorded as sent")
        case .resend:
            try Output.standard.line(
                "\(step) of \(person) is sent now, if that is still allowed; see `dripd explain \(person)`"
            )
        case .skip: try Output.standard.line("\(step) of \(person) is recorded as skipped")
        }
    }
}

extension Resolution: ExpressibleByArgument {}
