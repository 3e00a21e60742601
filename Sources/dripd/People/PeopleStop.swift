import ArgumentParser
import WebServer

struct PeopleStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop a person's messages: all of them for good, or one sequence.",
        discussion: """
            A message that is on its way already can't be called back. `dripd people resume` takes it back; a word of the \
            person's, such as START, does not take back what an operator stopped.
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "The person's id on the page (PSID), or PAGE/PSID.")
    var person: String

    @Option(help: "Only this sequence; without it the person gets nothing more at all.")
    var sequence: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let answer: StopAnswer = try await control.client.post(
            "/people/stop",
            StopOrder(person: person, sequence: sequence)
        )
        if json { return try JSONOutput.print(answer) }
        let ended =
            answer.stopped.isEmpty ? "nothing was under way" : "ended: \(answer.stopped.joined(separator: ", "))"
        try Output.standard.line(sequence == nil ? "\(person) gets nothing more; \(ended)" : ended)
    }
}
