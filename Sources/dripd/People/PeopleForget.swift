import ArgumentParser
import ControlAPI
import DripCore

struct PeopleForget: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Erase a person at their request. This cannot be undone.",
        discussion: """
            This erases name, attributes, tags, received events, enrollments and deliveries. It keeps a hash of the person's \
            id, so that late copies of their messages are dropped and `people import` leaves them out. If they asked for no \
            more messages, that wish is kept, too. The totals in `dripd status` stay.

            If the person writes again, they count as new. If they had asked for no more messages, they still get none.

            Earlier databases that `dripd restore` set aside still have the person. The command names them, and dripd deletes \
            them 30 days after the restore. The command does not reach backups of the state, the system's journal (which \
            names people only by a hash), or the page's inbox, where Meta keeps the conversation.

            The erased data is overwritten in the database. To shrink the file as well, stop dripd and run \
            `sqlite3 dripd.db VACUUM`. The hash does not protect the id from an attacker who has the database and tries all \
            numbers.
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: PersonReferenceHelp.person, completion: Completions.people)
    var person: String

    @Flag(help: "Erase the person. Without it, only show what would be erased.")
    var yes = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        guard yes else { throw Failure("\(try await description())\nThis cannot be undone. Confirm it with --yes") }
        let report: ForgetReport = try await control.client.post("/people/forget", ForgetRequest(person: person))
        if json { return try JSONOutput.print(report) }
        try Output.standard.line(
            """
            \(report.person) of page \(report.page) is forgotten. Erased: enrollments \(report.enrollments), \
            deliveries \(report.deliveries), events \(report.events)
            """
        )
        if report.isStopped { try Output.standard.line("kept: that they want no more messages") }
        if report.logIsHeld {
            try Output.standard.line(
                "the database is being read, perhaps by a backup; when that ends, dripd overwrites the person's data that is "
                    + "still in the log"
            )
        }
        for file in report.setAside {
            try Output.standard.line(
                "\(TerminalSanitizer.line(file.path)) is an earlier database that may have the person; dripd deletes it on "
                    + "\(file.until.description.prefix(10)); delete it now if you no longer need it"
            )
        }
    }

    private func description() async throws -> String {
        let detail: PersonDetail = try await control.client.get("/people/one", query: ["person": person])
        let name = detail.summary.attributes["full_name"].map { " (\(TerminalSanitizer.line($0)))" } ?? ""
        return "this erases all data of \(detail.summary.person)\(name) of page \(detail.summary.page): "
            + "enrollments \(detail.enrollments.count), "
            + "deliveries \(detail.enrollments.map(\.deliveries.count).reduce(0, +))"
    }
}
