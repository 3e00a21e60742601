package import DripCore
import Foundation
import GRDB

extension Store {
    /// All that was sent to a person and not sent, and all that is to come if they do nothing more, in one read.
    /// - Parameter name: a person's address, or PAGE/ADDRESS.
    /// - Throws: `PersonError`.
    package func explain(_ name: String, now: Instant) async throws -> Explanation {
        let catalog = catalog
        return try await read { db in
            let person = try Self.find(name, db)
            let rows = try db.rows(
                "SELECT * FROM enrollment WHERE person = ? ORDER BY anchor, id",
                [person.id]
            )
            let ways = try rows.map { row in
                let detail = try EnrollmentDetail(row: row, db)
                return Explanation.Way(
                    enrollment: detail,
                    zone: (catalog[detail.sequence].map { catalog.zone(for: person.zone, in: $0) } ?? catalog.zone)
                        .identifier,
                    pinnedTo: row["version"],
                    forecast: try Self.forecast(row["id"], detail, catalog, db, now: now)
                )
            }
            return Explanation(
                now: now,
                person: PersonSummary(
                    person,
                    underWay: ways.map(\.enrollment).filter { $0.endedAt == nil }.map(\.sequence)
                ),
                zone: (person.zone ?? catalog.zone).identifier,
                pageTrouble: nil,
                ways: ways
            )
        }
    }

    /// nil where nothing is pending.
    private static func forecast(
        _ enrollment: EnrollmentID,
        _ detail: EnrollmentDetail,
        _ catalog: Catalog,
        _ db: Database,
        now: Instant
    ) throws -> Forecast? {
        let row = try db.row(
            """
            SELECT \(Job.columns), job.claimed_at FROM \(Job.joined)
            WHERE job.enrollment = ? AND enrollment.ended_at IS NULL
            """,
            [enrollment]
        )
        return try row.map { row in
            let claimedAt: Instant? = row["claimed_at"]
            return catalog.forecast(
                try Job(row: row),
                due: row["due"],
                over: Set(detail.deliveries.map(\.step)),
                isSending: claimedAt != nil,
                now: now
            )
        }
    }
}
