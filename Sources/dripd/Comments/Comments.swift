import ArgumentParser
import Channels
import ControlAPI
import DripCore

struct Comments: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the comments below a post, and the private replies to them.",
        discussion: """
            The list has comments and the answers to them, oldest first, as the platform shows them to the page. It leaves out \
            the page's own. The platform lets a page reply to each comment in private once, within seven days. A sequence that \
            starts by `comment` sends such replies.

              dripd comments 1577703145783617_901 --contains "đã share" --unanswered
              dripd comments 901 --csv > comments.csv

            The page's token needs pages_read_engagement and pages_read_user_content. A cell that a spreadsheet would run as a \
            formula gets an apostrophe in front.
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "The post's id, PAGE_POST. If there is only one page, the number after _ is enough.")
    var post: String

    @Option(help: "The page of the post.", completion: Completions.pages)
    var page: String?

    @Option(
        help: ArgumentHelp("Only comments that contain this. Case and outer spaces do not matter.", valueName: "text")
    )
    var contains: String?

    @Flag(help: "Only comments with, or without, a private reply.")
    var reply: ReplyFilter?

    @Flag(help: "Print CSV.")
    var csv = false

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "List at most this many. Default: 100 for the table and JSON, all for CSV.")
    var limit: Int?

    @Option(help: ArgumentHelp("Continue where an earlier list stopped.", valueName: "place"))
    var after: String?

    enum ReplyFilter: String, EnumerableFlag {
        case answered
        case unanswered
    }

    /// The most requests to the platform, for 50 comments each.
    private static let mostParts = 1000

    func validate() throws {
        if csv, json { throw ValidationError("--csv and --json cannot be combined") }
        if let limit, !(1...50_000).contains(limit) { throw ValidationError("--limit must be from 1 to 50000") }
    }

    /// Longer than the daemon waits for the platform, so that the daemon can report that the platform is silent.
    private static let limits = HTTPTimeLimits(connectMilliseconds: 5_000, totalMilliseconds: 60_000, stallSeconds: 45)

    func run() async throws {
        let client = try control.client
        let zone = try await ControlOptions.zone(client)
        var output = try CommentsOutput(form: csv ? .csv : json ? .json : .table, zone: zone)
        var place = after
        for _ in 0..<Self.mostParts {
            let part: CommentsPage
            do {
                part = try await client.post("/comments", order(after: place), timeLimits: Self.limits)
            } catch {
                // Print the comments that have arrived before the error.
                if place != after {
                    try output.end()
                    let why = ErrorDescription.words(error)
                    throw Failure("\(why)\nThe list is incomplete: continue with --after '\(place ?? "")'")
                }
                throw error
            }
            let left = (limit ?? (csv ? .max : 100)) - output.count
            try output.add(Array(part.comments.prefix(left)))
            place = part.next
            if part.comments.count > left || place != nil && part.comments.count == left {
                try output.end()
                return Output.note("showing the first \(output.count); use --limit to show more")
            }
            if place == nil { return try output.end() }
        }
        try output.end()
        Output.note("there are more: continue with --after '\(place ?? "")'")
    }

    private func order(after place: String?) -> CommentsRequest {
        CommentsRequest(
            post: post,
            page: page,
            contains: contains,
            isAnswered: reply.map { $0 == .answered },
            after: place
        )
    }
}
