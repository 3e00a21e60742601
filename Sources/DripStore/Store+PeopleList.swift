package import DripCore
import GRDB

/// Where a look through all people has come to.
package enum PeoplePlace: Hashable, Codable, Sendable {
    case start
    /// Behind this person: an address, or PAGE/ADDRESS.
    case after(String)
    /// As the part before said.
    case behind(PersonID)
}

/// A part of a look through all people.
package struct PeoplePart: Codable, Hashable, Sendable {
    package var people: [PersonSummary]
    /// Where the next part begins; nil: this was the last one. A part may have nobody in it and not be the last.
    package var next: PeoplePlace?
}

extension Store {
    /// What one part reads at most, so that a reader is never long at it, and an answer never large.
    private static let partRows = 5000
    private static let partBytes = 256 * 1024

    /// The people whom a filter lets through, in the order in which they came.
    /// - Parameter limit: at most so many.
    /// - Throws: `PersonError` if the place is behind nobody.
    package func people(
        where filter: PeopleFilter,
        from place: PeoplePlace,
        limit: Int,
        now: Instant
    ) async throws -> PeoplePart {
        try await read { db in
            var last =
                switch place {
                case .start: PersonID(rawValue: 0)
                case .after(let name): try Self.find(name, db).id
                case .behind(let id): id
                }
            var people: [PersonSummary] = []
            var (read, bytes) = (0, 0)
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: Self.peopleInOrder),
                arguments: [last, Self.partRows]
            )
            while people.count < limit, bytes < Self.partBytes, let row = try rows.next() {
                read += 1
                let person = try Person(row: row)
                last = person.id
                let summary = PersonSummary(person, underWay: PersonSummary.underWay(row))
                guard filter.holds(for: person, underWay: summary.underWay, now: now) else { continue }
                people.append(summary)
                bytes += summary.bytes
            }
            let isLast = read < Self.partRows && people.count < limit && bytes < Self.partBytes
            return PeoplePart(people: people, next: isLast ? nil : .behind(last))
        }
    }

    static let peopleInOrder = """
        SELECT \(Person.columns), (
            SELECT group_concat(sequence, ' ') FROM enrollment
            WHERE enrollment.person = person.id AND enrollment.ended_at IS NULL) AS under_way
        FROM person JOIN lane ON lane.id = person.lane
        WHERE person.id > ? ORDER BY person.id LIMIT ?
        """
}

extension PersonSummary {
    /// About as much as it takes in an answer.
    fileprivate var bytes: Int {
        400 + attributes.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
            + (tags + underWay).reduce(0) { $0 + $1.utf8.count }
    }
}
