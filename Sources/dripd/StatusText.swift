import DripCore
import DripEngine
import DripStore
import Foundation

/// A status in lines for a person.
struct StatusText {
    private let status: Status
    private let zone: TimeZone

    init(_ status: Status, zone: TimeZone) {
        self.status = status
        self.zone = zone
    }

    var lines: [String] {
        let sums = status.sums
        let undecided = sums.undecided > 0 ? " (\(sums.undecided) for you: `dripd jobs list --state in_doubt`)" : ""
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
                "ON HOLD      nothing is sent: \(hold.reason); `dripd adopt-state` tells more, and goes on",
                at: 1
            )
        }
        if let trouble = status.clockTrouble { lines.insert("CLOCK        \(trouble)", at: 1) }
        if sums.paused > 0 {
            lines.append(
                "paused       \(sums.paused) may want nothing more: `dripd people list --paused`, then `people resume` or `stop`"
            )
        }
        for page in status.pages {
            let until = page.until.map { " until \(LocalTime.text($0, zone))" } ?? ""
            let reason = page.reason.map { ": \($0)" } ?? ""
            lines.append("page         \(page.page) \(page.state)\(until)\(reason)")
            if let until = page.catchingUpUntil {
                lines.append(
                    "catching up  \(page.page) first reads what was written while dripd was down; it sends nothing before that, or "
                        + "before \(LocalTime.text(until, zone))"
                )
            }
            if let why = page.accountStopped {
                lines.append("paid         \(page.page) sends no paid messages: \(why)")
            }
        }
        for pause in status.commentPauses ?? [] {
            let why =
                switch pause.reason {
                case .stopped: "one was by somebody who wants nothing more"
                case .repeated: "many were by one person"
                }
            lines.append(
                "comments     \(pause.page) answers none without an author until \(LocalTime.text(pause.until, zone)): \(why); "
                    + "give its token pages_read_user_content"
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
