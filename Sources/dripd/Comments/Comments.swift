import ArgumentParser
import Channels
import DripCore
import DripEngine

struct Comments: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the comments below a post, and which of them have been answered in private.",
        discussion: """
            The comments and the answers to them, the oldest first, as the platform shows them to the page; its own are left \
            out. The platform lets a page answer each comment in private once, within seven days: a sequence does that which \
            starts by `comment`.

              dripd comments 1577703145783617_901 --contains "đã share" --unanswered
              dripd comments 901 --csv > comments.csv

            The page's token needs pages_read_engagement and pages_read_user_content. A cell that a spreadsheet would run as a \
            formula gets an apostrophe in front.
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "The post's id, PAGE_POST; the number behind _ alone where there is one page.")
    var post: String

    @Option(help: "Of this page.")
    var page: String?

    @Option(help: ArgumentHelp("Only those that say this; case and outer spaces do not count.", valueName: "text"))
    var contains: String?

    @Flag(help: "Only those that have, or have not, got a private reply.")
    var reply: ReplyFilter?

    @Flag(help: "Print CSV.")
    var csv = false

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "At most so many. Default: 100 for the table and JSON, all for CSV.")
    var limit: Int?

    @Option(help: ArgumentHelp("Go on where an earlier listing stopped.", valueName: "place"))
    var after: String?

    enum ReplyFilter: String, EnumerableFlag {
        case answered
        case unanswered
    }

    /// Questions to the platform, 50 comments each.
    private static let mostParts = 1000

    func validate() throws {
        if csv, json { throw ValidationError("--csv and --json exclude each other") }
        if let limit, !(1...50_000).contains(limit) { throw ValidationError("--limit is a number from 1 to 50000") }
    }

    /// Longer than the daemon waits for the platform: it then says that the platform is silent.
    private static let limits = HTTPTimeLimits(connectMilliseconds: 5_000, totalMilliseconds: 60_000, stallSeconds: 45)

    func run() async throws {
        let client = try control.client
        let zone = try await ControlOptions.zone(client)
        var output = try CommentsOutput(form: csv ? .csv : json ? .json : .table, zone: zone)
        var place = after
        for _ in 0..<Self.mostParts {
            let part: CommentsPart
            do {
                part = try await client.post("/comments", order(after: place), timeLimits: Self.limits)
            } catch {
                // What is there already is worth having.
                if place != after {
                    try output.end()
                    let why = ErrorText.words(error)
                    throw Failure("\(why)\nThis is not all: --after '\(place ?? "")' goes on from here")
                }
                throw error
            }
            let left = (limit ?? (csv ? .max : 100)) - output.count
            try output.add(Array(part.comments.prefix(left)))
            place = part.next
            if part.comments.count > left || place != nil && part.comments.count == left {
                try output.end()
                return Output.note("these are the first \(output.count); --limit says how many")
            }
            if place == nil { return try output.end() }
        }
        try output.end()
        Output.note("there are more; --after '\(place ?? "")' goes on from here")
    }

    private func order(after place: String?) -> CommentsOrder {
        CommentsOrder(
            post: post,
            page: page,
            contains: contains,
            isAnswered: reply.map { $0 == .answered },
            after: place
        )
    }
}
