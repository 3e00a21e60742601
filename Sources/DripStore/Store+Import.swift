package import DripCore
import GRDB

/// What taking people from a file did, or would do.
package struct ImportReport: Codable, Hashable, Sendable {
    package var people = 0
    /// Who was unknown.
    package var added = 0
    /// Of those who were known, who is known better now.
    package var changed = 0
    /// Tags that were new to people.
    package var tagged = 0
    /// Enrollments that a tag, the wish to get no more, or a sequence that was begun ended.
    package var ended = 0
    /// People who get nothing more from now on.
    package var stopped = 0
    /// People to whom nothing is sent until an operator decides, from now on.
    package var paused = 0
    package var enrolled = 0
    /// Of those who were enrolled, whose standard window is closed.
    package var windowClosed = 0
    /// Who has been through the sequence, is under way in it, gets nothing more, or is of a page that it is not for.
    package var notEnrolled = 0
    /// Who was erased at their request, and so was not taken: they come back by writing, and in no other way.
    package var forgotten = 0

    package static func + (left: ImportReport, right: ImportReport) -> ImportReport {
        var sum = left
        sum.people += right.people
        sum.added += right.added
        sum.changed += right.changed
        sum.tagged += right.tagged
        sum.ended += right.ended
        sum.stopped += right.stopped
        sum.paused += right.paused
        sum.enrolled += right.enrolled
        sum.windowClosed += right.windowClosed
        sum.notEnrolled += right.notEnrolled
        sum.forgotten += right.forgotten
        return sum
    }

    package init() {}
}

extension Store {
    /// Takes people from a file, a slice at a time. Done once more, it changes nothing more: where the disk fails half-way, the
    /// same call takes the rest.
    /// - Parameters:
    ///   - people: each with the lane of their page.
    ///   - sequence: enrols those in it who never were; nil: nobody is enrolled, whatever tags they get.
    ///   - isTrial: changes nothing, and tells what would be.
    /// - Throws: `PersonError.unknownSequence`.
    package func take(
        _ people: [(record: PersonRecord, lane: LaneID)],
        enrollingIn sequence: String?,
        isTrial: Bool,
        now: Instant
    ) async throws -> ImportReport {
        var report = ImportReport()
        for slice in people.slices(of: WriteSlices.importedPeople) {
            report = report + (try await take(slice: slice, enrollingIn: sequence, isTrial: isTrial, now: now))
        }
        return report
    }

    private func take(
        slice people: [(record: PersonRecord, lane: LaneID)],
        enrollingIn sequence: String?,
        isTrial: Bool,
        now: Instant
    ) async throws -> ImportReport {
        try await write(as: "import") { [self] db in
            let catalog = catalog
            let sequence = try sequence.map { id in
                guard let sequence = catalog[id] else { throw PersonError.unknownSequence(id) }
                return sequence
            }
            if let sequence { AuditedRequest.current?.concerns(sequence: sequence.id) }
            AuditedRequest.current?.concerns(people: people.count)
            var report = ImportReport()
            try db.inSavepoint {
                report = try IntakeTransaction.Shared.during(db, now: now) { shared in
                    var taking = try ImportTransaction(
                        intake: IntakeTransaction(
                            db: db,
                            instance: instance,
                            catalog: catalog,
                            now: now,
                            shared: shared
                        ),
                        sequence: sequence
                    )
                    for (record, lane) in people { try taking.take(record, lane) }
                    return try taking.end()
                }
                return isTrial ? .rollback : .commit
            }
            if !isTrial, report.stopped > 0 { try fence.noteStop(db, now: now) }
            AuditedRequest.current?.changes(
                to: "\(report.added) new, \(report.enrolled) enrolled, \(report.stopped) stopped"
            )
            return report
        }
    }
}
