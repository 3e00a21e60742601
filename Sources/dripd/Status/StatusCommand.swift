import ArgumentParser
import ControlAPI
import DripCore
import Foundation

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the daemon's status."
    )

    @OptionGroup var control: ControlOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let client = try control.client
        let status: Status = try await client.get("/status")
        if json { return try JSONOutput.print(status) }
        try Output.standard.lines(StatusFormatter(status, zone: try await ControlOptions.zone(client)).lines)
    }
}

/// The lines of `dripd status`.
struct StatusFormatter {
    private let status: Status
    private let zone: TimeZone

    init(_ status: Status, zone: TimeZone) {
        self.status = status
        self.zone = zone
    }

    var lines: [String] {
        let sums = status.sums
        let undecided = sums.undecided > 0 ? " (\(sums.undecided) to resolve: `dripd jobs list --state in_doubt`)" : ""
        var lines = [
            "dripd \(status.version), \(LocalTime.text(status.now, zone))",
            "sequences    \(status.sequences.isEmpty ? "none" : status.sequences.joined(separator: ", "))",
            "people       \(sums.people), enrollments under way \(sums.underWay) of \(sums.enrolled)",
            "steps        \(sums.sent) sent, \(sums.skipped) skipped, \(sums.failed) failed, "
                + "\(sums.inDoubt) in doubt\(undecided)",
            "next due     \(sums.nextDue.map { LocalTime.text($0, zone) } ?? "nothing")",
        ]
        if let hold = status.hold {
            lines.insert(
                "ON HOLD      nothing is sent: \(hold.reason); `dripd adopt-state` shows more and ends the hold",
                at: 1
            )
        }
        if let trouble = status.clockTrouble { lines.insert("CLOCK        \(trouble)", at: 1) }
        if sums.paused > 0 {
            lines.append(
                "paused       \(sums.paused) may want no more messages: `dripd people list --paused`, "
                    + "then `people resume` or `stop`"
            )
        }
        for page in status.pages {
            let until = page.until.map { " until \(LocalTime.text($0, zone))" } ?? ""
            let reason = page.reason.map { ": \($0)" } ?? ""
            lines.append("page         \(page.page) \(page.state)\(until)\(reason)")
            if let until = page.catchingUpUntil {
                lines.append(
                    "catching up  \(page.page) reads what people wrote while dripd was down; it sends nothing until that is done, "
                        + "or until \(LocalTime.text(until, zone)) at the latest"
                )
            }
            if let why = page.accountStopped {
                lines.append("paid         \(page.page) sends no paid messages: \(why)")
            }
        }
        for pause in status.commentPauses ?? [] {
            let why =
                switch pause.reason {
                case .stopped: "the author of one wants no more messages"
                case .repeated: "one person wrote many of them"
                }
            lines.append(
                "comments     \(pause.page) answers no comments without an author until \(LocalTime.text(pause.until, zone)): "
                    + "\(why); give its token pages_read_user_content"
            )
        }
        lines += status.uploadTroubles.map { "upload       \($0)" }
        if let share = status.edit {
            lines.append("edit         applied to \(Int(share * 100)) % of the people under way")
        }
        if let refused = status.refused {
            lines.append("files        the last reload was refused: \(refused)")
        }
        return lines
    }
}
