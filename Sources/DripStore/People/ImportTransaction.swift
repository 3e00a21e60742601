import ControlAPI
import DripCore
import Foundation
import GRDB

/// Imports people one after the other, in the caller's transaction.
struct ImportTransaction {
    private var intake: IntakeTransaction
    private let sequence: DripSequence?
    private var report = ImportReport()
    private let pages: [AccountID: Account]
    /// The accounts of the pages that the sequence is for.
    private let accounts: Set<AccountID>
    /// People who may be new, in the file's order. As long as all have the same number of attributes, one statement
    /// inserts them.
    private var newPeople: [NewPerson] = []
    /// Greater than the id of any known person, and than any id that an address ever had.
    private var nextID: Int64
    private var insertions: [Insertion: String] = [:]
    /// Enrollments that all start now.
    private var newEnrollments: [NewEnrollments.Kind: NewEnrollments] = [:]

    private static let mostNewPeople = 32

    private struct NewPerson {
        let record: PersonRecord
        /// The person to insert if they are new.
        let person: Person
        /// The record of an earlier erasure.
        let forgotten: Forgotten?
    }

    private struct Insertion: Hashable {
        let people: Int
        let attributes: Int
    }

    /// People who get the same enrollment.
    private final class NewEnrollments {
        struct Kind: Hashable {
            let account: AccountID
            let zone: TimeZone?
        }

        /// nil if the sequence has no step for them.
        let new: NewEnrollment?
        /// The people who are not enrolled yet.
        var people: [(id: PersonID, address: AddressID)] = []

        init(_ new: NewEnrollment?) {
            self.new = new
        }
    }

    private var db: Database { intake.db }

    init(intake: IntakeTransaction, sequence: DripSequence?) throws {
        self.intake = intake
        self.sequence = sequence
        let known = try intake.db.all("SELECT id, channel, page FROM account", []) { row in
            Account(id: row[0], channel: ChannelName(rawValue: row[1]), externalID: row[2])
        }
        pages = Dictionary(uniqueKeysWithValues: known.map { ($0.id, $0) })
        accounts = Set(known.filter { sequence?.isFor(page: $0.externalID) ?? false }.map(\.id))
        nextID = 1 + (try max(intake.db.greatestID(in: "person"), intake.db.greatestIDEver(in: "address")))
    }

    mutating func take(_ record: PersonRecord, _ account: AccountID) throws {
        guard let page = pages[account] else { return }
        report.people += 1
        // A person who was erased at their request must stay unknown.
        let forgotten = try intake.forgotten(record.address, of: page.externalID)
        if let forgotten, forgotten.isErased, try find(record, account) == nil {
            report.forgotten += 1
            return
        }
        var person = Person(
            id: PersonID(rawValue: nextID),
            address: Address(
                id: AddressID(rawValue: nextID),
                account: page,
                externalID: record.address
            )
        ).adding(record)
        person.tags = Set(record.tags)
        person.stoppedAt = record.stoppedAt ?? forgotten?.stoppedAt
        person.stoppedBy = record.stoppedAt == nil ? forgotten?.stoppedBy : nil
        nextID += 1
        if let last = newPeople.last,
            newPeople.count == Self.mostNewPeople || last.person.attributes.count != person.attributes.count
        {
            try insertNewPeople()
        }
        newPeople.append(NewPerson(record: record, person: person, forgotten: forgotten))
    }

    /// Imports and enrols the remaining people, and updates the sums once for all of them.
    mutating func end() throws -> ImportReport {
        try insertNewPeople()
        try insertEnrollments()
        intake.shared.sums.add("people", report.added)
        Enrolling.count(report.enrolled, in: intake.shared.sums)
        return report
    }

    // MARK: New people

    private mutating func insertNewPeople() throws {
        let all = newPeople
        newPeople = []
        // Any other batch size would keep one more prepared statement.
        let size = all.count == Self.mostNewPeople ? Self.mostNewPeople : 1
        var known: [NewPerson] = []
        for start in stride(from: 0, to: all.count, by: size) {
            let some = all[start..<start + size]
            let added = try insert(some.map(\.person))
            for newPerson in some {
                if added.contains(newPerson.person.id) {
                    report.added += 1
                    report.tagged += newPerson.person.tags.count
                    if newPerson.person.stoppedAt != nil {
                        report.stopped += 1
                        try SuppressionTriggers.note(newPerson.person, db)
                    }
                    try newPerson.forgotten?.recall(for: newPerson.person.id, db)
                    try pause(newPerson.record, newPerson.person.id)
                    if sequence != nil { _ = enroll(newPerson.person, hadRounds: false) }
                } else {
                    known.append(newPerson)
                }
            }
        }
        for newPerson in known {
            guard let person = try find(newPerson.record, newPerson.person.address.account.id) else { continue }
            try take(newPerson.record, of: person)
        }
    }

    /// - Parameter people: people with the same number of attributes, and ids in ascending order.
    /// - Returns: the people who were unknown.
    private mutating func insert(_ people: [Person]) throws -> Set<PersonID> {
        var addresses = StatementArguments()
        let kind = Insertion(people: people.count, attributes: people[0].attributes.count)
        let insertion = insertions[kind] ?? Self.insertion(kind)
        insertions[kind] = insertion
        var arguments = StatementArguments()
        for person in people {
            arguments += [
                person.id, intake.now, person.tags.isEmpty ? nil : try JSONColumn.text(person.tags.sorted()),
                person.zone?.identifier, person.firstMessageAt, person.lastWroteAt, person.stoppedAt,
                person.stoppedBy?.rawValue,
            ]
            for (name, value) in person.attributes.sorted(by: { $0.key < $1.key }) { arguments += [name, value] }
            addresses += [
                person.address.id, person.id, person.address.account.id, person.address.externalID, intake.now,
                // A person who gets no message now needs no profile before they write: 0 marks it as requested long
                // ago.
                sequence == nil ? 0 : nil, person.address.windowEnds,
            ]
        }
        try db.run(insertion, arguments)
        try db.run(Self.insertion(addresses: people.count), addresses)
        guard db.changesCount < people.count else { return Set(people.map(\.id)) }
        // The others have such an address already.
        let first = people[0].id
        try db.run(
            "DELETE FROM person WHERE id >= ? AND id NOT IN (SELECT person FROM address WHERE person >= ?)",
            [first, first]
        )
        return Set(try db.all("SELECT id FROM person WHERE id >= ?", [first]) { $0[0] })
    }

    private static func insertion(addresses count: Int) -> String {
        let rows = Array(repeating: "(?, ?, ?, ?, ?, ?, ?)", count: count).joined(separator: ", ")
        return """
            INSERT INTO address (id, person, account, external_id, created_at, profile_at, window_ends) VALUES \(rows)
            ON CONFLICT (account, external_id) WHERE given_by IS NULL DO NOTHING
            """
    }

    /// Returns the statement that inserts people. SQLite writes the JSON of the attributes: a Swift encoder for each
    /// person took as long as the rest of the statement.
    /// - Parameter kind: has `PersonRecord.mostAttributes` at most, because SQLite's functions take no more than 127
    ///   arguments.
    private static func insertion(_ kind: Insertion) -> String {
        let pairs = Array(repeating: "?, ?", count: kind.attributes).joined(separator: ", ")
        let row = "(?, ?, ?, ?, ?, ?, ?, ?, \(kind.attributes == 0 ? "NULL" : "json_object(\(pairs))"))"
        return """
            INSERT INTO person (id, created_at, tags, zone, first_message_at, last_wrote_at, stopped_at, stopped_by, attributes)
            VALUES \(Array(repeating: row, count: kind.people).joined(separator: ", "))
            """
    }

    // MARK: Known people

    private mutating func take(_ record: PersonRecord, of known: Person) throws {
        // The person may occur earlier in the same file.
        try insertEnrollments()
        let person = known.adding(record)
        if person != known { try keep(person, reopened: person.address.windowEnds != known.address.windowEnds) }
        var isChanged = person != known
        for tag in record.tags {
            // Read again for each tag, because one tag may end what another would.
            guard let tagged = try find(record, known.address.account.id), !tagged.tags.contains(tag) else { continue }
            guard tagged.canGet(tag) else {
                report.tagsLeftOut += 1
                continue
            }
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
        guard let sequence, let current = try find(record, known.address.account.id) else { return }
        let rounds = try intake.rounds(known.id)
        guard enroll(current, hadRounds: rounds[sequence.id] != nil), intake.catalog.isStop(sequence.id) else { return }
        for change in intake.catalog.ends(atStartOf: sequence.id, person: current, rounds: rounds, at: intake.now) {
            try intake.perform(change, person: current)
            report.ended += 1
        }
    }

    /// - Returns: whether this paused the person.
    @discardableResult
    private mutating func pause(_ record: PersonRecord, _ id: PersonID) throws -> Bool {
        guard let pausedAt = record.pausedAt, try Consent(db: db, person: id).pauseByFile(at: pausedAt) else {
            return false
        }
        report.paused += 1
        return true
    }

    private func find(_ record: PersonRecord, _ account: AccountID) throws -> Person? {
        try db.first(Person.known, [account, record.address], Person.init(row:))
    }

    private func keep(_ person: Person, reopened: Bool) throws {
        try db.run(
            "UPDATE person SET attributes = ?, zone = ?, first_message_at = ?, last_wrote_at = ? WHERE id = ?",
            [
                try JSONColumn.text(person.attributes), person.zone?.identifier, person.firstMessageAt,
                person.lastWroteAt, person.id,
            ]
        )
        if reopened {
            try db.run(
                "UPDATE address SET window_ends = ? WHERE id = ?",
                [person.address.windowEnds, person.address.id]
            )
            try db.run(IntakeTransaction.wakeWaiting, [intake.now, intake.now, person.id])
        }
    }

    // MARK: New and known people

    /// - Returns: whether they are enrolled.
    private mutating func enroll(_ person: Person, hadRounds: Bool) -> Bool {
        guard person.stoppedAt == nil, accounts.contains(person.address.account.id), !hadRounds else {
            report.notEnrolled += 1
            return false
        }
        let newEnrollments = newEnrollments(like: person)
        guard newEnrollments.new != nil else {
            report.notEnrolled += 1
            return false
        }
        newEnrollments.people.append((person.id, person.address.id))
        report.enrolled += 1
        if person.address.windowEnds ?? .distantPast <= intake.now { report.windowClosed += 1 }
        return true
    }

    private mutating func newEnrollments(like person: Person) -> NewEnrollments {
        let kind = NewEnrollments.Kind(account: person.address.account.id, zone: person.zone)
        if let known = newEnrollments[kind] { return known }
        let new = sequence.flatMap {
            intake.catalog.enrollment(of: person, in: $0, round: 1, at: intake.now, cause: .manual)
        }
        let group = NewEnrollments(new)
        newEnrollments[kind] = group
        return group
    }

    private func insertEnrollments() throws {
        let waiting = newEnrollments.filter { !$0.value.people.isEmpty }
        for (kind, group) in waiting.sorted(by: { $0.value.people[0].id.rawValue < $1.value.people[0].id.rawValue }) {
            guard let new = group.new else { continue }
            try Enrolling(db: db).insert(new, people: group.people, account: kind.account)
            group.people = []
        }
    }
}
