/// Text from outside, cut at intake so that all later work is bounded: comparing, hashing and normalising sort the
/// marks of a letter, which is quadratic in their number.
package enum OutsideText {
    /// The most marks kept in a row. No language needs more. Source: UAX #15, "Stream-Safe Text Format".
    static let mostMarks = 30

    /// The most characters of a name, and the most scalars in them: one character may have any number.
    static let longestName = 100
    static let mostNameScalars = 400

    /// Returns the text, or its beginning. With a limit that is one above the longest useful text, a reader can see
    /// that a text was cut.
    package static func bounded(_ text: String, scalars most: Int) -> String {
        // So few bytes are never cut: a scalar has at least one byte, and a mark two.
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
        // Marks that are left out are read, too, so the reading needs its own bound.
        for scalar in text.unicodeScalars.prefix(4 * most) {
            marks = scalar.isMark ? marks + 1 : 0
            if marks > mostMarks { continue }
            guard count < most else { break }
            kept.append(scalar)
            count += 1
        }
        return String(kept)
    }

    /// Returns a person's name without white space at the ends, cut between two characters. Control characters become
    /// spaces, and directional overrides and isolates are dropped: a name is sent, stored and printed.
    package static func name(_ text: String) -> String {
        let name = singleLine(bounded(text, scalars: 4 * mostNameScalars)).trimmed
        if name.utf8.count <= longestName { return name }
        var (count, scalars) = (0, 0)
        let kept = name.prefix { character in
            count += 1
            scalars += character.unicodeScalars.count
            return count <= longestName && scalars <= mostNameScalars
        }
        // A single character may be longer than a name may be.
        guard !kept.isEmpty else { return bounded(name, scalars: mostNameScalars) }
        return String(kept).trimmed
    }

    /// Returns the text on one line, which changes the direction of no text after it: control characters become spaces,
    /// and directional overrides and isolates are dropped.
    package static func singleLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.isControl || $0.isDirectional }) else { return text }
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !scalar.isDirectional { kept.append(scalar.isControl ? " " : scalar) }
        return String(kept)
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }

    /// Whether it changes the direction of the text after it: an override, an embedding or an isolate.
    fileprivate var isDirectional: Bool { (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value) }

    /// Whether it is a mark, which normalisation may reorder among others.
    var isMark: Bool {
        guard value >= 0x300 else { return false }
        return properties.canonicalCombiningClass != .notReordered || properties.generalCategory == .nonspacingMark
    }
}

extension Sequence<UInt8> {
    /// Two lower-case hexadecimal digits for each byte.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension String {
    /// The text escaped for HTML and XML, as content or in a quoted attribute.
    ///
    /// It goes by scalars: a quote and a mark after it are one `Character`, which is not equal to a quote.
    package var escapedForMarkup: String {
        var escaped = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// The text without the white space at both ends.
    package var trimmed: String {
        // Most texts need no trimming, and iterating over characters is slow.
        if let first = unicodeScalars.first, let last = unicodeScalars.last, !first.properties.isWhitespace,
            !last.properties.isWhitespace
        {
            return self
        }
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
