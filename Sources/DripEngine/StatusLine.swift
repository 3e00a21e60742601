import DripCore
import DripStore
package import Foundation

/// How things stand in one line, for `systemctl status`.
package struct StatusLine: CustomStringConvertible {
    private let status: Status
    private let zone: TimeZone

    package init(_ status: Status, zone: TimeZone) {
        self.status = status
        self.zone = zone
    }

    package var description: String {
        let sums = status.sums
        var pieces = [
            "\(sums.underWay) under way", "next due \(sums.nextDue.map(time) ?? "never")", "\(sums.sent) sent",
            "\(sums.failed) failed",
        ]
        if let hold = status.hold {
            pieces.insert("ON HOLD, nothing is sent (dripd adopt-state): \(hold.reason)", at: 0)
        }
        if sums.inDoubt > 0 { pieces.append("\(sums.inDoubt) in doubt") }
        for page in status.pages where page.state != "open" {
            pieces.append("page \(page.page) \(page.state)\(page.reason.map { ": \($0)" } ?? "")")
        }
        if let trouble = status.uploadTroubles.first { pieces.append("upload fails: \(trouble)") }
        if let refused = status.refused { pieces.append("files refused: \(refused)") }
        return pieces.joined(separator: ", ")
    }

    private func time(_ instant: Instant) -> String {
        let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000)
        return date.formatted(
            Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: zone)
                .year().month().day().time(includingFractionalSeconds: false)
        )
    }
}
