/// One of the texts of a split test. A step without a test has one.
package struct Variant: Hashable, Sendable {
    package let text: TextTemplate
    /// How often it is taken, against the others' weights; at least 1.
    package let weight: Int

    package init(text: TextTemplate, weight: Int) {
        self.text = text
        self.weight = weight
    }
}
