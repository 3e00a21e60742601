package import ControlAPI
import DripCore
package import Foundation

/// The status in one line, for `systemctl status`. What needs action comes first, since a terminal cuts the line.
package struct StatusLine: CustomStringConvertible {
    /// The delay from which a due job is late: it is sent within seconds unless something is in the way.
    private static let late = Milliseconds.minutes(1)

    private let status: Status
    private let zone: TimeZone

    package init(_ status: Status, zone: TimeZone) {
        self.status = status
        self.zone = zone
    }

    package var description: String {
        let sums = status.sums
        return (troubles + ["\(sums.underWay) under way, \(next), \(sums.sent) sent, \(sums.failed) failed"])
            .joined(separator: "; ")
    }

    private var troubles: [String] {
        var pieces: [String] = []
        if let hold = status.hold { pieces.append("ON HOLD, nothing is sent (dripd adopt-state): \(hold.reason)") }
        if let trouble = status.clockTrouble { pieces.append(trouble) }
        for page in status.pages where page.state != "open" {
            pieces.append("page \(page.page) \(page.state)\(page.reason.map { ": \($0)" } ?? "")")
        }
        for page in status.pages {
            guard let until = page.catchingUpUntil else { continue }
            pieces.append("page \(page.page) reads what it missed before it sends, until \(time(until)) at the latest")
        }
        for pause in status.commentPauses ?? [] {
            pieces.append("page \(pause.page) answers no comments without an author until \(time(pause.until))")
        }
        if let trouble = status.uploadTroubles.first { pieces.append("upload fails: \(trouble)") }
        if let refused = status.refused { pieces.append("files refused: \(refused)") }
        // The other deliveries in doubt are resolved without an operator.
        if status.sums.undecided > 0 {
            pieces.append("\(status.sums.undecided) in doubt for good: dripd jobs resolve")
        }
        if status.sums.paused > 0 {
            pieces.append("\(status.sums.paused) paused until you decide: dripd people list --paused")
        }
        return pieces
    }

    private var next: String {
        guard let due = status.sums.nextDue else { return "nothing due" }
        return status.now - due >= Self.late ? "late since \(time(due))" : "next due \(time(due))"
    }

    private func time(_ instant: Instant) -> String {
        let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000)
        return date.formatted(
            Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: zone)
                .year().month().day().time(includingFractionalSeconds: false)
        )
    }
}
