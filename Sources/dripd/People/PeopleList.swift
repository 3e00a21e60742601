import ArgumentParser
import DripCore
import DripStore
import Foundation

struct PeopleList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List people, in the order in which they came."
    )

    @OptionGroup var control: ControlOptions

    @Option(help: "At most so many.")
    var limit = 100

    @Option(help: ArgumentHelp("Go on behind this person.", valueName: "person"))
    var after: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        var query = ["limit": "\(limit)"]
        query["after"] = after
        let people: [PersonSummary] = try await control.client.get("/people", query: query)
        if json { return try JSONOutput.print(people) }
        guard !people.isEmpty else { return print("nobody has written yet") }
        var table = TextTable(["PERSON", "FIRST MESSAGE", "WINDOW UNTIL", "UNDER WAY IN", "NOTE"])
        for person in people {
            let note = [
                person.stoppedAt.map { "stopped \(LocalTime.text($0, .current))" },
                person.unreachable.map { "unreachable: \($0)" },
            ].compactMap(\.self)
            table.add([
                person.person, person.firstMessageAt.map { LocalTime.text($0, .current) } ?? "-",
                person.windowEnds.map { LocalTime.text($0, .current) } ?? "-",
                person.underWay.isEmpty ? "-" : person.underWay.joined(separator: " "), note.joined(separator: "; "),
            ])
        }
        print(table.text)
    }
}
