/// An exact length of time in milliseconds; negative when it points back. (Swift's own `Duration` counts attoseconds in
/// 128 bits; everything here is stored and compared as whole milliseconds.) Longer ones than the type holds are its limit.
package struct Span: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static let zero = Span(milliseconds: 0)

    package static func seconds(_ count: Int64) -> Span { Span(milliseconds: count.times(1000)) }
    package static func minutes(_ count: Int64) -> Span { Span(milliseconds: count.times(60_000)) }
    package static func hours(_ count: Int64) -> Span { Span(milliseconds: count.times(3_600_000)) }
    package static func days(_ count: Int64) -> Span { Span(milliseconds: count.times(86_400_000)) }

    package static func < (left: Span, right: Span) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension Span: Codable {
    /// What another program tells; a longer one is a mistake.
    private static let longestTold = Span.days(366 * 100)

    private enum CodingKeys: CodingKey {
        case milliseconds
    }

    /// - Throws: `DecodingError` where it is longer than a hundred years, in either direction.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        milliseconds = try values.decode(Int64.self, forKey: .milliseconds)
        guard milliseconds.magnitude <= Self.longestTold.milliseconds.magnitude else {
            throw DecodingError.dataCorruptedError(
                forKey: .milliseconds,
                in: values,
                debugDescription: "a length of time is a hundred years at most"
            )
        }
    }
}

extension Span: CustomStringConvertible {
    /// In the largest unit that makes it a whole number: `36 h`, `2 days`, `90 min`.
    package var description: String {
        let units: [(String, Int64)] = [("day", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)]
        for (unit, length) in units where milliseconds != 0 && milliseconds % length == 0 {
            let count = milliseconds / length
            return "\(count) \(unit)" + (unit == "day" && count != 1 ? "s" : "")
        }
        return milliseconds == 0 ? "0 s" : "\(milliseconds) ms"
    }
}
