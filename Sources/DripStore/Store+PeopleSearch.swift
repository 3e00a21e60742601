package import DripCore
import GRDB

/// People whose name or number somebody looked for, and where the search goes on.
package struct PeopleFound: Codable, Hashable, Sendable {
    /// Who came last is first.
    package var people: [PersonSummary]
    /// Those who came before this person were not looked at yet; nil: all were.
    package var before: PersonID?
}

extension Store {
    /// What one part of a search reads at most, so that a reader is never long at it.
    private static let searchRows = 50_000

    /// The people whom a search finds, the newest first.
    /// - Parameters:
    ///   - before: where the part before stopped; nil at the beginning.
    ///   - limit: at most so many.
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
        FROM person JOIN lane ON lane.id = person.lane WHERE person.id = ?
        """
}
