package import DripCore

/// People who may be one person. Nothing joins them but an operator.
package struct DuplicateGroup: Codable, Hashable, Sendable {
    package enum Reason: String, Codable, CaseIterable, Sendable {
        case email, phone, name
    }

    /// What the people share.
    package var reason: Reason
    /// The address, number or name, as the first of them has it.
    package var value: String
    /// The number of people. The list has at most `mostListed` of them.
    package var count: Int
    package var people: [DuplicatePerson]

    package static let mostListed = 10

    package init(reason: Reason, value: String, count: Int, people: [DuplicatePerson]) {
        self.reason = reason
        self.value = value
        self.count = count
        self.people = people
    }
}

package struct DuplicatePerson: Codable, Hashable, Sendable {
    /// The person's first address: `channel:account/external-id`.
    package var person: String
    package var name: String?
    package var lastWroteAt: Instant?

    package init(person: String, name: String?, lastWroteAt: Instant?) {
        self.person = person
        self.name = name
        self.lastWroteAt = lastWroteAt
    }
}

package struct DuplicatesAnswer: Codable, Hashable, Sendable {
    /// People who share an e-mail address come first, then a phone number, then a name.
    package var groups: [DuplicateGroup]
    /// The number of groups beyond the limit.
    package var more: Int

    /// The maximum number of groups in one answer.
    package static let mostGroups = 1_000

    package init(groups: [DuplicateGroup] = [], more: Int = 0) {
        self.groups = groups
        self.more = more
    }
}
