import ArgumentParser
import ControlAPI
import DripCore
import Foundation

struct PeopleConsent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent",
        abstract: "Show or record what a person agreed to and withdrew.",
        discussion: """
            Without --give and --withdraw, this shows what holds now for each channel and purpose, and all records. A purpose is \
            care, promotion or transaction.

            Record only what the person told you. --give needs --evidence, and its purpose is care unless you name another one. \
            It never overrules what the person withdrew. --withdraw without a purpose withdraws all of them; `all` means every \
            channel. To stop every message at once, use `dripd people stop`.

              dripd people consent 100001
              dripd people consent 100001 --give email:care --evidence "call, 3 May"
              dripd people consent 100001 --withdraw all:promotion
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: PersonReferenceHelp.person, completion: Completions.people)
    var person: String

    @Option(help: ArgumentHelp("Record that the person agreed.", valueName: "channel[:purpose]"))
    var give: String?

    @Option(help: ArgumentHelp("Record that the person withdrew their consent.", valueName: "channel|all[:purpose]"))
    var withdraw: String?

    @Option(
        help: ArgumentHelp(
            "Where it can be looked up, at most \(LinkRequest.longestProof) characters.",
            valueName: "text"
        )
    )
    var evidence: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard give == nil || withdraw == nil else { throw ValidationError("--give and --withdraw cannot be combined") }
        if let evidence {
            guard give != nil || withdraw != nil else { throw ValidationError("--evidence needs --give or --withdraw") }
            try RecordedWords.check(evidence, "--evidence")
        }
        if let give {
            guard evidence != nil else { throw ValidationError("--give needs --evidence") }
            guard try ConsentScope(give).channel != nil else {
                throw ValidationError("--give needs a channel: what is given for all channels cannot be proved")
            }
        }
        if let withdraw { _ = try ConsentScope(withdraw) }
    }

    func run() async throws {
        let client = try control.client
        if let give {
            let scope = try ConsentScope(give)
            return try await record(.give, scope.channel, scope.purpose ?? .care, client)
        }
        if let withdraw {
            let scope = try ConsentScope(withdraw)
            return try await record(.withdraw, scope.channel, scope.purpose, client)
        }
        let report: ConsentReport = try await client.get("/people/consent", query: ["person": person])
        if json { return try JSONOutput.print(report) }
        let zone = try await ControlOptions.zone(client)
        let formatter = ConsentFormatter(report, zone: zone)
        let output = Output.standard
        try output.lines(formatter.heading)
        try output.table(formatter.states)
        if let records = formatter.records {
            try output.line("")
            try output.table(records)
        }
    }

    private func record(
        _ kind: ConsentRequest.Kind,
        _ channel: String?,
        _ purpose: Purpose?,
        _ client: ControlClient
    ) async throws {
        let answer: ConsentAnswer = try await client.post(
            "/people/consent",
            ConsentRequest(
                person: person,
                kind: kind,
                channel: channel,
                purpose: purpose?.rawValue,
                evidence: evidence
            )
        )
        if json { return try JSONOutput.print(answer) }
        let what = "\(purpose?.rawValue ?? "everything") on \(channel ?? "every channel")"
        let line =
            switch (kind, answer.isChange) {
            case (.give, _): "\(person) agreed to \(what)"
            case (.withdraw, true): "\(person) withdrew \(what)"
            case (.withdraw, false): "\(person) had withdrawn \(what) before"
            }
        try Output.standard.line(line)
        if !answer.ended.isEmpty { try Output.standard.line("ended: \(answer.ended.joined(separator: ", "))") }
    }
}

/// `email`, `email:promotion`, `all:promotion`.
struct ConsentScope {
    /// nil for every channel.
    let channel: String?
    /// nil if none is named.
    let purpose: Purpose?

    init(_ text: String) throws {
        let pieces = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        channel = pieces[0] == "all" ? nil : pieces[0]
        if pieces.count == 1 {
            purpose = nil
        } else {
            guard let named = Purpose(rawValue: pieces[1]) else {
                throw ValidationError(
                    "'\(pieces[1])' is not a purpose; use \(Purpose.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            purpose = named
        }
    }
}

/// The output of `dripd people consent`.
struct ConsentFormatter {
    private let report: ConsentReport
    private let zone: TimeZone

    init(_ report: ConsentReport, zone: TimeZone) {
        self.report = report
        self.zone = zone
    }

    var heading: [String] {
        [
            report.person,
            report.stoppedAt.map { "stopped since \(time($0)): nothing is sent, whatever they agreed to" },
            report.pausedAt.map { "paused since \(time($0)): nothing is sent until that is decided" },
        ].compactMap(\.self)
    }

    var states: TextTable {
        var table = TextTable(["CHANNEL", "PURPOSE", "CONSENT", "SINCE", "MAY BE SENT"])
        for state in report.states {
            table.add([
                state.channel, state.purpose, state.state.replacing("_", with: " "), state.since.map(time) ?? "-",
                state.isPermitted ? "yes" : "no",
            ])
        }
        return table
    }

    /// nil if there are none.
    var records: TextTable? {
        let changes = report.changes.map { change in
            (change.at, [change.kind.rawValue, "all", "all", change.source.rawValue, "-", change.reason ?? "-"])
        }
        let records = report.records.map { record in
            (
                record.at,
                [
                    record.kind, record.channel ?? "all", record.purpose ?? "all", record.source, record.wording ?? "-",
                    record.evidence ?? "-",
                ]
            )
        }
        guard !changes.isEmpty || !records.isEmpty else { return nil }
        var table = TextTable(["WHEN", "WHAT", "CHANNEL", "PURPOSE", "SOURCE", "WORDING", "EVIDENCE"])
        for (at, cells) in (changes + records).sorted(by: { $0.0 < $1.0 }) { table.add([time(at)] + cells) }
        return table
    }

    private func time(_ instant: Instant) -> String { LocalTime.text(instant, zone) }
}
