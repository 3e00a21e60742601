package import Foundation

/// One sequence file's content, validated: who is enrolled, when, and the steps they get. Immutable.
///
/// (Not called `Sequence`: that name belongs to the standard library.)
package struct DripSequence: Hashable, Sendable {
    /// The identity: the file's name without its extension. Letters, digits, `-`.
    package let id: String
    package var title: String
    package var start: [StartRule]
    package var again = ReenrollmentRule.never
    package var stop: [StopRule] = []
    /// How long the sequence waits after a team member wrote in the thread; nil if it does not.
    package var pauseOnHuman: Milliseconds? = Self.standardPause
    package var purpose = Purpose.care
    /// The channels that its steps try, in this order; nil for the one that the person came by, then the configured ones.
    package var via: [ChannelName]?
    /// The pages that it is for; nil for all.
    package var pages: Set<String>?
    /// The sequence's own zone; nil for the configured one.
    package var zone: TimeZone?
    package var quiet: QuietHours?
    package var days = Weekdays.all
    package var late = LateRule.standard
    /// The least time between two of its messages to one person; zero for none. Steps that the file itself places
    /// closer may follow each other as closely.
    package var gap = Self.standardGap
    package var onEdit = OnEdit.follow
    package var extend = Extend.active
    package var moved: [Move] = []
    /// In the order of their positions, which all differ.
    package let steps: [Step]
    /// SHA-256 of the file's bytes, in lower-case hex. Identifies the version that a delivery was made from.
    package let hash: String

    package static let standardPause = Milliseconds.hours(24)
    package static let standardGap = Milliseconds.hours(1)
    /// A longer time belongs in the steps' `after`.
    package static let longestGap = Milliseconds.hours(24)

    package init(id: String, title: String, start: [StartRule], steps: [Step], hash: String) {
        self.id = id
        self.title = title
        self.start = start
        self.steps = steps.sorted { $0.position < $1.position }
        self.hash = hash
    }

    /// Returns the step with this name, or the step that has been renamed from it.
    package func step(_ id: String) -> Step? {
        let id = currentName(of: id)
        return steps.first { $0.id == id }
    }

    /// Returns the current name of a step from a delivery. A step may have been renamed more than once.
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

/// The people who get a step that is appended after the last one.
package enum Extend: String, CaseIterable, Hashable, Sendable {
    case active
    /// People who had finished, too.
    case finished
}

/// The effect of an edit of the file on the people under way.
package enum OnEdit: String, CaseIterable, Hashable, Sendable {
    /// They follow the edited file from where they are.
    case follow
    /// They finish the version that they began with.
    case pin
}

/// One of the texts of a split test. A step without a test has one variant.
package struct Variant: Hashable, Sendable {
    package let text: TextTemplate
    /// How often it is chosen, relative to the other weights; at least 1.
    package let weight: Int

    package init(text: TextTemplate, weight: Int) {
        self.text = text
        self.weight = weight
    }
}
