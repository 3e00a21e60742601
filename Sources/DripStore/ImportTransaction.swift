import DripCore
import Foundation
import GRDB

/// Takes people one after the other, in the caller's transaction.
struct ImportTransaction {
    private var intake: IntakeTransaction
    private let sequence: DripSequence?
    private var report = ImportReport()
    private let pages: [LaneID: String]
    /// Those of the pages that the sequence is for.
    private let lanes: Set<LaneID>
    /// Who may be new, in the file's order: as long as all have as many attributes, one statement adds them.
    private var newcomers: [Newcomer] = []
    /// Greater than that of anybody who is known.
    private var nextID: Int64
    private var insertions: [Insertion: String] = [:]
    /// They all begin now.
    private var beginners: [Beginners.Kind: Beginners] = [:]

    private static let mostNewcomers = 32

    private struct Newcomer {
        let record: PersonRecord
        /// As they will be if they are new.
        let person: Person
    }

    private struct Insertion: Hashable {
        let people: Int
        let attributes: Int
    }

    /// People who begin alike.
    private final class Beginners {
        struct Kind: Hashable {
            let lane: LaneID
            let zone: TimeZone?
        }

        /// nil: there is no step for them.
        let new: NewEnrollment?
        /// Who is not enrolled yet.
        var people: [PersonID] = []

        init(_ new: NewEnrollment?) {
            self.new = new
        }
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
        nextID = 1 + (try intake.db.greatestID(in: "person"))
    }

    mutating func take(_ record: PersonRecord, _ lane: LaneID) throws {
        guard let page = pages[lane] else { return }
        report.people += 1
        // Who is unknown because they wanted to be stays so.
        let forgotten = try intake.forgotten(record.address, of: page)
        if let forgotten, forgotten.isErased, try find(record, lane) == nil {
            report.forgotten += 1
            return
        }
        var person = Person(id: PersonID(rawValue: nextID), lane: lane, page: page, address: record.address)
            .adding(record)
        person.tags = Set(record.tags)
        person.stoppedAt = record.stoppedAt ?? forgotten?.stoppedAt
        person.stoppedBy = record.stoppedAt == nil ? forgotten?.stoppedBy : nil
        nextID += 1
        if let last = newcomers.last,
            newcomers.count == Self.mostNewcomers || last.person.attributes.count != person.attributes.count
        {
            try takeNewcomers()
        }
        newcomers.append(Newcomer(record: record, person: person))
    }

    /// Takes and enrols those who are left, and brings the sums up to date: once, and not by each person.
    mutating func end() throws -> ImportReport {
        try takeNewcomers()
        try enrollBeginners()
        intake.shared.sums.add("people", report.added)
        Enrolling.count(report.enrolled, in: intake.shared.sums)
        return report
    }

    // MARK: Somebody new

    private mutating func takeNewcomers() throws {
        let all = newcomers
        newcomers = []
        // For each other number of people one more statement would be kept prepared.
        let size = all.count == Self.mostNewcomers ? Self.mostNewcomers : 1
        var known: [Newcomer] = []
        for start in stride(from: 0, to: all.count, by: size) {
            let some = all[start..<start + size]
            let added = try insert(some.map(\.person))
            for newcomer in some {
                if added.contains(newcomer.person.id) {
                    report.added += 1
                    report.tagged += newcomer.person.tags.count
                    if newcomer.person.stoppedAt != nil {
                        report.stopped += 1
                        try SuppressionTriggers.note(newcomer.person, db)
                    }
                    try pause(newcomer.record, newcomer.person.id)
                    if sequence != nil { _ = enroll(newcomer.person, hadRounds: false) }
                } else {
                    known.append(newcomer)
                }
            }
        }
        for newcomer in known {
            guard let person = try find(newcomer.record, newcomer.person.lane) else { continue }
            try take(newcomer.record, of: person)
        }
    }

    /// - Parameter people: with as many attributes each, and ids in their order.
    /// - Returns: those who were unknown.
    private mutating func insert(_ people: [Person]) throws -> Set<PersonID> {
        let kind = Insertion(people: people.count, attributes: people[0].attributes.count)
        let insertion = insertions[kind] ?? Self.insertion(kind)
        insertions[kind] = insertion
        var arguments = StatementArguments()
        for person in people {
            arguments += [
                person.id, person.lane, person.address, intake.now,
                // Whoever gets no message now need not be asked for at the platform before they write: 0 is long ago.
                sequence == nil ? 0 : nil,
                person.tags.isEmpty ? nil : try JSONColumn.text(person.tags.sorted()),
                person.zone?.identifier, person.firstMessageAt, person.lastWroteAt, person.windowEnds,
                person.stoppedAt, person.stoppedBy?.rawValue,
            ]
            for (name, value) in person.attributes.sorted(by: { $0.key < $1.key }) { arguments += [name, value] }
        }
        try db.run(insertion, arguments)
        return switch db.changesCount {
        case 0: []
        case people.count: Set(people.map(\.id))
        default: Set(try db.all("SELECT id FROM person WHERE id >= ?", [people[0].id]) { $0[0] })
        }
    }

    /// SQLite writes the JSON of attributes: an encoder for each person took as long as the rest of the statement.
    /// - Parameter kind: `PersonRecord.mostAttributes` at most: SQLite's functions take no more than 127 arguments.
    private static func insertion(_ kind: Insertion) -> String {
        let pairs = Array(repeating: "?, ?", count: kind.attributes).joined(separator: ", ")
        let row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \(kind.attributes == 0 ? "NULL" : "json_object(\(pairs))"))"
        return """
            INSERT INTO person (id, lane, address, created_at, profile_at, tags, zone, first_message_at, last_wrote_at,
                window_ends, stopped_at, stopped_by, attributes)
            VALUES \(Array(repeating: row, count: kind.people).joined(separator: ", "))
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
        if let stoppedAt = record.stoppedAt, try Consent(db: db, person: known.id).stop(at: stoppedAt, by: .file) {
            report.ended += try intake.ledger.stop(known.id, sequence: nil, .stopped).count
            report.stopped += 1
            isChanged = true
        }
        if try pause(record, known.id) { isChanged = true }
        if isChanged { report.changed += 1 }
        guard let sequence, let current = try find(record, known.lane) else { return }
        let rounds = try intake.rounds(known.id)
        guard enroll(current, hadRounds: rounds[sequence.id] != nil), intake.catalog.isStop(sequence.id) else { return }
        for change in intake.catalog.ends(atStartOf: sequence.id, person: current, rounds: rounds, at: intake.now) {
            try intake.perform(change, person: current)
            report.ended += 1
        }
    }

    /// - Returns: whether they are paused by it.
    @discardableResult
    private mutating func pause(_ record: PersonRecord, _ id: PersonID) throws -> Bool {
        guard let pausedAt = record.pausedAt, try Consent(db: db, person: id).pauseByFile(at: pausedAt) else {
            return false
        }
        report.paused += 1
        return true
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

    /// - Returns: whether they are enrolled.
    private mutating func enroll(_ person: Person, hadRounds: Bool) -> Bool {
        guard person.stoppedAt == nil, lanes.contains(person.lane), !hadRounds else {
            report.notEnrolled += 1
            return false
        }
        let beginners = beginners(like: person)
        guard beginners.new != nil else {
            report.notEnrolled += 1
            return false
        }
        beginners.people.append(person.id)
        report.enrolled += 1
        if person.windowEnds ?? .distantPast <= intake.now { report.windowClosed += 1 }
        return true
    }

    private mutating func beginners(like person: Person) -> Beginners {
        let kind = Beginners.Kind(lane: person.lane, zone: person.zone)
        if let known = beginners[kind] { return known }
        let new = sequence.flatMap {
            intake.catalog.enrollment(of: person, in: $0, round: 1, at: intake.now, cause: .manual)
        }
        let group = Beginners(new)
        beginners[kind] = group
        return group
    }

    private func enrollBeginners() throws {
        let waiting = beginners.filter { !$0.value.people.isEmpty }
        for (kind, group) in waiting.sorted(by: { $0.value.people[0].rawValue < $1.value.people[0].rawValue }) {
            guard let new = group.new else { continue }
            try Enrolling(db: db).insert(new, people: group.people, lane: kind.lane)
            group.people = []
        }
    }
}
