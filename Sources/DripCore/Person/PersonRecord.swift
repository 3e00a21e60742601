/// What a file of an operator's says of a person.
package struct PersonRecord: Hashable, Sendable {
    package static let mostAttributes = 50

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
