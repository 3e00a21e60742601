import ArgumentParser
import ControlAPI
import DripCore
import SequenceFiles

struct PeopleTag: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag",
        abstract: "Tag people by hand.",
        usage: "dripd people tag [<options>] <person> ... <tag>",
        discussion: """
            The effects are those of a tag by a button: sequences with `start: [{tag: TAG}]` start, and those with \
            `stop: [{tag: TAG}]` end. There is no effect on people who already have the tag. If one person is unknown, no \
            one is tagged.

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

struct PeopleUntag: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "untag",
        abstract: "Remove a tag from people.",
        usage: "dripd people untag [<options>] <person> ... <tag>",
        discussion: """
            Sequences that the tag started continue, and those that it ended stay ended. Steps with `only_if` check the tags \
            when they are due. If you give the tag again, it has its effects again.
            """
    )

    @OptionGroup var arguments: TagArguments

    func run() async throws {
        let outcomes: [TagOutcome] = try await arguments.control.client.post("/people/untag", try arguments.order)
        if arguments.json { return try JSONOutput.print(outcomes) }
        for outcome in outcomes {
            try Output.standard.line(
                "\(outcome.person) \(outcome.isChange ? "no longer has the tag" : "did not have the tag")"
            )
        }
    }
}

/// People, followed by a tag.
struct TagArguments: ParsableArguments {
    @OptionGroup var control: ControlOptions

    @Argument(
        help: ArgumentHelp(
            "The people, each as PSID, PAGE/PSID or CHANNEL:ACCOUNT/ID, followed by the tag.",
            valueName: "word"
        ),
        completion: Completions.peopleOrTags
    )
    var words: [String]

    @Flag(help: "Print JSON.")
    var json = false

    var order: TagRequest {
        get throws {
            TagRequest(people: Array(words.dropLast()), tag: try CommandLineParser.tag(words.last ?? ""))
        }
    }

    func validate() throws {
        guard words.count > 1 else { throw ValidationError("give one person or more, followed by the tag") }
        guard words.count - 1 <= ControlLimit.taggedPeople else {
            throw ValidationError("one command takes at most \(ControlLimit.taggedPeople) people")
        }
        do {
            _ = try order
        } catch {
            throw ValidationError(ErrorDescription.words(error))
        }
    }
}
