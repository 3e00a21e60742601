/// A person's latest time through a sequence.
package struct Round: Hashable, Sendable {
    package let number: Int
    package let anchor: Instant
    package var underWay: Bool
    /// How many rounds of the person's through this sequence began within a day, this one among them.
    package var begunOfDay: Int

    /// So many may. Whoever has more is a program that answers ours with the very words by which the sequence begins: without
    /// an end the two would go on for ever, since answers do not count by `DailyLimit`.
    package static let mostOfDay = 20

    package init(number: Int, anchor: Instant, underWay: Bool, begunOfDay: Int = 1) {
        self.number = number
        self.anchor = anchor
        self.underWay = underWay
        self.begunOfDay = begunOfDay
    }
}
