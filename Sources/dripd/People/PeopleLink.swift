import ArgumentParser
import ControlAPI
import DripCore

struct PeopleLink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Join two people into one, because you know that they are.",
        discussion: """
            PERSON stays, and gets the addresses, tags and attributes of OTHER. What either of them stopped, paused or withdrew \
            applies to the joined person. If both were in the same sequence, that of PERSON goes on. The proof is recorded.

            An equal name, number or e-mail address is no proof: families share numbers, and a mistyped address is another \
            person's. `dripd people unlink` cuts an address off again, but does not take the rest back.

              dripd people link 100001 100002 --proof "order 1234 names both"
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: PersonReferenceHelp.person, completion: Completions.people)
    var person: String

    @Argument(help: "The other person, in the same form.", completion: Completions.people)
    var other: String

    @Option(help: "How you know it, at most \(LinkRequest.longestProof) characters.")
    var proof: String

    @Flag(help: "Join them without asking.")
    var yes = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        try RecordedWords.check(proof, "--proof")
    }

    func run() async throws {
        let client = try control.client
        if !yes { try Confirmation.ask(try await description(client)) }
        let report: LinkReport = try await client.post(
            "/people/link",
            LinkRequest(person: person, other: other, proof: proof)
        )
        if json { return try JSONOutput.print(report) }
        let output = Output.standard
        try output.line("\(person) and \(other) are one person now: \(report.addresses.joined(separator: ", "))")
        if !report.ended.isEmpty { try output.line("ended: \(report.ended.joined(separator: ", "))") }
        if report.isStopped {
            try output.line("they get no messages: one of the two was stopped")
        } else if report.isPaused {
            try output.line("messages to them are paused: one of the two was paused")
        }
    }

    private func description(_ client: ControlClient) async throws -> String {
        var lines = ["this joins two people into one:"]
        for name in [person, other] {
            let detail: PersonDetail = try await client.get("/people/one", query: ["person": name])
            lines.append("  " + Confirmation.line(detail))
        }
        return lines.joined(separator: "\n")
    }
}

struct PeopleUnlink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlink",
        abstract: "Cut one address off a person.",
        discussion: """
            An address that the platform named becomes a person of its own, with the same stop, pause and withdrawn consents. \
            It gets no attributes and no tags, because nothing says whose they are. An address that the person, a file or an \
            operator named is removed, and the consents for its channel end.

            The person keeps all sequences. A step that was to be sent to the address is sent to another one.

              dripd people unlink 100001 email:shop/lan@example.com
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: PersonReferenceHelp.person, completion: Completions.people)
    var person: String

    @Argument(help: "One of the person's addresses, as `dripd people show` lists them.")
    var address: String

    @Flag(help: "Cut it off without asking.")
    var yes = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let client = try control.client
        if !yes { try Confirmation.ask(try await description(client)) }
        let report: UnlinkReport = try await client.post(
            "/people/unlink",
            UnlinkRequest(person: person, address: address)
        )
        if json { return try JSONOutput.print(report) }
        let output = Output.standard
        try output.line(
            report.isRemoved
                ? "\(report.address) is removed from \(person)" : "\(report.address) is a person of its own now"
        )
        if !report.moved.isEmpty {
            try output.line("the next step goes to another address: \(report.moved.joined(separator: ", "))")
        }
        if !report.withdrawn.isEmpty { try output.line("withdrawn: \(report.withdrawn.joined(separator: ", "))") }
    }

    private func description(_ client: ControlClient) async throws -> String {
        let detail: PersonDetail = try await client.get("/people/one", query: ["person": person])
        return "this cuts \(TerminalSanitizer.line(address)) off:\n  " + Confirmation.line(detail)
    }
}
