package import Foundation

/// One sequence file's content, validated: who is enrolled, when, and the steps they get. Immutable.
///
/// (Not called `Sequence`: that name belongs to the standard library.)
package struct DripSequence: Hashable, Sendable {
    /// Identity: the file's name without its ending. Letters, digits, `-`.
    package let id: String
    package let title: String
    package let start: [StartRule]
    package let again: Again
    /// nil: the configured zone.
    package let zone: TimeZone?
    package let quiet: QuietHours?
    package let days: Weekdays
    package let late: LateRule
    /// In the order of their offsets; no two have the same.
    package let steps: [Step]
    /// SHA-256 of the file's bytes, in lower-case hex: names the version that a delivery was made from.
    package let hash: String

    package init(
        id: String,
        title: String,
        start: [StartRule],
        again: Again,
        zone: TimeZone?,
        quiet: QuietHours?,
        days: Weekdays,
        late: LateRule,
        steps: [Step],
        hash: String
    ) {
        self.id = id
        self.title = title
        self.start = start
        self.again = again
        self.zone = zone
        self.quiet = quiet
        self.days = days
        self.late = late
        self.steps = steps.sorted { $0.after.nominal < $1.after.nominal }
        self.hash = hash
    }

    package func step(_ id: String) -> Step? {
        steps.first { $0.id == id }
    }
}
