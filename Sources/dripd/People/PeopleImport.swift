import ArgumentParser
import DripCore
import DripEngine
import DripStore
import Foundation
import SequenceFiles
import WebServer

struct PeopleImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take people from a file: a table (CSV), or ids alone, one a line.",
        discussion: """
            The first line of a table names its columns; all but `person` may be missing:
              person               the id on the page (PSID)
              page                 the page's id
              full_name, first_name, last_name, phone, email
              zone                 Asia/Ho_Chi_Minh
              tags                 'vip,khách-quen', separated by , or ; or |
              first_message, last_message, stopped, paused
                                   times: 2026-11-22T10:00:00+07:00, or
                                   22/11/2026 10:00 (see below)
              {{city}}             an attribute of your own, as texts write it
            What `dripd people list --format csv` wrote is such a table. Lines of ids are ID or PAGE/ID. A column without a \
            name has to be empty. A person who only commented (comment:…) has no id before they write, and is left out.

            Times are read as spreadsheets show them, too: 2026-11-22 10:00, 22/11/2026 10:00, 11/22/2026 10:00 AM. \
            Whether the day or the month comes first is the same in the whole file, and one date such as 22/11 has to show \
            it; where none does, the file is refused. Such times are in --timezone, or in the zone of the configuration.

            A phone number that lost its leading 0 in a spreadsheet is read with it, and ids that a spreadsheet has \
            rounded are warned about.

            Nobody is enrolled, also by their tags, without --enroll; a tag that ends a sequence does end it. Only who \
            wrote in the last 24 hours, as last_message says, can be written to before they write again. Who has neither \
            first_message nor last_message and writes counts as somebody new. Names, phone and e-mail only fill what is \
            unknown: what the platform or the person said stays. `stopped` holds until it is taken back (`dripd people resume`), `paused` until you decide. An empty cell changes nothing.

            The whole file is checked first, however long it is, and where anything is wrong no person is taken. People are written \
            some hundred at a time, so that webhooks and messages hardly wait for a long file. Importing a file once more changes \
            nothing more: after an interruption, the same command does the rest.
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "The file; - for standard input.")
    var file: String

    @Option(help: "The page of those for whom the file says none. Default: the only one.")
    var page: String?

    @Option(
        help: ArgumentHelp(
            "The time zone of times that say none, such as 28/11/2026 09:30. Default: what the configuration says.",
            valueName: "zone"
        )
    )
    var timezone: String?

    @Option(
        help: ArgumentHelp("Enrol them in this sequence, from now on: those who never were.", valueName: "sequence")
    )
    var enroll: String?

    @Flag(help: "Change nothing, and say what would be.")
    var check = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let file = try PeopleFile(path: self.file, page: page, zone: try zone)
        let survey = file.survey()
        try tell(survey)
        let client = try control.client
        if check { return try show(try await take(file, survey, isTrial: true, client)) }
        // One transaction is a check of its own.
        if survey.count > ControlServer.importLimit { try await askBeforehand(file, survey, client) }
        try show(try await take(file, survey, isTrial: false, client))
    }

    /// Of times that say none.
    private var zone: TimeZone? {
        get throws {
            if let timezone { return try CommandLineText.zone(timezone) }
            // Another daemon's socket need not belong to the configuration of this folder.
            return control.controlSocket != nil && control.config == nil ? nil : try control.configuration?.zone
        }
    }

    private func tell(_ survey: PeopleSurvey) throws {
        for warning in survey.warnings { Output.note("\(warning)") }
        guard survey.errors.isEmpty else {
            let more = survey.moreErrors > 0 ? ["and \(survey.moreErrors) more"] : []
            throw Failure((survey.errors.map(\.description) + more + ["nothing was imported"]).joined(separator: "\n"))
        }
    }

    /// Has the daemon say beforehand what it would refuse: pages and a sequence that it does not know, and times to come. A few
    /// people stand for all in that; only where one of them is refused are all asked about, so that every line is named.
    private func askBeforehand(_ file: PeopleFile, _ survey: PeopleSurvey, _ client: ControlClient) async throws {
        do {
            guard let ready = try await send(survey.examples, isTrial: true, client) else { return }
            let _: ImportReport = try await client.post("/people/import/take", ready)
        } catch let refused as ControlClient.Refused {
            _ = try await take(file, survey, isTrial: true, client)
            throw refused
        }
    }

    /// One part after the other, as the file has them; while the daemon takes one, the next is read and sent.
    private func take(
        _ file: PeopleFile,
        _ survey: PeopleSurvey,
        isTrial: Bool,
        _ client: ControlClient
    ) async throws -> ImportReport {
        var parts = file.parts(after: survey)
        var sum = ImportReport()
        let isTerminal = Terminal.isTerminal(STDERR_FILENO)
        defer { Output.endNoteProgress() }
        var progress = ImportProgress(
            total: survey.count,
            isTerminal: isTerminal,
            now: ContinuousClock.now
        )
        do {
            var ready = try await send(try parts.next(limit: ControlServer.importLimit), isTrial: isTrial, client)
            while let order = ready {
                async let taken: ImportReport = client.post("/people/import/take", order)
                let next: Result<ReadyOrder?, any Error>
                do {
                    let part = try parts.next(limit: ControlServer.importLimit)
                    next = .success(try await send(part, isTrial: isTrial, client))
                } catch {
                    // What is on its way counts.
                    next = .failure(error)
                }
                sum = try await sum + taken
                if let line = progress.line(after: sum.people, now: ContinuousClock.now) {
                    isTerminal ? Output.noteProgress(line) : Output.note(line)
                }
                ready = try next.get()
            }
        } catch {
            guard !isTrial, sum.people > 0 else { throw error }
            let rest = "The first \(sum.people) are imported; the same command does the rest."
            throw Failure("\(ErrorText.words(error))\n\(rest)")
        }
        return sum
    }

    /// - Returns: nil where there is no one to send.
    private func send(
        _ people: [PersonRecord],
        isTrial: Bool,
        _ client: ControlClient
    ) async throws -> ReadyOrder? {
        guard !people.isEmpty else { return nil }
        return try await client.post(
            "/people/import",
            ImportOrder(people: people, sequence: enroll, isTrial: isTrial)
        )
    }

    private func show(_ report: ImportReport) throws {
        if json { return try JSONOutput.print(report) }
        try Output.standard.lines(ImportText(report, isTrial: check).lines)
    }
}
