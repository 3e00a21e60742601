package import ControlAPI
package import DripCore
import GRDB

extension Store {
    /// Limits for one part, so that no read takes long and no answer is large.
    private static let partRows = 5000
    private static let partBytes = 256 * 1024

    /// Returns the people that a filter selects, in the order in which they were added.
    /// - Parameter limit: the maximum number of people to return.
    /// - Throws: `PersonError` if the person to continue after is unknown.
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
                case .afterID(let id): id
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
            return PeoplePart(people: people, next: isLast ? nil : .afterID(last))
        }
    }

    static let peopleInOrder = """
        SELECT \(Person.columns), (
            SELECT group_concat(sequence, ' ') FROM enrollment
            WHERE enrollment.person = person.id AND enrollment.ended_at IS NULL) AS under_way
        FROM \(Person.joined) WHERE person.id > ? AND \(Person.firstAddress)
        ORDER BY person.id LIMIT ?
        """
}

extension PersonSummary {
    /// The approximate size in an answer.
    fileprivate var bytes: Int {
        400 + attributes.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
            + (tags + underWay).reduce(0) { $0 + $1.utf8.count }
    }
}

extension Store {
    /// The maximum number of rows that one part of a search reads, so that no read takes long.
    private static let searchRows = 50_000

    /// Returns the people that a search finds, newest first.
    /// - Parameters:
    ///   - before: where the previous part stopped; nil at the beginning.
    ///   - limit: the maximum number of people to return.
    package func people(
        like search: PeopleSearch,
        before: PersonID?,
        limit: Int
    ) async throws -> PeopleFound {
        try await read { db in
            var last = before ?? PersonID(rawValue: .max)
            var found: [PersonID] = []
            var read = 0
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: Self.attributesNewestFirst),
                arguments: [last, Self.searchRows]
            )
            while found.count < limit, let row = try rows.next() {
                read += 1
                last = row[0]
                guard let attributes: String = row[1], search.mayFit(attributes) else { continue }
                if search.fits(try JSONColumn.texts(attributes)) { found.append(last) }
            }
            let isAll = found.count < limit && read < Self.searchRows
            let people = try found.compactMap { id in
                try db.row(Self.personWithSequences, [id]).map { row in
                    PersonSummary(try Person(row: row), underWay: PersonSummary.underWay(row))
                }
            }
            return PeopleFound(people: people, before: isAll ? nil : last)
        }
    }

    static let attributesNewestFirst = """
        SELECT id, attributes FROM person WHERE id < ? ORDER BY id DESC LIMIT ?
        """

    private static let personWithSequences = """
        SELECT \(Person.columns), (
            SELECT group_concat(sequence, ' ') FROM enrollment
            WHERE enrollment.person = person.id AND enrollment.ended_at IS NULL) AS under_way
        FROM \(Person.joined) WHERE person.id = ? AND \(Person.firstAddress)
        """
}
