/// What becomes of one sequence.
package struct SequencePlan: Codable, Hashable, Sendable {
    package enum Change: String, Codable, Sendable {
        case added
        case changed
        case removed
    }

    package let sequence: String
    package let change: Change
    /// Settings that are others now, as a reader of the files would say it: `quiet: none → 21:30-08:00`.
    package let settings: [String]
    package var steps: [StepPlan]
    /// What deserves a second look before this is adopted.
    package let warnings: [String]
    /// People under way in it.
    package var underWay = 0
    /// What becomes of the next message of those for whom something changes.
    package var effects: [EffectCount] = []

    package init(
        sequence: String,
        change: Change,
        settings: [String],
        steps: [StepPlan],
        warnings: [String]
    ) {
        self.sequence = sequence
        self.change = change
        self.settings = settings
        self.steps = steps
        self.warnings = warnings
    }

    /// People whose next message is another, or comes at another time.
    package var touched: Int { effects.reduce(0) { $0 + $1.people } }
}
