import ArgumentParser
import ControlAPI
import DripCore

struct PeopleDuplicates: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duplicates",
        abstract: "List people who may be one person.",
        discussion: """
            They share an e-mail address or a phone number, or have the same full name on different accounts. These are \
            suggestions: nothing is joined. Case, diacritics and a number's prefix do not matter; a name of a single word does \
            not count.

            Ask the person, or look for an order that names both, and join them with `dripd people link`.
            """
    )

    @OptionGroup var control: ControlOptions

    @Option(help: "List at most this many groups.")
    var limit = 100

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...DuplicatesAnswer.mostGroups).contains(limit) else {
            throw ValidationError("--limit must be from 1 to \(DuplicatesAnswer.mostGroups)")
        }
    }

    func run() async throws {
        let client = try control.client
        let answer: DuplicatesAnswer = try await client.get("/people/duplicates", query: ["limit": "\(limit)"])
        if json { return try JSONOutput.print(answer) }
        guard !answer.groups.isEmpty else { return try Output.standard.line("no people seem to be one person") }
        let zone = try await ControlOptions.zone(client)
        var table = TextTable(["SHARED", "PERSON", "NAME", "LAST MESSAGE"])
        for group in answer.groups {
            for (index, person) in group.people.enumerated() {
                table.add([
                    index == 0 ? "\(Self.noun(group.reason)) \(group.value)" : "", person.person, person.name ?? "-",
                    person.lastWroteAt.map { LocalTime.text($0, zone) } ?? "-",
                ])
            }
            let more = group.count - group.people.count
            if more > 0 { table.add(["", "and \(more) more", "", ""]) }
        }
        try Output.standard.table(table)
        if answer.more > 0 { Output.note("\(answer.more) more groups; use --limit to show more") }
    }

    private static func noun(_ reason: DuplicateGroup.Reason) -> String {
        switch reason {
        case .email: "e-mail"
        case .phone: "phone"
        case .name: "name"
        }
    }
}
