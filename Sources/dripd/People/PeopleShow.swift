import ArgumentParser
import DripCore
import DripStore
import Foundation

struct PeopleShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what a person was sent, what comes next, and why."
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: "The person's id on the page (PSID), or PAGE/PSID.")
    var person: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let detail: PersonDetail = try await control.client.get("/people/one", query: ["person": person])
        if json { return try JSONOutput.print(detail) }
        print(PersonText(detail, zone: .current).lines.joined(separator: "\n"))
    }
}

/// A person in lines for a person.
struct PersonText {
    private let detail: PersonDetail
    private let zone: TimeZone

    init(_ detail: PersonDetail, zone: TimeZone) {
        self.detail = detail
        self.zone = zone
    }

    var lines: [String] {
        let person = detail.summary
        var lines = ["\(person.person) on page \(person.page)"]
        lines.append("first message  \(person.firstMessageAt.map(time) ?? "never")")
        lines.append("window until   \(person.windowEnds.map(time) ?? "it never was open")")
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
        for enrollment in detail.enrollments { lines += ["", heading(enrollment)] + steps(enrollment) }
        return lines
    }

    private func heading(_ enrollment: EnrollmentDetail) -> String {
        let round = enrollment.round > 1 ? ", time \(enrollment.round)" : ""
        let end = enrollment.endedAt.map { "; \(enrollment.endReason ?? "ended") \(time($0))" } ?? ""
        return "\(enrollment.sequence)\(round), since \(time(enrollment.anchor)) by \(enrollment.cause)\(end)"
    }

    private func steps(_ enrollment: EnrollmentDetail) -> [String] {
        var table = TextTable(["  STEP", "DUE", "", "", "NOTE"])
        for delivery in enrollment.deliveries {
            table.add([
                "  \(delivery.step)", time(delivery.scheduled), delivery.state, time(delivery.at),
                delivery.reason ?? delivery.receipt ?? "",
            ])
        }
        if let next = enrollment.next {
            let note = [next.waitingFor.map { "waits for \($0)" }, next.error].compactMap(\.self)
            table.add([
                "  \(next.step)", time(next.scheduled), next.sending ? "sending" : "next", time(next.due),
                note.joined(separator: "; "),
            ])
        }
        return table.text.split(separator: "\n").map(String.init)
    }

    private func time(_ instant: Instant) -> String {
        LocalTime.text(instant, zone)
    }
}
