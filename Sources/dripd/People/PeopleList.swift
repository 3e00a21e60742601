import ArgumentParser
import ControlAPI
import DripCore
import Foundation
import SequenceFiles

struct PeopleList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List people, oldest first.",
        discussion: """
            A person must meet all conditions. csv and ids list everyone, fetched in parts. ids are PAGE/PSID, as other \
            commands take them.

            csv is RFC 4180 in UTF-8 with RFC 3339 times; `dripd people import` reads it. A cell that a spreadsheet would \
            run as a formula (it begins with = + - @ or a control character) gets an apostrophe in front. A phone number \
            such as +84912345678 gets none, because a spreadsheet reads it as a number.

              dripd people list --tag vip --reachable-now
              dripd people list --has phone --wrote-within 7d --format csv > phones.csv
            """
    )

    @OptionGroup var control: ControlOptions

    @OptionGroup(title: "Which people") var people: PeopleFilterOptions

    @Option(help: "table, csv, json or ids.")
    var format: PeopleFormat?

    @Option(help: "List at most this many. Default: 100 for table and json, all for csv and ids.")
    var limit: Int?

    @Option(help: ArgumentHelp("Continue after this person.", valueName: "person"), completion: Completions.people)
    var after: String?

    @Flag(help: "Begin csv with a byte order mark, so that Excel reads it as UTF-8.")
    var excel = false

    @Flag(help: "Print JSON. Same as --format json.")
    var json = false

    /// The most rows of a table. Column widths depend on all rows, so the whole table is in memory.
    private static let longestTable = 10_000

    func validate() throws {
        if json, let format, format != .json {
            throw ValidationError("--json and --format \(format) cannot be combined")
        }
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
        if chosen == .table, limit ?? 0 > Self.longestTable {
            throw ValidationError("a table shows at most \(Self.longestTable) people: use --format csv")
        }
        if excel, chosen != .csv { throw ValidationError("--excel needs --format csv") }
    }

    private var chosen: PeopleFormat { json ? .json : format ?? .table }

    func run() async throws {
        let client = try control.client
        let filter = try people.filter
        let emptyText = filter == PeopleFilter() ? "no people yet" : "no people match"
        let zone = try await ControlOptions.zone(client)
        var output = try chosen.output(excel: excel, emptyText: emptyText, zone: zone)
        var left = limit ?? chosen.standardLimit
        var place: PeoplePlace? = after.map(PeoplePlace.after) ?? .start
        while left > 0, let from = place {
            let order = PeopleRequest(filter: filter, from: from, limit: min(left, ControlLimit.list))
            let part: PeoplePart = try await client.post("/people/list", order)
            try output.add(part.people)
            left -= part.people.count
            place = part.next
        }
        try output.end()
        if place != nil, limit == nil, chosen.standardLimit != .max {
            Output.note("showing the first \(chosen.standardLimit); use --limit to show more")
        }
    }
}

/// The options that select people.
struct PeopleFilterOptions: ParsableArguments {
    @Option(help: "Only people with this tag. Repeat it to require several tags.", completion: Completions.tags)
    var tag: [String] = []

    @Option(help: "Only people without this tag. May be repeated.", completion: Completions.tags)
    var notTag: [String] = []

    @Option(help: "Only people under way in this sequence.", completion: Completions.sequences)
    var sequence: String?

    @Option(help: ArgumentHelp("Only people with this attribute: phone, email, full_name, …", valueName: "attribute"))
    var has: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only people who wrote or tapped within this time: 7d, '36 h', '2 weeks'.",
            valueName: "time"
        )
    )
    var wroteWithin: String?

    @Flag(
        help:
            "Only people whom a message can reach now: the 24-hour window is open, and nothing blocks messages to them."
    )
    var reachableNow = false

    @Flag(help: "Only people who may want no more messages: dripd sends them nothing until you resume or stop them.")
    var paused = false

    @Option(help: "Only people of this page.", completion: Completions.pages)
    var page: String?

    func validate() throws {
        do {
            _ = try filter
        } catch {
            throw ValidationError(ErrorDescription.words(error))
        }
    }

    var filter: PeopleFilter {
        get throws {
            var filter = PeopleFilter()
            filter.page = page
            filter.tags = try tag.map(CommandLineParser.tag)
            filter.withoutTags = try notTag.map(CommandLineParser.tag)
            filter.has = has
            filter.sequence = sequence
            filter.wroteWithin = try wroteWithin.map(CommandLineParser.span)
            filter.reachableNow = reachableNow
            if paused { filter.paused = true }
            return filter
        }
    }
}

/// The output formats of `dripd people list`.
enum PeopleFormat: String, CaseIterable, ExpressibleByArgument {
    case table
    case csv
    case json
    case ids

    /// The default of --limit: formats for reading are short, formats for files are complete.
    var standardLimit: Int {
        switch self {
        case .table, .json: 100
        case .csv, .ids: .max
        }
    }
}
