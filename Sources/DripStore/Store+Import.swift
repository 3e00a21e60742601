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
            return report
        }
    }
}

private struct ImportTransaction {
    var intake: IntakeTransaction
    let sequence: DripSequence?
    private var report = ImportReport()
    private let pages: [LaneID: String]
    /// Those of the pages that the sequence is for.
    private let lanes: Set<LaneID>
    /// By the number of the person's attributes.
    private var insertions: [Int: String] = [:]
    /// By time zone: they all begin now.
    private var beginners: [TimeZone?: Beginners] = [:]

    private struct Beginners {
        /// nil: there is no step for them.
        let new: NewEnrollment?
        /// Who is not enrolled yet.
        var people: [PersonID] = []
    }

    private var db: Database { intake.db }

    init(intake: IntakeTransaction, sequence: DripSequence?) throws {
        self.intake = intake
        self.sequence = sequence
        let known = try intake.db.rows("SELECT id, page FROM lane", []).map {
            ($0["id"] as LaneID, $0["page"] as String)
        }
        pages = Dictionary(uniqueKeysWithValues: known)
        lanes = Set(known.filter { sequence?.isFor(page: $0.1) ?? false }.map(\.0))
    }

    mutating func take(_ record: PersonRecord, _ lane: LaneID) throws {
        guard let page = pages[lane] else { return }
        report.people += 1
        // Who is unknown because they wanted to be stays so.
        if try intake.forgotten(record.address, of: page) != nil, try find(record, lane) == nil {
            report.forgotten += 1
        } else if try !add(record, lane, page), let known = try find(record, lane) {
            try take(record, of: known)
        }
    }

    /// Enrols those who are to be, and brings the sums up to date: once, and not by each person.
    mutating func end() throws -> ImportReport {
        try enrollBeginners()
        intake.shared.sums.add("people", report.added)
        Enrolling.count(report.enrolled, in: intake.shared.sums)
        return report
    }

    // MARK: Somebody new

    /// - Returns: whether the person was unknown.
    private mutating func add(_ record: PersonRecord, _ lane: LaneID, _ page: String) throws -> Bool {
        var person = Person(id: PersonID(rawValue: 0), lane: lane, page: page, address: record.address).adding(record)
        person.tags = Set(record.tags)
        person.stoppedAt = record.stoppedAt
        var arguments: StatementArguments = [
            lane, person.address, intake.now,
            // Whoever gets no message now need not be asked for at the platform before they write: 0 is long ago.
            sequence == nil ? 0 : nil,
            person.tags.isEmpty ? nil : try JSONColumn.text(person.tags.sorted()),
            person.zone?.identifier, person.firstMessageAt, person.lastWroteAt, person.windowEnds, person.stoppedAt,
        ]
        for (name, value) in person.attributes.sorted(by: { $0.key < $1.key }) { arguments += [name, value] }
        let count = person.attributes.count
        let insertion = insertions[count] ?? Self.insertion(attributes: count)
        insertions[count] = insertion
        try db.run(insertion, arguments)
        guard db.changesCount > 0 else { return false }
        report.added += 1
        report.tagged += person.tags.count
        if person.stoppedAt != nil { report.stopped += 1 }
        if sequence != nil { enroll(person, PersonID(rawValue: db.lastInsertedRowID), hadRounds: false) }
        return true
    }

    /// SQLite writes their JSON: an encoder for each person took as long as the rest of the statement.
    /// - Parameter count: `PersonRecord.mostAttributes` at most: SQLite's functions take no more than 127 arguments.
    private static func insertion(attributes count: Int) -> String {
        let pairs = Array(repeating: "?, ?", count: count).joined(separator: ", ")
        return """
            INSERT INTO person (lane, address, created_at, profile_at, tags, zone, first_message_at, last_wrote_at,
                window_ends, stopped_at, attributes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \(count == 0 ? "NULL" : "json_object(\(pairs))"))
            ON CONFLICT (lane, address) DO NOTHING
            """
    }

    // MARK: Somebody known

    private mutating func take(_ record: PersonRecord, of known: Person) throws {
        // They may have stood in the same file before.
        try enrollBeginners()
        let person = known.adding(record)
        if person != known { try keep(person, reopened: person.windowEnds != known.windowEnds) }
        var isChanged = person != known
        for tag in record.tags {
            // Read anew for each: one tag may end what another would.
            guard let tagged = try find(record, known.lane), !tagged.tags.contains(tag) else { continue }
            report.ended += try intake.tag(tagged, with: tag, starts: false).ended.count
            report.tagged += 1
            isChanged = true
        }
        if record.stoppedAt != nil, known.stoppedAt == nil {
            try db.run("UPDATE person SET stopped_at = ? WHERE id = ?", [record.stoppedAt, known.id])
            report.ended += try intake.ledger.stop(known.id, sequence: nil, .stopped).count
            report.stopped += 1
            isChanged = true
        }
        if isChanged { report.changed += 1 }
        guard let sequence, let current = try find(record, known.lane) else { return }
        let hadRounds = try intake.rounds(known.id)[sequence.id] != nil
        enroll(current, known.id, hadRounds: hadRounds)
    }

    private func find(_ record: PersonRecord, _ lane: LaneID) throws -> Person? {
        try db.first(
            "SELECT \(Person.columns) FROM person JOIN lane ON lane.id = person.lane WHERE lane = ? AND address = ?",
            [lane, record.address],
            Person.init(row:)
        )
    }

    private func keep(_ person: Person, reopened: Bool) throws {
        try db.run(
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
            try db.run(IntakeTransaction.wakeWaiting, [intake.now, intake.now, person.id])
        }
    }

    // MARK: Both

    private mutating func enroll(_ person: Person, _ id: PersonID, hadRounds: Bool) {
        guard person.stoppedAt == nil, lanes.contains(person.lane), !hadRounds, hasStep(for: person) else {
            report.notEnrolled += 1
            return
        }
        beginners[person.zone]?.people.append(id)
        report.enrolled += 1
    }

    private mutating func hasStep(for person: Person) -> Bool {
        if let place = beginners.index(forKey: person.zone) { return beginners.values[place].new != nil }
        let new = sequence.flatMap {
            intake.catalog.enrollment(of: person, in: $0, round: 1, at: intake.now, cause: .manual)
        }
        beginners[person.zone] = Beginners(new: new)
        return new != nil
    }

    private mutating func enrollBeginners() throws {
        for (zone, group) in beginners.sorted(by: { $0.key?.identifier ?? "" < $1.key?.identifier ?? "" }) {
            guard let new = group.new, !group.people.isEmpty else { continue }
            try Enrolling(db: db).insert(new, people: group.people)
            beginners[zone]?.people = []
        }
    }
}
