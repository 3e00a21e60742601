import ArgumentParser
import ControlAPI
import DripCore
import Foundation

struct PeopleShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what a person was sent, what comes next, and why.",
        discussion: """
            PERSON is an id, a name, a part of a name, or a phone number. Case and diacritics do not matter. If several \
            people match, they are listed, newest first.

              dripd people show 7412345678901234
              dripd people show 'trần minh'
              dripd people show 0912345678
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(
        help: "The person: an id on the page (PSID), PAGE/PSID, CHANNEL:ACCOUNT/ID, a name or a phone number.",
        completion: Completions.people
    )
    var person: String

    @Flag(help: "Print JSON.")
    var json = false

    /// The most people listed. With more matches, the operator needs a longer name.
    private static let longestList = 20

    func run() async throws {
        let client = try control.client
        do {
            try await show(person, client)
        } catch let refused as ControlClient.Refused where refused.status == 404 {
            let (found, isMore) = try await search(client)
            switch found.count {
            case 0: throw Failure("no person is known as '\(person)', by id, name or phone number")
            case 1 where !isMore: try await show("\(found[0].page)/\(found[0].person)", client)
            default: try await list(found, isMore: isMore, client)
            }
        }
    }

    private func show(_ name: String, _ client: ControlClient) async throws {
        let detail: PersonDetail = try await client.get("/people/one", query: ["person": name])
        if json { return try JSONOutput.print(detail) }
        let output = Output.standard
        let text = PersonFormatter(detail, zone: try await ControlOptions.zone(client))
        try output.lines(text.lines(columns: output.columns))
    }

    /// - Returns: the people who match, and whether there are more.
    private func search(_ client: ControlClient) async throws -> ([PersonSummary], isMore: Bool) {
        guard PeopleSearch(person) != nil else { return ([], false) }
        var found: [PersonSummary] = []
        var before: PersonID?
        repeat {
            let order = PeopleSearchRequest(text: person, before: before, limit: Self.longestList + 1 - found.count)
            let part: PeopleFound = try await client.post("/people/search", order)
            found += part.people
            before = part.before
        } while before != nil && found.count <= Self.longestList
        return (Array(found.prefix(Self.longestList)), found.count > Self.longestList)
    }

    private func list(_ found: [PersonSummary], isMore: Bool, _ client: ControlClient) async throws {
        let count = isMore ? "more than \(found.count)" : "\(found.count)"
        if json {
            let ids = found.map { "\($0.page)/\($0.person)" }
            throw Failure("\(count) people match '\(person)'; give the id of one:\n" + ids.joined(separator: "\n"))
        }
        let zone = try await ControlOptions.zone(client)
        let areOfOnePage = Set(found.map(\.page)).count == 1
        var table = TextTable(["PERSON", "NAME", "PHONE", "LAST MESSAGE"])
        for person in found {
            table.add([
                areOfOnePage ? person.person : "\(person.page)/\(person.person)",
                person.attributes["full_name"] ?? "-", person.attributes["phone"] ?? "-",
                person.lastWroteAt.map { LocalTime.text($0, zone) } ?? "-",
            ])
        }
        try Output.standard.table(table)
        Output.note("\(count) people match, newest first; `dripd people show PERSON` shows one")
    }
}

/// The lines of `dripd people show`.
struct PersonFormatter {
    private let detail: PersonDetail
    private let zone: TimeZone

    init(_ detail: PersonDetail, zone: TimeZone) {
        self.detail = detail
        self.zone = zone
    }

    /// - Parameter columns: the width of the terminal; nil if there is none.
    func lines(columns: Int?) -> [String] {
        let person = detail.summary
        let attributes = person.attributes
        let own = detail.addresses.first { ($0.account, $0.externalID) == (person.page, person.person) }
        let isOnPage = own.map { $0.channel == ChannelName.messenger.rawValue } ?? true
        var lines = [isOnPage ? "\(person.person) on page \(person.page)" : own?.address ?? person.person]
        if let name = attributes["full_name"] { lines.append("name           \(name)") }
        if let phone = attributes["phone"] { lines.append("phone          \(phone)") }
        if let email = attributes["email"] { lines.append("email          \(email)") }
        if !person.tags.isEmpty { lines.append("tags           \(person.tags.joined(separator: ", "))") }
        if let zone = person.zone { lines.append("time zone      \(zone)") }
        lines.append("first message  \(person.firstMessageAt.map(time) ?? "never")")
        lines.append("last message   \(person.lastWroteAt.map(time) ?? "never")")
        if let human = person.humanAt { lines.append("team wrote     \(time(human))") }
        lines.append("window until   \(person.windowEnds.map(time) ?? "never open")")
        lines += detail.addresses.map { "address        \(line(of: $0))" }
        lines.append("in the journal DRIPD_PERSON=\(detail.pseudonym)")
        if let stopped = person.stoppedAt { lines.append("stopped        \(time(stopped))") }
        if let paused = person.pausedAt { lines.append("paused         \(time(paused))") }
        for change in detail.consent {
            let reason = change.reason.map { ": \($0)" } ?? ""
            lines.append(
                "consent        \(time(change.at)) \(change.kind.rawValue), \(Wording.source(change.source))\(reason)"
            )
        }
        for subscription in person.subscriptions ?? [] {
            lines.append("subscribed     \(Wording.subscription(subscription, time))")
        }
        if let why = person.unreachable { lines.append("unreachable    \(why)") }
        for enrollment in detail.enrollments {
            lines += ["", heading(enrollment)] + steps(enrollment).lines(columns: columns)
        }
        return lines
    }

    private func line(of address: AddressSummary) -> String {
        let facts = [
            address.givenBy.map(Wording.giver), address.windowEnds.map { "window until \(time($0))" },
            address.unreachable.map { "unreachable: \($0)" },
        ].compactMap(\.self)
        return ([address.address] + facts).joined(separator: "; ")
    }

    private func heading(_ enrollment: EnrollmentDetail) -> String {
        let round = enrollment.round > 1 ? ", round \(enrollment.round)" : ""
        let end = enrollment.endedAt.map { "; \(enrollment.endReason ?? "ended") \(time($0))" } ?? ""
        return "\(enrollment.sequence)\(round), since \(time(enrollment.anchor)) by \(enrollment.cause)\(end)"
    }

    private func steps(_ enrollment: EnrollmentDetail) -> TextTable {
        var table = TextTable(["STEP", "DUE", "", "", "NOTE"], indent: 2)
        for delivery in enrollment.deliveries {
            table.add([
                delivery.step, time(delivery.scheduled), delivery.state, time(delivery.at),
                (delivery.reason ?? delivery.receipt ?? "")
                    + (delivery.partsArrived.map { ", after \(Wording.parts($0)) had arrived" } ?? ""),
            ])
        }
        if let next = enrollment.next {
            let note = [next.waitingFor.map { "waits for \($0)" }, next.error].compactMap(\.self)
            table.add([
                next.step, time(next.scheduled), next.sending ? "sending" : "next", time(next.due),
                note.joined(separator: "; "),
            ])
        }
        return table
    }

    private func time(_ instant: Instant) -> String {
        LocalTime.text(instant, zone)
    }
}
