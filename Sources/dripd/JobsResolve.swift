import ArgumentParser
import DripStore
import WebServer

struct JobsResolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Decide over a message in doubt.",
        discussion: """
            A message is in doubt when it left and no answer told what became of it. Look into the page's inbox: if it is \
            there, it was sent; if not, 'resend' lets it go out now, if the sequence's 'late' and the platform's rules still \
            allow it, and what was to come next comes after it. 'skip' leaves it at that. An echo of \
            the platform ends a doubt by itself, and so does the conversation, which is looked at ten minutes later, where it \
            shows for certain that the message is there or is not.
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "The person's id on the page (PSID), or PAGE/PSID.")
    var person: String

    @Argument(help: "The sequence.")
    var sequence: String

    @Argument(help: "The step.")
    var step: String

    @Argument(help: "sent, resend or skip.")
    var resolution: Resolution

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let order = ResolveOrder(person: person, sequence: sequence, step: step, resolution: resolution)
        let answer: ResolveOrder = try await control.client.post("/jobs/resolve", order)
        if json { return try JSONOutput.print(answer) }
        switch resolution {
        case .sent: try Output.standard.line("\(step) of \(person) counts as sent")
        case .resend:
            try Output.standard.line(
                "\(step) of \(person) goes out now, if that is still allowed; `dripd explain \(person)` tells"
            )
        case .skip: try Output.standard.line("\(step) of \(person) is left at that")
        }
    }
}

extension Resolution: ExpressibleByArgument {}
