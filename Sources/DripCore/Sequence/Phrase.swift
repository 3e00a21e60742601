/// What a message says, for comparison: `FoldedText` says what does not count, and neither does punctuation around it.
package struct Phrase: Hashable, Sendable {
    /// As it was written.
    package let text: String
    let folded: FoldedText
    /// Without punctuation at the ends.
    let core: ArraySlice<UInt8>

    /// A phrase of a file has 200 characters at most, and a comment of the platform 8,000.
    private static let mostScalars = 8_000

    /// What is longer is no phrase: 200 characters, each with what may belong to it.
    package static let longestMessage = 1_000

    package init(_ text: String) {
        self.init(text, mostScalars: Self.mostScalars)
    }

    /// - Parameter mostScalars: a longer text is cut, and then equals no other.
    package init(_ text: String, mostScalars: Int) {
        self.text = text
        folded = FoldedText(text, mostScalars: mostScalars)
        core = folded.core
    }

    /// Whether anything of it can be seen.
    package var isVisible: Bool { !core.isEmpty }

    /// Whether the other text has this one in it, be it within a word.
    func isContained(in other: Phrase) -> Bool {
        let wanted = keyword
        guard let first = wanted.first else { return false }
        var rest = other.folded.bytes[...]
        while rest.count >= wanted.count {
            guard let start = rest.firstIndex(of: first) else { return false }
            rest = rest[start...]
            if rest.starts(with: wanted) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    /// Punctuation around a few letters is part of what is looked for: ":D" is not "d".
    private var keyword: ArraySlice<UInt8> {
        core.count < Self.leastCore ? folded.bytes[...] : core
    }

    private static let leastCore = 4

    package static func == (left: Phrase, right: Phrase) -> Bool {
        left.core == right.core && !left.folded.isCut && !right.folded.isCut
    }

    package func hash(into hasher: inout Hasher) {
        core.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}
