import ArgumentParser
import DripCore
import DripStore
import WebServer

struct PeopleForget: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Erase a person, at their request. It can't be undone.",
        discussion: """
            Erased are name, attributes, tags, what came in from them, every way through a sequence and what was sent. \
            What stays is a hash of their id, by which late copies of their messages are dropped and `people import` \
            leaves them out, and, if they had asked to get nothing more, that wish. Sums in `dripd status` stay.

            If they write again they are somebody new: they have come by themselves. But who had asked to get nothing \
            more still gets nothing.

            Former databases that `dripd restore` has kept beside the state still have the person: they are named, and dripd \
            deletes them 30 days after the restore. Not reached are backups of the state, the system's journal, which calls people by a hash alone, and the page's \
            inbox, where Meta keeps the conversation. In the database what is erased is overwritten; to give the room back, too: stop \
            dripd and run `sqlite3 dripd.db VACUUM`. The hash hides an id from whoever looks, not from whoever tries all \
            numbers with the database in hand.
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "The person's id on the page (PSID), or PAGE/PSID.")
    var person: String

    @Flag(help: "Do it; without it, only what would be erased is said.")
    var yes = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        guard yes else { throw Failure("\(try await description())\nIt can't be undone: say --yes") }
        let report: ForgetReport = try await control.client.post("/people/forget", ForgetOrder(person: person))
        if json { return try JSONOutput.print(report) }
        try Output.standard.line(
            """
            \(report.person) of page \(report.page) is forgotten. Erased: enrollments \(report.enrollments), \
            deliveries \(report.deliveries), events \(report.events)
            """
        )
        if report.isStopped { try Output.standard.line("kept: that they want to get nothing more") }
        if report.logIsHeld {
            try Output.standard.line(
                "the database is being read, perhaps by a backup: dripd overwrites what its log still has of the person as "
                    + "soon as that ends"
            )
        }
        for file in report.setAside {
            try Output.standard.line(
                "\(HarmlessText.line(file.path)) is an earlier state and may have the person: dripd deletes it on "
                    + "\(file.until.description.prefix(10)); if it is not needed any more, delete it now"
            )
        }
    }

    private func description() async throws -> String {
        let detail: PersonDetail = try await control.client.get("/people/one", query: ["person": person])
        let name = detail.summary.attributes["full_name"].map { " (\(HarmlessText.line($0)))" } ?? ""
        return "this erases all that is known of \(detail.summary.person)\(name) of page \(detail.summary.page): "
            + "enrollments \(detail.enrollments.count), "
            + "deliveries \(detail.enrollments.map(\.deliveries.count).reduce(0, +))"
    }
}
