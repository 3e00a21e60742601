import ArgumentParser
import ControlAPI
import DripCore
import Foundation

struct PeopleStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop all messages to a person, or one sequence.",
        discussion: """
            A message that is already being sent cannot be called back. `dripd people resume` undoes a stop. A word from the \
            person, such as START, does not undo an operator's stop.
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: PersonReferenceHelp.person, completion: Completions.people)
    var person: String

    @Option(
        help: "Stop only this sequence. Without it, the person gets no more messages at all.",
        completion: Completions.sequences
    )
    var sequence: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let answer: StopAnswer = try await control.client.post(
            "/people/stop",
            StopRequest(person: person, sequence: sequence)
        )
        if json { return try JSONOutput.print(answer) }
        let ended =
            answer.stopped.isEmpty ? "nothing was under way" : "ended: \(answer.stopped.joined(separator: ", "))"
        try Output.standard.line(sequence == nil ? "\(person) gets no more messages; \(ended)" : ended)
    }
}

struct PeopleResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Undo a person's stop or pause, and record the reason.",
        discussion: """
            After a pause, the messages that it held continue; those that are too late by then are skipped. A stop ended \
            every sequence, and none restarts by itself: `dripd people enroll --again` starts one, and what the person does \
            from now on starts others.

            `dripd people show` shows the reason. If the person asked for no more messages, ask them before you resume.

              dripd people resume 100001 --reason "cancelled an order, not our messages"
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: PersonReferenceHelp.person, completion: Completions.people)
    var person: String

    @Option(help: "The reason, at most \(ConsentChange.longestReason) characters.")
    var reason: String

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...ConsentChange.longestReason).contains(reason.trimmed.unicodeScalars.count) else {
            throw ValidationError("--reason must have from 1 to \(ConsentChange.longestReason) characters")
        }
    }

    func run() async throws {
        let client = try control.client
        let report: ResumeReport = try await client.post(
            "/people/resume",
            ResumeRequest(person: person, reason: reason)
        )
        if json { return try JSONOutput.print(report) }
        let (output, zone) = (Output.standard, (try? await ControlOptions.zone(client)) ?? .current)
        let what = report.wasStopped ? "stopped" : "paused"
        try output.line(
            "\(person) may get messages again; they had been \(what) since \(LocalTime.text(report.since, zone))"
        )
        if !report.goesOn.isEmpty {
            try output.line("continues: \(report.goesOn.joined(separator: ", "))")
        } else if report.wasStopped {
            try output.line("sequences that the stop ended do not restart: `dripd people enroll --again` starts one")
        } else {
            try output.line("nothing is under way")
        }
    }
}
