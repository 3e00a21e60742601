import ArgumentParser
import DripStore

struct PeopleUntag: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "untag",
        abstract: "Take a tag from people.",
        usage: "dripd people untag [<options>] <person> ... <tag>",
        discussion: """
            What the tag began goes on, and what it ended stays ended; steps with `only_if` look at the tags when they \
            are due. Given once more, the tag does again what it does.
            """
    )

    @OptionGroup var arguments: TagArguments

    func run() async throws {
        let outcomes: [TagOutcome] = try await arguments.control.client.post("/people/untag", try arguments.order)
        if arguments.json { return try JSONOutput.print(outcomes) }
        for outcome in outcomes {
            try Output.standard.line(
                "\(outcome.person) \(outcome.isChange ? "has the tag no more" : "did not have the tag")"
            )
        }
    }
}
