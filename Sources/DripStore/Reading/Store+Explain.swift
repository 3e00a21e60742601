package import ControlAPI
package import DripCore
import Foundation
import GRDB

extension Store {
    /// Returns all messages that were sent or not sent to a person, and all that will follow if they do nothing more,
    /// in one read.
    /// - Parameter name: as in `person(_:)`.
    /// - Throws: `PersonError`.
    package func explain(_ name: String, now: Instant) async throws -> Explanation {
        let catalog = catalog
        return try await read { db in
            let person = try Self.find(name, db)
            let rows = try db.rows(
                "SELECT * FROM enrollment WHERE person = ? ORDER BY anchor, id",
                [person.id]
            )
            let details = try rows.map { try EnrollmentDetail(row: $0, db, catalog) }
            let forecasts = try Self.forecasts(rows, details, of: person, catalog, db, now: now)
            let explained = zip(rows, details).map { row, detail in
                EnrollmentExplanation(
                    enrollment: detail,
                    zone: (catalog[detail.sequence].map { catalog.zone(for: person.zone, in: $0) } ?? catalog.zone)
                        .identifier,
                    pinnedTo: row["version"],
                    forecast: forecasts[row["id"]]
                )
            }
            return Explanation(
                now: now,
                person: PersonSummary(
                    person,
                    underWay: explained.map(\.enrollment).filter { $0.endedAt == nil }.map(\.sequence)
                ),
                zone: (person.zone ?? catalog.zone).identifier,
                pageTrouble: nil,
                enrollments: explained
            )
        }
    }

    /// Returns the forecasts of the enrollments that have a job.
    private static func forecasts(
        _ rows: [Row],
        _ details: [EnrollmentDetail],
        of person: Person,
        _ catalog: Catalog,
        _ db: Database,
        now: Instant
    ) throws -> [EnrollmentID: Forecast] {
        var pendingEnrollments: [PendingEnrollment] = []
        for (row, detail) in zip(rows, details) {
            let pending = try db.row(
                """
                SELECT \(Job.columns), job.claimed_at FROM \(Job.joined)
                WHERE job.enrollment = ? AND enrollment.ended_at IS NULL
                """,
                [row["id"] as EnrollmentID]
            )
            guard let pending else { continue }
            let claimedAt: Instant? = pending["claimed_at"]
            pendingEnrollments.append(
                PendingEnrollment(
                    job: try Job(row: pending),
                    due: pending["due"],
                    cause: detail.cause,
                    over: Set(detail.deliveries.map(\.step)),
                    isSending: claimedAt != nil,
                    ways: try db.ways(of: person.id, for: try Job(row: pending))
                )
            )
        }
        let messages = try db.messagesOfDay(of: person.id, but: nil, now: now)
        let forecasts = catalog.forecasts(of: pendingEnrollments, after: messages, now: now)
        return Dictionary(zip(pendingEnrollments.map(\.job.enrollment.id), forecasts)) { first, _ in first }
    }
}
