/// Whom a simulation is about.
package struct SimulatedPerson: Codable, Hashable, Sendable {
    /// The page that they write to, and they themselves: word lists are picked by both. nil: any page of the sequence's.
    package var page: String?
    package var person: String
    package var attributes: [String: String]
    package var tags: [String]
    /// Their own zone, where it is known.
    package var zone: String?

    package init(
        page: String? = nil,
        person: String,
        attributes: [String: String],
        tags: [String] = [],
        zone: String? = nil
    ) {
        self.page = page
        self.person = person
        self.attributes = attributes
        self.tags = tags
        self.zone = zone
    }

    /// Whoever simulates without saying for whom gets this one.
    package static let standard = SimulatedPerson(
        person: "10000001",
        attributes: ["full_name": "Nguyễn Thị Lan", "first_name": "Lan", "last_name": "Nguyễn Thị"]
    )

    /// What to call them.
    package var name: String {
        ["full_name", "first_name", "last_name"].lazy.compactMap { attributes[$0] }.first { !$0.isEmpty } ?? person
    }
}
