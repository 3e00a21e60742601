import ArgumentParser
import DripStore

struct PeopleTag: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag",
        abstract: "Give people a tag, by hand.",
        usage: "dripd people tag [<options>] <person> ... <tag>",
        discussion: """
            The same follows as from a tag by a button: sequences with `start: [{tag: TAG}]` begin, those with \
            `stop: [{tag: TAG}]` end. Nothing follows for who has the tag already. Either all are tagged, or, where one \
            is unknown, none.

              dripd people tag 100001 100002 vip
            """
    )

    @OptionGroup var arguments: TagArguments

    func run() async throws {
        let outcomes: [TagOutcome] = try await arguments.control.client.post("/people/tag", try arguments.order)
        if arguments.json { return try JSONOutput.print(outcomes) }
        for outcome in outcomes {
            let effects = [("started", outcome.started), ("ended", outcome.ended)].filter { !$0.1.isEmpty }
                .map { "; \($0.0): \($0.1.joined(separator: ", "))" }
            try Output.standard.line(
                "\(outcome.person) \(outcome.isChange ? "is tagged" : "had the tag already")\(effects.joined())"
            )
        }
    }
}
