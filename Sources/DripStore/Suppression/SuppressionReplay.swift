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
        var consent: Suppression?
    }

    func perform(_ lines: [Suppression], _ report: inout SuppressionReplayReport) throws {
        guard !lines.isEmpty else { return }
        var wishes: [String: Wish] = [:]
        for line in lines {
            if line.kind == .erased { wishes[line.hash, default: Wish()].erased = line }
            if line.kind != .erased { wishes[line.hash, default: Wish()].consent = line }
        }
        for (id, hash) in try people(among: wishes) {
            guard let consentState = wishes.removeValue(forKey: hash) else { continue }
            let person = try db.first(
                "SELECT \(Person.columns) FROM \(Person.joined) WHERE person.id = ? AND \(Person.firstAddress)",
                [id],
                Person.init(row:)
            )
            guard let person else { continue }
            try apply(consentState, to: person, &report)
        }
        // The remaining lines concern people that this database never knew, or does not know any more.
        for (hash, consentState) in wishes {
            if let erased = consentState.erased { try keep(erased) }
            if let consent = consentState.consent { try keepConsent(consent, hash) }
        }
    }

    private func apply(_ consentState: Wish, to person: Person, _ report: inout SuppressionReplayReport) throws {
        if let erased = consentState.erased {
            let naming = try EventsNaming(person, db)
            _ = try Erasure(db: db, instance: instance, now: erased.at, naming: naming).erase(person)
            try Store.noteErasure(db)
            report.erased += 1
            try keep(erased)
            if let consent = consentState.consent, consent.number > erased.number {
                try keepConsent(consent, consent.hash)
            }
            return
        }
        guard let line = consentState.consent else { return }
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
        case .resumed, .erased: break
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
    private func keepConsent(_ line: Suppression, _ hash: String) throws {
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
        case .paused, .erased: break
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
