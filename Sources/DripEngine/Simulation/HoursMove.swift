package import DripCore
import Foundation

/// How quiet hours and off days moved a step.
package struct HoursMove: Codable, Hashable, Sendable {
    /// When it would be due without them.
    package var from: Instant
    /// What moved it, as the file writes it: `quiet: 21:30-08:00`, `days: mon,tue`.
    package var by: [String]

    /// nil where nothing moved it.
    init?(_ step: Step, in sequence: DripSequence, anchor: Instant, zone: TimeZone) {
        func due(quiet: QuietHours?, days: Weekdays) -> Instant {
            var other = sequence
            other.quiet = quiet
            other.days = days
            return other.due(step, anchor: anchor, zone: zone)
        }
        from = due(quiet: nil, days: .all)
        let byQuiet = due(quiet: sequence.quiet, days: .all)
        let byBoth = sequence.due(step, anchor: anchor, zone: zone)
        guard from != byBoth else { return nil }
        by = []
        if let quiet = sequence.quiet, byQuiet != from { by.append("quiet: \(quiet)") }
        if byBoth != byQuiet { by.append("days: \(sequence.days)") }
    }
}
