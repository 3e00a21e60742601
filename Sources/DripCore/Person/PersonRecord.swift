/// What a file of an operator's says of a person.
package struct PersonRecord: Hashable, Sendable {
    package static let mostAttributes = 50
    /// Scalars of an attribute's value.
    package static let longestAttribute = 1_000
    /// Scalars of an attribute's name, and of a tag.
    package static let longestName = 64
    /// Bytes of an address, and of a page's.
    private static let longestAddress = 1_000

    /// Where it stands in the file.
    package let line: Int
    /// nil: the only page that there is.
    package var page: String?
    package var address: String
    package var attributes: [String: String] = [:]
    package var tags: [String] = []
    /// A name of the tz database.
    package var zone: String?
    package var firstMessageAt: Instant?
    package var lastMessageAt: Instant?
    package var stoppedAt: Instant?
    /// Since when an operator is to decide whether they want messages.
    package var pausedAt: Instant?

    package init(line: Int, page: String?, address: String) {
        self.line = line
        self.page = page
        self.address = address
    }
}

extension PersonRecord {
    /// Why nobody can be kept like this; nil where nothing is wrong. A file's reader says it with its line: this is for
    /// whatever else writes orders.
    package var flaw: String? {
        if attributes.count > Self.mostAttributes { return "somebody has more than \(Self.mostAttributes) attributes" }
        if attributes.keys.contains(where: { $0.unicodeScalars.count > Self.longestName }) {
            return "an attribute's name has more than \(Self.longestName) characters"
        }
        if attributes.values.contains(where: { $0.unicodeScalars.count > Self.longestAttribute }) {
            return "an attribute has more than \(Self.longestAttribute) characters"
        }
        if !tags.allSatisfy(Self.isTag) { return "a tag has from 1 to \(Self.longestName) characters" }
        if max(address.utf8.count, page?.utf8.count ?? 0) > Self.longestAddress {
            return "an address has more than \(Self.longestAddress) bytes"
        }
        let times = [firstMessageAt, lastMessageAt, stoppedAt].compactMap(\.self)
        return times.allSatisfy(\.isTold) ? nil : "a time is not within the years 1 to 9999"
    }

    /// Whether a tag has a length that one may have.
    package static func isTag(_ text: String) -> Bool {
        (1...longestName).contains(text.unicodeScalars.count)
    }
}
