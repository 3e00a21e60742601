/// What becomes of one step.
package struct StepPlan: Codable, Hashable, Sendable {
    package enum Change: String, Codable, Sendable {
        case added
        case removed
        /// Another time.
        case moved
        /// Another name, by `moved`.
        case renamed
        /// Another content.
        case changed
    }

    package let step: String
    package let changes: [Change]
    /// Its time before, as the file says it; nil for one that is added.
    package let before: String?
    package let after: String?
    /// The name that it had.
    package let renamedFrom: String?
    /// What of its content is another: `text`, `buttons`, …
    package let content: [String]
    /// People under way who get it and would not have.
    package var gain = 0
    /// People under way who would have got it and do not any more.
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
