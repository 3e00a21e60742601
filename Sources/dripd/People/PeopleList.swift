import ArgumentParser
import DripCore
import DripStore
import Foundation
import WebServer

struct PeopleList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List people, in the order in which they came.",
        discussion: """
            Several conditions have to hold together. csv and ids go through all people, a part at a time, whatever \
            their number; ids are PAGE/PSID, as other commands take them.

            csv is RFC 4180 in UTF-8, its times RFC 3339; `dripd people import` reads it. A cell that a spreadsheet would \
            run as a formula (it begins with = + - @ or a control character) gets an apostrophe in front, except a phone \
            number in the form +84912345678, which is only a number to it.

              dripd people list --tag vip --reachable-now
              dripd people list --has phone --wrote-within 7d --format csv > phones.csv
            """
    )

    @OptionGroup var control: ControlOptions

    @OptionGroup(title: "Which people") var people: PeopleFilterOptions

    @Option(help: "table, csv, json or ids.")
    var format: PeopleFormat?

    @Option(help: "At most so many. Default: 100 for table and json, all for csv and ids.")
    var limit: Int?

    @Option(help: ArgumentHelp("Go on behind this person.", valueName: "person"))
    var after: String?

    @Flag(help: "Begin csv with the mark by which Excel knows UTF-8.")
    var excel = false

    @Flag(help: "Print JSON: the same as --format json.")
    var json = false

    /// A table is as wide as what stands in it, and so has to be held whole.
    private static let longestTable = 10_000

    func validate() throws {
        if json, let format, format != .json {
            throw ValidationError("--json and --format \(format) exclude each other")
        }
        if let limit, limit < 1 { throw ValidationError("--limit is a number from 1") }
        if chosen == .table, limit ?? 0 > Self.longestTable {
            throw ValidationError("a table has at most \(Self.longestTable) people: use --format csv")
        }
        if excel, chosen != .csv { throw ValidationError("--excel goes with --format csv") }
    }

    private var chosen: PeopleFormat { json ? .json : format ?? .table }

    func run() async throws {
        let client = try control.client
        let filter = try people.filter
        let nobody = filter == PeopleFilter() ? "nobody has written yet" : "nobody fits"
        let zone = try await ControlOptions.zone(client)
        var output = try chosen.output(excel: excel, nobody: nobody, zone: zone)
        var left = limit ?? chosen.standardLimit
        var place: PeoplePlace? = after.map(PeoplePlace.after) ?? .start
        while left > 0, let from = place {
            let order = PeopleOrder(filter: filter, from: from, limit: min(left, ControlServer.listLimit))
            let part: PeoplePart = try await client.post("/people/list", order)
            try output.add(part.people)
            left -= part.people.count
            place = part.next
        }
        try output.end()
        if place != nil, limit == nil, chosen.standardLimit != .max {
            Output.note("these are the first \(chosen.standardLimit); --limit says how many")
        }
    }
}
