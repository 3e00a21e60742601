import ArgumentParser
import DripCore
import DripEngine
import DripStore
import Foundation
import SequenceFiles
import WebServer

struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show who changed what, by which command.",
        discussion: """
            Each request to the daemon that may change something is kept, whether it was carried out or refused: when, by \
            whose process (its user comes from the kernel; in parentheses the user who logged in, as the command itself says), \
            of which person, and what came of it. People stand there by the name that the log has for them, which `dripd people \
            show` tells: of one who was forgotten since, it stays that there was something, and no longer what. Records are kept for \
            400 days, 100,000 at most.

              dripd audit --since 7d
              dripd audit --user lan --verb stop
              dripd audit --person 5678
            """
    )

    @OptionGroup var control: ControlOptions

    @Option(
        help: ArgumentHelp(
            "Only since then: '2027-01-04 09:00', '2027-01-04', or a length of time back from now, such as 7d.",
            valueName: "time"
        )
    )
    var since: String?

    @Option(help: "Only by this user: a name or a number.")
    var user: String?

    @Option(help: ArgumentHelp("Only this: \(Audit.verbs).", valueName: "verb"))
    var verb: String?

    @Option(
        help: ArgumentHelp("Only of this person: PSID, PAGE/PSID, or their name in the log.", valueName: "person")
    )
    var person: String?

    @Option(help: "At most so many: the newest.")
    var limit = 100

    @Flag(help: "Print JSON.")
    var json = false

    private static var verbs: String { AuditVerb.allCases.map(\.rawValue).sorted().joined(separator: ", ") }

    func validate() throws {
        guard (1...ControlServer.listLimit).contains(limit) else {
            throw ValidationError("--limit is a number from 1 to \(ControlServer.listLimit)")
        }
        // In whichever zone.
        if let since, Self.moment(since, now: SystemClock.realNow(), zone: .gmt) == nil {
            throw ValidationError("--since is a time such as '2027-01-04 09:00' or 2027-01-04, or a length such as 7d")
        }
        if let verb, AuditVerb(rawValue: verb) == nil {
            throw ValidationError("--verb is one of: \(Self.verbs)")
        }
    }

    func run() async throws {
        let client = try control.client
        let zone = try await ControlOptions.zone(client)
        var query = AuditQuery(verb: verb, person: person, limit: limit)
        if let since {
            query.since = Self.moment(since, now: SystemClock.realNow(), zone: zone)
        }
        if let user {
            guard let uid = SystemUser.uid(of: user) else { throw Failure("this machine has no user '\(user)'") }
            query.user = uid
        }
        let records: [AuditRecord] = try await client.post("/audit", query)
        if json { return try JSONOutput.print(records.map(AuditEntry.init)) }
        guard !records.isEmpty else {
            return try Output.standard.line(
                query == AuditQuery(limit: limit) ? "nothing was changed by hand yet" : "no record fits"
            )
        }
        try Output.standard.table(AuditText(records, zone: zone).table)
        if records.count == limit { Output.note("these are the newest \(limit); --limit says how many") }
    }

    static func moment(_ text: String, now: Instant, zone: TimeZone) -> Instant? {
        let clock = WallTime(zone, seconds: false)
        if let moment = clock.instant(text) ?? clock.instant(text + " 00:00") { return moment }
        return (try? CommandLineText.span(text)).map { now - $0 }
    }
}
