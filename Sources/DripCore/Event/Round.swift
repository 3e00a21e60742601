/// A person's latest time through a sequence.
package struct Round: Hashable, Sendable {
    package let number: Int
    package let anchor: Instant
    package let underWay: Bool

    package init(number: Int, anchor: Instant, underWay: Bool) {
        self.number = number
        self.anchor = anchor
        self.underWay = underWay
    }
}
