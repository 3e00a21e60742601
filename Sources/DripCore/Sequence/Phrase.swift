/// What a message says, for comparison: `FoldedText` says what does not count, and neither does punctuation around it.
package struct Phrase: Hashable, Sendable {
    /// As it was written.
    package let text: String
    let folded: FoldedText
    /// Without punctuation at the ends.
    let core: ArraySlice<UInt8>

    /// A phrase of a file has 200 characters at most, and a comment of the platform 8,000.
    package static let longestComment = 8_000

    /// What is longer is no phrase: 200 characters, each with what may belong to it.
    package static let longestMessage = 1_000

    package init(_ text: String) {
        self.init(text, mostScalars: Self.longestComment)
    }

    /// A person's message. A longer one is not even looked at: it equals no phrase.
    package init(message text: String) {
        let isLonger =
            text.utf8.count > Self.longestMessage && text.unicodeScalars.dropFirst(Self.longestMessage).first != nil
        self.init(text, isLonger ? .cut : FoldedText(text, mostScalars: Self.longestMessage))
    }

    /// - Parameter mostScalars: a longer text is cut, and then equals no other.
    package init(_ text: String, mostScalars: Int) {
        self.init(text, FoldedText(text, mostScalars: mostScalars))
    }

    private init(_ text: String, _ folded: FoldedText) {
        self.text = text
        self.folded = folded
        core = folded.core
    }

    /// Whether anything of it can be seen.
    package var isVisible: Bool { !core.isEmpty }

    /// Whether the other text has this one in it, be it within a word.
    func isContained(in other: Phrase) -> Bool {
        keyword.isContained(in: other.folded.bytes)
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

extension ArraySlice<UInt8> {
    /// Whether the bytes have these in them, in a time that is linear in both: what is repeated over and over in both costs no
    /// more. The search of Knuth, Morris and Pratt.
    fileprivate func isContained(in bytes: [UInt8]) -> Bool {
        guard !isEmpty, count <= bytes.count else { return false }
        let wanted = Array(self)
        // Of each beginning, how long the longest shorter beginning is with which it ends.
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
