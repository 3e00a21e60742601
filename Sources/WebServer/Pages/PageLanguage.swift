import DripCore

/// The language of a page. `PageTexts` has the texts.
package enum PageLanguage: String, CaseIterable, Sendable {
    case vietnamese = "vi"
    case english = "en"

    /// The most languages that are read of an `Accept-Language` header. Browsers send up to ten.
    private static let mostRanges = 20

    /// Chooses the person's language, otherwise the browser's, otherwise Vietnamese.
    /// - Parameters:
    ///   - locale: the person's attribute `locale`: `vi_VN`, `en-US`.
    ///   - acceptLanguage: the header of the request.
    package init(locale: String? = nil, acceptLanguage: String? = nil) {
        self = locale.flatMap { Self(tag: $0[...]) } ?? acceptLanguage.flatMap(Self.init(accepted:)) ?? .vietnamese
    }

    /// Reads the main language of a tag such as `en-GB`; nil if no page is in it.
    private init?(tag: Substring) {
        let main = tag.prefix { $0 != "-" && $0 != "_" }
        self.init(rawValue: main.lowercased().trimmed)
    }

    /// Returns the language with the highest weight; of equal ones the first. Source: RFC 9110, section 12.5.4.
    private init?(accepted header: String) {
        var best: (language: PageLanguage, weight: Double)?
        for range in header.split(separator: ",", maxSplits: Self.mostRanges).prefix(Self.mostRanges) {
            let parts = range.split(separator: ";")
            guard let tag = parts.first, let language = PageLanguage(tag: tag) else { continue }
            let weight = Self.weight(parts.dropFirst())
            if weight > best?.weight ?? 0 { best = (language, weight) }
        }
        guard let best else { return nil }
        self = best.language
    }

    /// Returns the weight of a range; 0, which excludes it, if the weight is not a number.
    private static func weight(_ parameters: ArraySlice<Substring>) -> Double {
        for parameter in parameters {
            let parameter = String(parameter).trimmed.lowercased()
            if parameter.hasPrefix("q=") { return Double(parameter.dropFirst(2)) ?? 0 }
        }
        return 1
    }
}
