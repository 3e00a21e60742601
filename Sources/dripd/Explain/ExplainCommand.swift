import ArgumentParser
import DripStore
import Foundation

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a person got what they got, and what comes next.",
        discussion: """
            For each way through a sequence: what started it; every step that is over, with the reason, the permission \
            and what it was made from (file, the first twelve digits of the file's hash and of its commit, variant, \
            hash of the text); then every step to come, as it will go if the person does nothing more, and what would \
            change that.
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "The person's id on the page (PSID), or PAGE/PSID.")
    var person: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let explanation: Explanation = try await control.client.get("/people/explain", query: ["person": person])
        if json { return try JSONOutput.print(explanation) }
        try Output.standard.lines(ExplanationText(explanation).lines)
    }
}
