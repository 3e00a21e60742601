/// People for whom a plan does the same.
package struct EffectCount: Codable, Hashable, Sendable {
    package let effect: Effect
    package var people: Int
    /// The earliest moment at which one of them gets something; nil where nothing comes.
    package var first: Instant?

    package init(effect: Effect, people: Int, first: Instant?) {
        self.effect = effect
        self.people = people
        self.first = first
    }
}
