import ArgumentParser
import ControlAPI
import DripCore
import Foundation
import SequenceFiles

struct PeopleImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import people from a file: a table (CSV), or one id per line.",
        discussion: """
            The first line of a table names its columns. Only `person` is required:
              person               the id on the page (PSID)
              page                 the page's id
              full_name, first_name, last_name, phone, email
              zone                 Asia/Ho_Chi_Minh
              tags                 'vip,khách-quen', separated by , or ; or |
              first_message, last_message, stopped, paused
                                   times: 2026-11-22T10:00:00+07:00, or
                                   22/11/2026 10:00 (see below)
              {{city}}             an attribute of your own, as texts write it
            The output of `dripd people list --format csv` is such a table. A line of ids is ID or PAGE/ID. A column without \
            a name must be empty. A person who only commented (comment:…) has no id before they write, and is left out.

            Times may also have a spreadsheet's form: 2026-11-22 10:00, 22/11/2026 10:00, 11/22/2026 10:00 AM. The order of \
            day and month must be the same in the whole file, and at least one date, such as 22/11, must show it; otherwise \
            the file is refused. Such times are in --timezone, else in the configuration's zone.

            A phone number that lost its leading 0 in a spreadsheet gets it back. dripd warns about ids that a spreadsheet \
            has rounded.

            Without --enroll, the import enrolls no one, not even by a tag. A tag that ends a sequence does end it. dripd can \
            write only to people who wrote in the last 24 hours, according to last_message; others must write first. A person \
            with neither first_message nor last_message counts as new when they write. Names, phone and email only fill gaps: \
            values from the platform or the person stay. `stopped` holds until `dripd people resume`, `paused` until you \
            decide. An empty cell changes nothing.

            dripd checks the whole file first, and imports nothing if there is an error. It writes some hundred people at a \
            time, so that webhooks and messages hardly wait for a long file. Importing the same file again changes nothing: \
            after an interruption, run the same command again.
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "The file, or - for standard input.", completion: .file(extensions: ["csv", "json", "jsonl"]))
    var file: String

    @Option(
        help: "The page of people without one in the file. Default: the configuration's page, if it has only one.",
        completion: Completions.pages
    )
    var page: String?

    @Option(
        help: ArgumentHelp(
            "The time zone of times without one, such as 28/11/2026 09:30. Default: the configuration's.",
            valueName: "zone"
        )
    )
    var timezone: String?

    @Option(
        help: ArgumentHelp("Enroll in this sequence, from now on, those who were never in it.", valueName: "sequence"),
        completion: Completions.sequences
    )
    var enroll: String?

    @Flag(help: "Change nothing. Show what the import would do.")
    var check = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let file = try PeopleFile(path: self.file, page: page, zone: try zone)
        let survey = file.survey()
        try tell(survey)
        let client = try control.client
        if check { return try show(try await take(file, survey, isTrial: true, client)) }
        // A single transaction changes nothing if it fails, so it needs no check beforehand.
        if survey.count > ControlLimit.importedPeople { try await askBeforehand(file, survey, client) }
        try show(try await take(file, survey, isTrial: false, client))
    }

    /// The zone of times that name none.
    private var zone: TimeZone? {
        get throws {
            if let timezone { return try CommandLineParser.zone(timezone) }
            // The configuration of this folder may be that of another daemon than the socket's.
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

    /// Asks the daemon beforehand what it would refuse: unknown pages, an unknown sequence and times in the future. A few people
    /// are examples for all. If the daemon refuses one, the whole file is checked, so that the error names every line.
    private func askBeforehand(_ file: PeopleFile, _ survey: PeopleSurvey, _ client: ControlClient) async throws {
        do {
            guard let ready = try await send(survey.examples, isTrial: true, client) else { return }
            let _: ImportReport = try await client.post("/people/import/take", ready)
        } catch let refused as ControlClient.Refused {
            _ = try await take(file, survey, isTrial: true, client)
            throw refused
        }
    }

    /// Imports the file part by part, in its order. While the daemon imports one part, the next one is read and sent.
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
            var ready = try await send(try parts.next(limit: ControlLimit.importedPeople), isTrial: isTrial, client)
            while let order = ready {
                async let taken: ImportReport = client.post("/people/import/take", order)
                let next: Result<PreparedRequest?, any Error>
                do {
                    let part = try parts.next(limit: ControlLimit.importedPeople)
                    next = .success(try await send(part, isTrial: isTrial, client))
                } catch {
                    // Report the error after the part under way, which still counts.
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
            let rest = "The first \(sum.people) are imported; run the same command again for the rest."
            throw Failure("\(ErrorDescription.words(error))\n\(rest)")
        }
        return sum
    }

    /// Sends people to the daemon, which prepares them for the import.
    /// - Returns: nil if there are no people.
    private func send(
        _ people: [PersonRecord],
        isTrial: Bool,
        _ client: ControlClient
    ) async throws -> PreparedRequest? {
        guard !people.isEmpty else { return nil }
        return try await client.post(
            "/people/import",
            ImportRequest(people: people, sequence: enroll, isTrial: isTrial)
        )
    }

    private func show(_ report: ImportReport) throws {
        if json { return try JSONOutput.print(report) }
        try Output.standard.lines(ImportFormatter(report, isTrial: check).lines)
    }
}

/// The progress of an import: on a terminal one line that changes, in a log a line every ten seconds and at the end.
struct ImportProgress {
    private static let interval = Duration.seconds(10)
    /// A file of at most this many people is one transaction, and done before progress could be read.
    private static let fewest = 5_000

    private let total: Int
    private let isTerminal: Bool
    private var last: ContinuousClock.Instant

    init(total: Int, isTerminal: Bool, now: ContinuousClock.Instant) {
        self.total = total
        self.isTerminal = isTerminal
        last = now
    }

    /// Returns the line to print after `count` people; nil to print none.
    mutating func line(after count: Int, now: ContinuousClock.Instant) -> String? {
        guard total > Self.fewest else { return nil }
        let isEnd = count >= total
        guard isTerminal || isEnd || now - last >= Self.interval else { return nil }
        last = now
        return "\(count) of \(total)"
    }
}

/// The lines that tell what an import did, or would do.
struct ImportFormatter {
    private let report: ImportReport
    private let isTrial: Bool

    init(_ report: ImportReport, isTrial: Bool) {
        self.report = report
        self.isTrial = isTrial
    }

    var lines: [String] {
        let known = report.people - report.added - report.forgotten
        let first =
            "\(count(report.people, "person", "people")): \(report.added) new, \(known) known already"
            + (known > 0 ? ", \(report.changed) of them changed" : "")
        let effects = [
            effect(
                report.forgotten,
                "not imported: forgotten at their request",
                "not be imported: forgotten at their request"
            ),
            effect(report.tagged, "tagged", "be tagged"),
            effect(
                report.tagsLeftOut,
                "not tagged: a person has at most \(Tag.mostOfPerson) tags",
                "not be tagged: a person has at most \(Tag.mostOfPerson) tags"
            ),
            effect(report.stopped, "stopped: they get no more messages", "be stopped: they get no more messages"),
            effect(
                report.paused,
                "paused until you decide: `dripd people list --paused`",
                "be paused until you decide"
            ),
            effect(report.ended, "enrollments ended early", "leave a sequence early"),
            enrolled,
            effect(
                report.notEnrolled,
                "not enrolled: already in the sequence before, stopped, or on a page that the sequence is not for",
                "not be enrolled: already in the sequence before, stopped, or on a page that the sequence is not for"
            ),
        ].compactMap(\.self)
        return [(isTrial ? "would be imported: " : "imported: ") + first] + effects
            + (isTrial ? ["nothing was changed"] : [])
    }

    private func effect(_ number: Int, _ done: String, _ planned: String) -> String? {
        number > 0 ? "\(number) \(isTrial ? "would \(planned)" : done)" : nil
    }

    /// Enrolled people outside the 24-hour window cannot be reached yet, so the line counts them.
    private var enrolled: String? {
        guard let said = effect(report.enrolled, "enrolled", "be enrolled") else { return nil }
        let closed = report.windowClosed
        guard closed > 0 else { return said }
        let who = closed == report.enrolled ? (closed == 1 ? "who" : "all of whom") : "\(closed) of whom"
        return
            "\(said), \(who) cannot be messaged before they write: no message from them in the last 24 hours is known"
    }

    private func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
