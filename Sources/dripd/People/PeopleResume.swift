import ArgumentParser
import DripCore
import DripStore
import Foundation
import WebServer

struct PeopleResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Take back a person's stop or pause, with the reason.",
        discussion: """
            A pause holds messages: they go on, and what is too late by then is skipped. A stop has ended every sequence, and \
            none of them comes back by itself: `dripd people enroll --again` starts one, and what the person does from now on \
            starts others.

            The reason is kept, and `dripd people show` shows it. A person who asked to get nothing more has to be asked before \
            messages go to them again.

              dripd people resume 100001 --reason "cancelled an order, not our messages"
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "The person's id on the page (PSID), or PAGE/PSID.")
    var person: String

    @Option(help: "Why: at most \(ConsentChange.longestReason) characters.")
    var reason: String

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...ConsentChange.longestReason).contains(reason.trimmed.unicodeScalars.count) else {
            throw ValidationError("--reason has from 1 to \(ConsentChange.longestReason) characters")
        }
    }

    func run() async throws {
        let client = try control.client
        let report: ResumeReport = try await client.post(
            "/people/resume",
            ResumeOrder(person: person, reason: reason)
        )
        if json { return try JSONOutput.print(report) }
        let (output, zone) = (Output.standard, (try? await ControlOptions.zone(client)) ?? .current)
        let what = report.wasStopped ? "stopped" : "paused"
        try output.line(
            "\(person) may get messages again: they were \(what) since \(LocalTime.text(report.since, zone))"
        )
        if !report.goesOn.isEmpty {
            try output.line("goes on: \(report.goesOn.joined(separator: ", "))")
        } else if report.wasStopped {
            try output.line("what the stop ended does not come back: `dripd people enroll` starts a sequence anew")
        } else {
            try output.line("nothing is under way")
        }
    }
}
