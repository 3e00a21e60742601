/// Who gets a step. Looked at when the step is due.
package enum Condition: Hashable, Sendable {
    case tag(String)
    case notTag(String)
    /// An attribute of the person that is not blank: `phone`, `email`.
    case has(String)
    /// Whether the person wrote after they were enrolled.
    case replied(Bool)

    package func holds(for person: Person, since anchor: Instant) -> Bool {
        switch self {
        case .tag(let tag): person.tags.contains(tag)
        case .notTag(let tag): !person.tags.contains(tag)
        case .has(let name): !(person.attributes[name] ?? "").trimmed.isEmpty
        case .replied(let expected): (person.lastWroteAt.map { $0 > anchor } ?? false) == expected
        }
    }
}

extension Condition: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tag(let tag): "tag: \(tag)"
        case .notTag(let tag): "not_tag: \(tag)"
        case .has(let name): "has: \(name)"
        case .replied(let expected): "replied: \(expected)"
        }
    }
}
