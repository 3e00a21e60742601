import DripCore

/// HTML. Interpolated text is escaped; interpolated markup is inserted as it is. A page is built from nothing else, so no
/// value can reach it unescaped.
struct Markup: ExpressibleByStringInterpolation, Hashable, Sendable {
    let html: String

    init(stringLiteral html: String) {
        self.html = html
    }

    init(stringInterpolation: StringInterpolation) {
        html = stringInterpolation.html
    }

    private init(html: String) {
        self.html = html
    }

    /// Joins the parts that are there, one below the other.
    static func lines(_ parts: [Markup?]) -> Markup {
        Markup(html: parts.compactMap { $0?.html }.joined(separator: "\n"))
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var html = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            html.reserveCapacity(literalCapacity + 32 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) {
            html += literal
        }

        /// Line breaks and directional overrides are removed: a name could otherwise turn the text around it.
        mutating func appendInterpolation(_ text: String) {
            html += OutsideText.singleLine(text).escapedForMarkup
        }

        mutating func appendInterpolation(_ markup: Markup) {
            html += markup.html
        }
    }
}
