package import Foundation

/// One sequence file's content, validated: who is enrolled, when, and the steps they get. Immutable.
///
/// (Not called `Sequence`: that name belongs to the standard library.)
package struct DripSequence: Hashable, Sendable {
    /// Identity: the file's name without its ending. Letters, digits, `-`.
    package let id: String
    package var title: String
    package var start: [StartRule]
    package var again = Again.never
    package var stop: [StopRule] = []
    /// How long the sequence waits after somebody of the team wrote in the thread; nil: it does not.
    package var pauseOnHuman: Span? = Self.standardPause
    package var purpose = Purpose.care
    /// The pages that it is for; nil: all.
    package var pages: Set<String>?
    /// nil: the configured zone.
    package var zone: TimeZone?
    package var quiet: QuietHours?
    package var days = Weekdays.all
    package var late = LateRule.standard
    /// The least time between two messages of it to one person; zero: none. Steps that the file itself places closer may
    /// follow each other as closely.
    package var gap = Self.standardGap
    package var onEdit = OnEdit.follow
    package var extend = Extend.active
    package var moved: [Move] = []
    /// In the order of their positions; no two have the same.
    package let steps: [Step]
    /// SHA-256 of the file's bytes, in lower-case hex: names the version that a delivery was made from.
    package let hash: String

    package static let standardPause = Span.hours(24)
    package static let standardGap = Span.hours(1)
    /// A longer time belongs in the steps' `after`.
    package static let longestGap = Span.hours(24)

    package init(id: String, title: String, start: [StartRule], steps: [Step], hash: String) {
        self.id = id
        self.title = title
        self.start = start
        self.steps = steps.sorted { $0.position < $1.position }
        self.hash = hash
    }

    /// The step of that name, or the one that goes by another name now.
    package func step(_ id: String) -> Step? {
        let id = currentName(of: id)
        return steps.first { $0.id == id }
    }

    /// What a step of the ledger is called today. A name may have changed more than once.
    package func currentName(of step: String) -> String {
        var name = step
        for _ in moved {
            guard let move = moved.first(where: { $0.from == name }) else { break }
            name = move.to
        }
        return name
    }

    package func isFor(page: String) -> Bool {
        pages?.contains(page) ?? true
    }
}
