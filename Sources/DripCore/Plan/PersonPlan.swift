/// What a plan does to one person, for the list of them.
package struct PersonPlan: Codable, Hashable, Sendable {
    package let page: String
    package let person: String
    package let sequence: String
    package let effect: Effect
    /// The message that comes next, and when it is due; nil where none does.
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
