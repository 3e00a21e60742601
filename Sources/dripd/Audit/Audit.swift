import ArgumentParser
import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import Glibc
import SequenceFiles

struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show who changed what, with which command.",
        discussion: """
            The daemon records each request that may change something, whether it was carried out or refused. A record has the \
            time, the user of the process, the person and the result. The user comes from the kernel; the user who logged in, \
            as the command reports it, is in parentheses.

            A person appears under their name in the log, which `dripd people show` prints. If the person was forgotten since, \
            the record stays without that name. Records are kept for 400 days, at most 100,000 of them.

              dripd audit --since 7d
              dripd audit --user lan --verb stop
              dripd audit --person 5678
            """
    )

    @OptionGroup var control: ControlOptions

    @Option(
        help: ArgumentHelp(
            "Only records since '2027-01-04 09:00', '2027-01-04', or a time before now, such as 7d.",
            valueName: "time"
        )
    )
    var since: String?

    @Option(help: "Only records of this user: a name or a number.")
    var user: String?

    @Option(
        help: ArgumentHelp("Only records with this verb: \(Audit.verbs).", valueName: "verb"),
        completion: .list(AuditVerb.allCases.map(\.rawValue).sorted())
    )
    var verb: String?

    @Option(
        help: ArgumentHelp(
            "Only records about this person: PSID, PAGE/PSID, CHANNEL:ACCOUNT/ID, or their name in the log.",
            valueName: "person"
        ),
        completion: Completions.people
    )
    var person: String?

    @Option(help: "List at most this many, the newest.")
    var limit = 100

    @Flag(help: "Print JSON.")
    var json = false

    private static var verbs: String { AuditVerb.allCases.map(\.rawValue).sorted().joined(separator: ", ") }

    func validate() throws {
        guard (1...ControlLimit.list).contains(limit) else {
            throw ValidationError("--limit must be from 1 to \(ControlLimit.list)")
        }
        // Any zone will do for this check.
        if let since, Self.moment(since, now: SystemClock.realNow(), zone: .gmt) == nil {
            throw ValidationError(
                "--since must be a time such as '2027-01-04 09:00' or 2027-01-04, or a length such as 7d"
            )
        }
        if let verb, AuditVerb(rawValue: verb) == nil {
            throw ValidationError("--verb must be one of: \(Self.verbs)")
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
                query == AuditQuery(limit: limit) ? "no changes by command yet" : "no records match"
            )
        }
        try Output.standard.table(AuditFormatter(records, zone: zone).table)
        if records.count == limit { Output.note("showing the newest \(limit); use --limit to show more") }
    }

    static func moment(_ text: String, now: Instant, zone: TimeZone) -> Instant? {
        let clock = WallTime(zone, seconds: false)
        if let moment = clock.instant(text) ?? clock.instant(text + " 00:00") { return moment }
        return (try? CommandLineParser.span(text)).map { now - $0 }
    }
}

/// A record in JSON, with the users' names on this machine.
struct AuditEntry: Encodable {
    let record: AuditRecord

    init(_ record: AuditRecord) {
        self.record = record
    }

    private enum CodingKeys: String, CodingKey {
        case user, loginUser
    }

    func encode(to encoder: any Encoder) throws {
        try record.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encodeIfPresent(record.peer.flatMap { SystemUser.name(of: $0.uid) }, forKey: .user)
        try values.encodeIfPresent(record.peer?.login.flatMap { SystemUser.name(of: $0) }, forKey: .loginUser)
    }
}

/// The table of audit records.
struct AuditFormatter {
    private let records: [AuditRecord]
    private let zone: TimeZone
    private let name: (UInt32) -> String?

    /// - Parameter name: returns a user's name by number; nil if there is no such user.
    init(_ records: [AuditRecord], zone: TimeZone, name: @escaping (UInt32) -> String? = SystemUser.name) {
        self.records = records
        self.zone = zone
        self.name = name
    }

    var table: TextTable {
        var table = TextTable(["WHEN", "USER", "PID", "VERB", "PERSON", "SEQUENCE", "CHANGE", "RESULT"])
        for record in records {
            table.add([
                LocalTime.text(record.at, zone), user(record.peer), record.peer.map { "\($0.pid)" } ?? "-", record.verb,
                record.person ?? record.people.map { "\($0) people" } ?? "-",
                record.sequence.map { $0 + (record.step.map { "/\($0)" } ?? "") } ?? "-", change(record),
                record.result.rawValue + (record.reason.map { ": \($0)" } ?? ""),
            ])
        }
        return table
    }

    /// Returns a user such as `root (lan)`: root, in a session of lan.
    private func user(_ peer: AuditPeer?) -> String {
        guard let peer else { return "dripd (signal)" }
        let login = peer.login.map { " (\(name($0) ?? "\($0)"))" } ?? ""
        return (name(peer.uid) ?? "\(peer.uid)") + login
    }

    private func change(_ record: AuditRecord) -> String {
        switch (record.before, record.after) {
        case (let before?, let after?): "\(before) → \(after)"
        case (nil, let after?): after
        default: "-"
        }
    }
}

/// The users of this machine.
enum SystemUser {
    /// The user who logged in to the session of this process, whatever user it runs as now. It comes from the kernel
    /// (`pam_loginuid`), else from sudo, else it is the user of the process.
    static var login: UInt32 {
        // The kernel's value for "unset" is the greatest number.
        if let text = try? String(contentsOfFile: "/proc/self/loginuid", encoding: .utf8),
            let uid = UInt32(text.trimmingCharacters(in: .whitespacesAndNewlines)), uid != .max
        {
            return uid
        }
        return ProcessInfo.processInfo.environment["SUDO_UID"].flatMap { UInt32($0) } ?? getuid()
    }

    /// This process, as the daemon would see it.
    static var peer: AuditPeer {
        let uid = getuid()
        return AuditPeer(uid: uid, gid: getgid(), pid: getpid(), login: login == uid ? nil : login)
    }

    /// Returns a user's name; nil if the machine has no user of that number.
    static func name(of uid: UInt32) -> String? {
        lookUp { entry, buffer, count, result in
            getpwuid_r(uid, entry, buffer, count, result)
        }.map { $0.name }
    }

    /// - Parameter text: a name or a number.
    /// - Returns: nil if there is no such user.
    static func uid(of text: String) -> UInt32? {
        if let number = UInt32(text) { return number }
        return lookUp { entry, buffer, count, result in
            getpwnam_r(text, entry, buffer, count, result)
        }.map { $0.uid }
    }

    private static func lookUp(
        _ ask: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> CInt
    ) -> (name: String, uid: UInt32)? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
            var entry = passwd()
            var result: UnsafeMutablePointer<passwd>?
            guard let start = buffer.baseAddress, ask(&entry, start, buffer.count, &result) == 0, result != nil,
                let name = entry.pw_name
            else { return nil }
            return (String(cString: name), entry.pw_uid)
        }
    }
}
