package import DripCore
import Foundation
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
    /// Enrollments that a tag, or the wish to get no more, ended.
    package var ended = 0
    /// People who get nothing more from now on.
    package var stopped = 0
    package var enrolled = 0
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
        sum.enrolled += right.enrolled
        sum.notEnrolled += right.notEnrolled
        sum.forgotten += right.forgotten
        return sum
    }

    package init() {}
}

extension Store {
    /// Takes people from a file: all of them or, where something fails, none. Done once more, it changes nothing more.
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
        try await write { [self] db in
            let catalog = catalog
            let sequence = try sequence.map { id in
                guard let sequence = catalog[id] else { throw PersonError.unknownSequence(id) }
                return sequence
            }
            var report = ImportReport()
            try db.inSavepoint {
                var taking = ImportTransaction(
                    intake: IntakeTransaction(db: db, instance: instance, catalog: catalog, now: now),
                    sequence: sequence
                )
                for (record, lane) in people where try !taking.isForgotten(record, lane) {
                    try taking.take(record, lane)
                }
                report = taking.report
                return isTrial ? .rollback : .commit
            }
            return report
        }
    }
}

private struct ImportTransaction {
    var intake: IntakeTransaction
    let sequence: DripSequence?
    var report = ImportReport()

    /// Whether somebody is unknown because they wanted to be.
    mutating func isForgotten(_ record: PersonRecord, _ lane: LaneID) throws -> Bool {
        guard try find(record, lane) == nil,
            let page: String = try intake.db.row("SELECT page FROM lane WHERE id = ?", [lane])?["page"],
            try Forgotten(page: page, address: record.address, intake.db, intake.instance) != nil
        else { return false }
        report.people += 1
        report.forgotten += 1
        return true
    }

    mutating func take(_ record: PersonRecord, _ lane: LaneID) throws {
        let (db, now) = (intake.db, intake.now)
        report.people += 1
        // Whoever gets no message now need not be asked for at the platform before they write: 0 is long ago.
        try db.run(
            """
            INSERT INTO person (lane, address, created_at, profile_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (lane, address) DO NOTHING
            """,
            [lane, record.address, now, sequence == nil ? 0 : nil]
        )
        let isNew = db.changesCount > 0
        if isNew {
            report.added += 1
            try db.tally("people")
        }
        guard let known = try find(record, lane) else { return }
        let person = known.adding(record)
        if person != known { try keep(person, reopened: person.windowEnds != known.windowEnds) }
        var isChanged = person != known
        for tag in record.tags {
            // Read anew for each: one tag may end what another would.
            guard let tagged = try find(record, lane), !tagged.tags.contains(tag) else { continue }
            report.ended += try intake.tag(tagged, with: tag, starts: false).ended.count
            report.tagged += 1
            isChanged = true
        }
        if record.stoppedAt != nil, known.stoppedAt == nil {
            try db.run("UPDATE person SET stopped_at = ? WHERE id = ?", [record.stoppedAt, known.id])
            report.ended += try Ledger(db: db, catalog: intake.catalog, now: now)
                .stop(known.id, sequence: nil, .stopped).count
            report.stopped += 1
            isChanged = true
        }
        if isChanged, !isNew { report.changed += 1 }
        try enroll(record, lane)
    }

    private func find(_ record: PersonRecord, _ lane: LaneID) throws -> Person? {
        try intake.db.row(
            "SELECT \(Person.columns) FROM person JOIN lane ON lane.id = person.lane WHERE lane = ? AND address = ?",
            [lane, record.address]
        ).map(Person.init(row:))
    }

    private func keep(_ person: Person, reopened: Bool) throws {
        try intake.db.run(
            """
            UPDATE person SET attributes = ?, zone = ?, first_message_at = ?, last_wrote_at = ?, window_ends = ?
            WHERE id = ?
            """,
            [
                try JSONColumn.text(person.attributes), person.zone?.identifier, person.firstMessageAt,
                person.lastWroteAt, person.windowEnds, person.id,
            ]
        )
        if reopened {
            try intake.db.run(IntakeTransaction.wakeWaiting, [intake.now, intake.now, person.id])
        }
    }

    private mutating func enroll(_ record: PersonRecord, _ lane: LaneID) throws {
        guard let sequence, let person = try find(record, lane) else { return }
        guard person.stoppedAt == nil, sequence.isFor(page: person.page),
            try intake.rounds(person.id)[sequence.id] == nil,
            let new = intake.catalog.enrollment(of: person, in: sequence, round: 1, at: intake.now, cause: .manual)
        else {
            report.notEnrolled += 1
            return
        }
        try Enrolling(db: intake.db).insert(new, person: person)
        report.enrolled += 1
    }
}
