/// The effects that adopting a set of files would have on the people under way.
package struct Plan: Codable, Hashable, Sendable {
    /// Identifies the change, so that `dripd apply --plan` applies this one and no other.
    package let hash: String
    /// The sequences that change, by name.
    package let sequences: [SequencePlan]
    /// The messages sent within 24 hours because of this, by page: those of people in their window, and of steps that
    /// need no window.
    package let messages: [PageMessages]

    package init(hash: String, sequences: [SequencePlan], messages: [PageMessages]) {
        self.hash = hash
        self.sequences = sequences
        self.messages = messages
    }

    package var isEmpty: Bool { sequences.isEmpty }

    /// The number of messages due at the moment of the adoption.
    package var atOnce: Int { messages.reduce(0) { $0 + $1.atOnce } }
}

/// The effects of a plan on one sequence.
package struct SequencePlan: Codable, Hashable, Sendable {
    package enum Change: String, Codable, Sendable {
        case added
        case changed
        case removed
    }

    package let sequence: String
    package let change: Change
    /// The settings that change, in the words of the file: `quiet: none → 21:30-08:00`.
    package let settings: [String]
    package var steps: [StepPlan]
    /// Points to check before this is adopted.
    package let warnings: [String]
    /// The number of people under way in it.
    package var underWay = 0
    /// The effects on the next messages of the people for whom something changes.
    package var effects: [EffectCount] = []
    /// The steps that the people under way would get if none of them wrote again, in the order of the file.
    package var reach: [StepReach] = []
    /// The number of people whom `reach` counts: all who are under way, or as many as `PlanTally.mostForeseen`.
    package var foreseen = 0

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

    /// The number of people whose next message, or its time, changes.
    package var touched: Int { effects.reduce(0) { $0 + $1.people } }
}

/// The change of one step.
package struct StepPlan: Codable, Hashable, Sendable {
    package enum Change: String, Codable, Sendable {
        case added
        case removed
        /// Its time changes.
        case moved
        /// Its name changes, by `moved`.
        case renamed
        /// Its content changes.
        case changed
    }

    package let step: String
    package let changes: [Change]
    /// Its time before the change, as the file writes it; nil for an added step.
    package let before: String?
    package let after: String?
    /// Its previous name.
    package let renamedFrom: String?
    /// The parts of its content that change: `text`, `buttons`, …
    package let content: [String]
    /// The number of people under way who get it only because of the change.
    package var gain = 0
    /// The number of people under way who no longer get it.
    package var lose = 0

    package init(
        step: String,
        changes: [Change],
        before: String?,
        after: String?,
        renamedFrom: String?,
        content: [String]
    ) {
        self.step = step
        self.changes = changes
        self.before = before
        self.after = after
        self.renamedFrom = renamedFrom
        self.content = content
    }
}

/// The effect of a plan on one person, for the list of people.
package struct PersonPlan: Codable, Hashable, Sendable {
    package let page: String
    package let person: String
    package let sequence: String
    package let effect: Effect
    /// The next message and its due time, before and after the change; nil if there is none.
    package let stepBefore: String?
    package let dueBefore: Instant?
    package let stepAfter: String?
    package let dueAfter: Instant?

    package init(
        page: String,
        person: String,
        sequence: String,
        effect: Effect,
        stepBefore: String?,
        dueBefore: Instant?,
        stepAfter: String?,
        dueAfter: Instant?
    ) {
        self.page = page
        self.person = person
        self.sequence = sequence
        self.effect = effect
        self.stepBefore = stepBefore
        self.dueBefore = dueBefore
        self.stepAfter = stepAfter
        self.dueAfter = dueAfter
    }
}
