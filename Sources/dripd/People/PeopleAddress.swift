import ArgumentParser
import ControlAPI
import DripCore

struct PeopleAddress: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "address",
        abstract: "Add an address that a person told you.",
        usage: "dripd people address [<options>] <person> add <channel:address> --consent <purpose> --evidence <text>",
        discussion: """
            The address belongs to the channel's first account in the configuration. Add it only with what the person agreed to \
            get there: care, promotion or both. `dripd people unlink` removes it.

              dripd people address 100001 add email:lan@example.com --consent care \\
                --evidence "phone call, 3 May"
            """
    )

    enum Action: String, CaseIterable, ExpressibleByArgument {
        case add
    }

    @OptionGroup var control: ControlOptions

    @Argument(help: PersonReferenceHelp.person, completion: Completions.people)
    var person: String

    @Argument(help: "What to do: add.")
    var action: Action

    @Argument(
        help: ArgumentHelp("The address, after its channel: email:lan@example.com.", valueName: "channel:address")
    )
    var address: String

    @Option(
        help: ArgumentHelp("What they agreed to: care or promotion. May be repeated.", valueName: "purpose"),
        completion: .list([Purpose.care.rawValue, Purpose.promotion.rawValue])
    )
    var consent: [String]

    @Option(
        help: ArgumentHelp(
            "Where that can be looked up, at most \(LinkRequest.longestProof) characters.",
            valueName: "text"
        )
    )
    var evidence: String

    @Flag(help: "Print JSON.")
    var json = false

    private var pieces: [String] {
        address.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    }

    func validate() throws {
        guard pieces.count == 2, !pieces.contains("") else {
            throw ValidationError("'\(address)' must be a channel and an address, such as email:lan@example.com")
        }
        guard !consent.isEmpty else { throw ValidationError("--consent must be care or promotion") }
        for purpose in consent where purpose != Purpose.care.rawValue && purpose != Purpose.promotion.rawValue {
            throw ValidationError("--consent must be care or promotion, not '\(purpose)'")
        }
        try RecordedWords.check(evidence, "--evidence")
    }

    func run() async throws {
        let report: AddAddressReport = try await control.client.post(
            "/people/address",
            AddAddressRequest(
                person: person,
                channel: pieces[0],
                address: pieces[1],
                consents: consent,
                evidence: evidence
            )
        )
        if json { return try JSONOutput.print(report) }
        try Output.standard.line(
            report.isKnown
                ? "\(person) had \(report.address) already; the consent is recorded"
                : "\(person) has \(report.address) now"
        )
    }
}
