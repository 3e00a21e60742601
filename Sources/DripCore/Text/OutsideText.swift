/// Text that strangers write, cut where it comes in. Whatever is done with it later has a bound then: comparing, hashing and
/// normalising sort the marks of a letter, which is quadratic in their number.
package enum OutsideText {
    /// Marks in a row that are kept. No language needs more. Source: UAX #15, "Stream-Safe Text Format".
    static let mostMarks = 30

    /// Characters of a name that are kept, and the scalars that they may have together: one character may have any number.
    static let longestName = 100
    static let mostNameScalars = 400

    /// The text, or its beginning. A limit that is one above the longest text of use lets a reader see that a text is cut.
    package static func bounded(_ text: String, scalars most: Int) -> String {
        // Of so few bytes nothing is cut: a scalar has one at least, and a mark two.
        if text.utf8.count <= min(most, 2 * mostMarks) { return text }
        var (count, marks, hasRun) = (0, 0, false)
        var end = text.unicodeScalars.startIndex
        while end < text.unicodeScalars.endIndex, count < most {
            marks = text.unicodeScalars[end].isMark ? marks + 1 : 0
            if marks > mostMarks {
                hasRun = true
                break
            }
            count += 1
            text.unicodeScalars.formIndex(after: &end)
        }
        if hasRun { return withoutRuns(text, most) }
        return end == text.unicodeScalars.endIndex ? text : String(text[..<end])
    }

    private static func withoutRuns(_ text: String, _ most: Int) -> String {
        var kept = String.UnicodeScalarView()
        var (count, marks) = (0, 0)
        // What is left out is read, too: a multiple of the limit at most.
        for scalar in text.unicodeScalars.prefix(4 * most) {
            marks = scalar.isMark ? marks + 1 : 0
            if marks > mostMarks { continue }
            guard count < most else { break }
            kept.append(scalar)
            count += 1
        }
        return String(kept)
    }

    /// What somebody is called: without white space at the ends, and cut between two characters.
    package static func name(_ text: String) -> String {
        let name = bounded(text, scalars: 4 * mostNameScalars).trimmed
        if name.utf8.count <= longestName { return name }
        var (count, scalars) = (0, 0)
        let kept = name.prefix { character in
            count += 1
            scalars += character.unicodeScalars.count
            return count <= longestName && scalars <= mostNameScalars
        }
        // One character that is longer than a name may be.
        guard !kept.isEmpty else { return bounded(name, scalars: mostNameScalars) }
        return String(kept).trimmed
    }
}

extension Unicode.Scalar {
    /// Whether normalisation may move it among others of its kind.
    var isMark: Bool {
        guard value >= 0x300 else { return false }
        return properties.canonicalCombiningClass != .notReordered || properties.generalCategory == .nonspacingMark
    }
}
