import ArgumentParser
import ControlAPI
import DripCore

struct PeopleExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print everything that is stored about one person, as JSON.",
        discussion: """
            For a person who asks what you store about them: attributes, tags, addresses, consents and their changes, links, \
            sequences with each message and its times, and what came in from them. dripd does not store the text of messages. \
            The tokens and keys that permit messages to them are left out.

              dripd people export 100001 > person.json
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: PersonReferenceHelp.person, completion: Completions.people)
    var person: String

    func run() async throws {
        let export: PersonExport = try await control.client.get("/people/export", query: ["person": person])
        try JSONOutput.print(export)
    }
}
