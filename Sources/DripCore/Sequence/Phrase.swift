/// The text of a message, for comparison. `FoldedText` lists what does not count; neither does punctuation around the
/// text.
package struct Phrase: Hashable, Sendable {
    /// The text as it was written.
    package let text: String
    let folded: FoldedText
    /// The folded bytes without punctuation at the ends.
    let core: ArraySlice<UInt8>

    /// The scalars that are read of a comment. A phrase of a file has at most 200 characters, and a comment of the
    /// platform 8,000.
    package static let longestComment = 8_000

    /// The most scalars of a message that may equal a phrase: 200 characters, each with its marks.
    package static let longestMessage = 1_000

    package init(_ text: String) {
        self.init(text, mostScalars: Self.longestComment)
    }

    /// Creates the phrase of a person's message. A longer message is not read and equals no phrase.
    package init(message text: String) {
        let isLonger =
            text.utf8.count > Self.longestMessage && text.unicodeScalars.dropFirst(Self.longestMessage).first != nil
        self.init(text, isLonger ? .cut : FoldedText(text, mostScalars: Self.longestMessage))
    }

    /// - Parameter mostScalars: a longer text is cut and then equals no other.
    package init(_ text: String, mostScalars: Int) {
        self.init(text, FoldedText(text, mostScalars: mostScalars))
    }

    private init(_ text: String, _ folded: FoldedText) {
        self.text = text
        self.folded = folded
        core = folded.core
    }

    /// Whether the text has visible characters.
    package var isVisible: Bool { !core.isEmpty }

    /// Returns whether the other text contains this one, even within a word.
    func isContained(in other: Phrase) -> Bool {
        keyword.isContained(in: other.folded.bytes)
    }

    /// The bytes to search for. Short texts keep their punctuation: ":D" is not "d".
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

extension ArraySlice<UInt8> {
    /// Returns whether the bytes contain this slice. Knuth-Morris-Pratt stays linear in both, even for repetitive
    /// texts.
    fileprivate func isContained(in bytes: [UInt8]) -> Bool {
        guard !isEmpty, count <= bytes.count else { return false }
        let wanted = Array(self)
        // For each prefix, the length of its longest proper prefix that is also its suffix.
        var borders = [0]
        borders.reserveCapacity(wanted.count)
        var length = 0
        for byte in wanted.dropFirst() {
            while length > 0, wanted[length] != byte { length = borders[length - 1] }
            if wanted[length] == byte { length += 1 }
            borders.append(length)
        }
        length = 0
        for byte in bytes {
            while length > 0, wanted[length] != byte { length = borders[length - 1] }
            if wanted[length] == byte { length += 1 }
            if length == wanted.count { return true }
        }
        return false
    }
}
