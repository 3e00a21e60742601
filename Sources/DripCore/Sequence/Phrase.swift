/// What a message says, for comparison: case, the form in which its accents are written, and the white space around it
/// do not count.
package struct Phrase: Hashable, Sendable {
    /// As it was written.
    package let text: String
    private let folded: String

    package init(_ text: String) {
        self.text = text
        folded = text.trimmed.lowercased()
    }

    func isContained(in other: Phrase) -> Bool {
        other.folded.contains(folded)
    }

    /// Swift compares text by canonical equivalence, so both of Unicode's forms of an accent are equal.
    package static func == (left: Phrase, right: Phrase) -> Bool {
        left.folded == right.folded
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(folded)
    }
}
