/// An exact length of time in milliseconds; negative when it points back. (Swift's own `Duration` counts attoseconds in
/// 128 bits; everything here is stored and compared as whole milliseconds.)
package struct Span: Hashable, Comparable, Codable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static let zero = Span(milliseconds: 0)

    package static func seconds(_ count: Int64) -> Span { Span(milliseconds: count * 1000) }
    package static func minutes(_ count: Int64) -> Span { Span(milliseconds: count * 60_000) }
    package static func hours(_ count: Int64) -> Span { Span(milliseconds: count * 3_600_000) }
    package static func days(_ count: Int64) -> Span { Span(milliseconds: count * 86_400_000) }

    package static func < (left: Span, right: Span) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
