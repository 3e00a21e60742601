import DripCore
import Foundation

/// Parses lengths of time: `15 min`, `1 day`, `2 tuần`.
enum OffsetParser {
    /// Singular and plural are accepted with any number, because the meaning is clear.
    private static let words: [(unit: Offset.Unit, words: [String])] = [
        (.second, ["s", "sec", "secs", "second", "seconds", "giây"]),
        (.minute, ["min", "mins", "minute", "minutes", "phút"]),
        (.hour, ["h", "hour", "hours", "giờ"]),
        (.day, ["day", "days", "ngày"]),
        (.week, ["week", "weeks", "tuần"]),
        (.month, ["month", "months", "tháng"]),
    ]

    /// The notation as an ECMAScript regular expression. A JSON Schema cannot ignore case, so the pattern has both cases of each
    /// letter, and both Unicode forms of accented letters.
    static let pattern: String = {
        let spelt = words.flatMap(\.words).flatMap { word in
            // The two forms are equal to Swift, but not to a regular expression.
            let (short, long) = (word.precomposedStringWithCanonicalMapping, word.decomposedStringWithCanonicalMapping)
            return short.utf8.count == long.utf8.count ? [short] : [short, long]
        }
        let anyCase = spelt.map { word in
            word.map { $0.isLetter && $0.lowercased() != $0.uppercased() ? cases(of: $0) : String($0) }.joined()
        }
        return "^\\s*[0-9]{1,9}\\s*(\(anyCase.joined(separator: "|")))\\s*$"
    }()

    /// Returns a pattern for both cases of a letter: `m` → `[mM]`; a letter of several scalars → `(u|U)` with its marks.
    private static func cases(of letter: Character) -> String {
        let (lower, upper) = (letter.lowercased(), letter.uppercased())
        return letter.unicodeScalars.count == 1 ? "[\(lower)\(upper)]" : "(\(lower)|\(upper))"
    }

    private static let units = "the units are s, min, h, day, week, month"

    static func parse(_ text: String) throws(ParseError) -> Offset {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let word = String(text.dropFirst(digits.count)).trimmed
        if text.hasPrefix("-") || text.hasPrefix("−") { throw ParseError("'\(text)' is negative") }
        guard !digits.isEmpty else {
            throw ParseError(
                "'\(text)' is not a length of time: write a number and a unit, such as '15 min' or '1 day'"
            )
        }
        guard !word.isEmpty else { throw ParseError("'\(text)' has no unit: \(units)") }
        if word.hasPrefix(".") || word.hasPrefix(",") { throw fraction(text) }
        guard !word.contains(where: \.isNumber) else {
            throw ParseError("'\(text)' has more than one number: write one number and one unit, such as '90 min'")
        }
        guard let unit = unit(word) else {
            let nearest = Spelling.nearest(to: word, of: words.flatMap(\.words))
            throw ParseError(
                "unknown unit '\(word)' in '\(text)'" + (nearest == nil ? ": \(units)" : ""),
                suggestion: nearest
            )
        }
        // More than nine digits exceed the longest offset in any unit, and could overflow an integer.
        guard digits.count <= 9, let count = Int(digits),
            Offset(count, unit).nominal <= Offset.longest.nominal
        else { throw ParseError("'\(text)' is longer than ten years, the maximum") }
        return Offset(count, unit)
    }

    private static func unit(_ word: String) -> Offset.Unit? {
        // String compares by canonical equivalence: 'phút' is found in either of Unicode's forms.
        words.first { $0.words.contains(word.lowercased()) }?.unit
    }

    /// Returns the error for a fraction. Suggests a smaller unit if that makes the number whole: `1.5 h` → `90 min`.
    private static func fraction(_ text: String) -> ParseError {
        let number = text.prefix { $0.isNumber || $0 == "." || $0 == "," }
        let word = String(text.dropFirst(number.count)).trimmed
        let smaller: [Offset.Unit: (unit: Offset.Unit, factor: Double)] = [
            .minute: (.second, 60), .hour: (.minute, 60), .day: (.hour, 24), .week: (.day, 7),
        ]
        var suggestion: String?
        if let unit = unit(word), let step = smaller[unit],
            let value = Double(number.replacing(",", with: ".")),
            (value * step.factor).rounded() == value * step.factor,
            value * step.factor < 1e6
        {
            suggestion = Offset(Int(value * step.factor), step.unit).description
        }
        return ParseError("'\(text)' has a fraction: write a whole number", suggestion: suggestion)
    }
}
