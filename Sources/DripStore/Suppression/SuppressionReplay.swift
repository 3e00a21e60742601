import ControlAPI
import DripCore
import GRDB

extension SuppressionReplayReport {
    /// Reads the report from the database.
    init(_ db: Database) throws {
        let text: String? = try db.row("SELECT brought_back FROM fence", [])?["brought_back"]
        self = try JSONColumn.read(text, or: SuppressionReplayReport())
    }

    func write(_ db: Database) throws {
        try db.run("UPDATE fence SET brought_back = ?", [try JSONColumn.text(self)])
    }
}

/// Applies the lines of the list that a database does not know, in the caller's transaction.
struct SuppressionReplay {
    let ledger: Ledger
    let instance: String
    private var db: Database { ledger.db }

    private struct Wish {
        var erased: Suppression?
        /// The last stop, pause or resumption.
        var stop: Suppression?
        /// What was withdrawn and given, in the order of the lines.
        var consents: [Suppression] = []
    }

    func perform(_ lines: [Suppression], _ report: inout SuppressionReplayReport) throws {
        guard !lines.isEmpty else { return }
        var wishes: [String: Wish] = [:]
        for line in lines {
            switch line.kind {
            case .erased: wishes[line.hash, default: Wish()].erased = line
            case .stopped, .paused, .resumed: wishes[line.hash, default: Wish()].stop = line
            case .withdrawn, .given: wishes[line.hash, default: Wish()].consents.append(line)
            }
        }
        // A person is in the list once for each address.
        var withdrawn: [PersonID: Set<ConsentRecord>] = [:]
        for (id, hash) in try people(among: wishes) {
            let person = try db.first(
                "SELECT \(Person.columns) FROM \(Person.joined) WHERE person.id = ? AND \(Person.firstAddress)",
                [id],
                Person.init(row:)
            )
            // Erased by the line of another address.
            guard let person, let wish = wishes.removeValue(forKey: hash) else { continue }
            try apply(wish, to: person, &report)
            guard wish.erased == nil else { continue }
            for record in wish.consents.compactMap(\.record) {
                guard withdrawn[id, default: []].insert(record).inserted else { continue }
                try db.add(record, to: id)
            }
        }
        report.withdrawn += withdrawn.values.count { $0.contains { $0.kind == .withdrawn } }
        for person in withdrawn.keys where try db.consents(of: person).withdrawal(on: nil, for: .promotion) != nil {
            try AddressBook(ledger: ledger).endPromotion(of: person)
        }
        // The remaining lines concern people that this database never knew, or does not know any more.
        for (hash, wish) in wishes {
            if let erased = wish.erased { try keep(erased) }
            if let stop = wish.stop { try keepStop(stop, hash) }
            for record in wish.consents.compactMap(\.record) { try Forgotten.keep(record, hash: hash, db) }
        }
    }

    private func apply(_ wish: Wish, to person: Person, _ report: inout SuppressionReplayReport) throws {
        if let erased = wish.erased {
            let naming = try EventsNaming(person, db)
            _ = try Erasure(db: db, instance: instance, now: erased.at, naming: naming).erase(person)
            try Store.noteErasure(db)
            report.erased += 1
            try keep(erased)
            if let stop = wish.stop, stop.number > erased.number { try keepStop(stop, stop.hash) }
            for record in wish.consents.compactMap(\.record) { try Forgotten.keep(record, hash: erased.hash, db) }
            return
        }
        guard let line = wish.stop else { return }
        let consent = Consent(db: db, person: person.id)
        switch line.kind {
        case .stopped:
            guard try consent.stop(at: line.at, by: line.source ?? .operatorCommand) else { return }
            _ = try ledger.stop(person.id, sequence: nil, .stopped)
            report.stopped += 1
        case .paused:
            if try consent.pause(at: line.at) { report.stopped += 1 }
        case .resumed where person.stoppedAt != nil || person.pausedAt != nil:
            let reason = "taken back earlier, according to the list of stops beside the database"
            _ = try consent.resume(at: ledger.now, now: ledger.now, by: .operatorCommand, reason: reason)
            report.resumed += 1
        case .resumed, .erased, .withdrawn, .given: break
        }
    }

    private func keep(_ erased: Suppression) throws {
        try db.run(
            """
            INSERT INTO forgotten (hash, at, stopped_at, stopped_by) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET
                at = excluded.at, stopped_at = excluded.stopped_at, stopped_by = excluded.stopped_by
            """,
            [erased.hash, erased.at, erased.stoppedAt, erased.source?.rawValue]
        )
    }

    /// Records the change for the time when the person comes back.
    private func keepStop(_ line: Suppression, _ hash: String) throws {
        switch line.kind {
        case .stopped:
            try db.run(
                """
                INSERT INTO forgotten (hash, at, stopped_at, stopped_by) VALUES (?, 0, ?, ?) ON CONFLICT (hash)
                    DO UPDATE SET stopped_at = excluded.stopped_at, stopped_by = excluded.stopped_by
                """,
                [hash, line.at, line.source?.rawValue]
            )
        case .resumed: try db.run("UPDATE forgotten SET stopped_at = NULL, stopped_by = NULL WHERE hash = ?", [hash])
        case .paused, .erased, .withdrawn, .given: break
        }
    }

    private func people(among wishes: [String: Wish]) throws -> [(id: PersonID, hash: String)] {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT person, page, external_id FROM address JOIN account ON account.id = address.account"
        )
        var found: [(id: PersonID, hash: String)] = []
        while let row = try rows.next() {
            let hash = Forgotten.hash(row[1], row[2], instance)
            if wishes[hash] != nil { found.append((row[0], hash)) }
        }
        return found
    }
}
