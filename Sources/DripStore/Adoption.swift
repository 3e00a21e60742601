import DripCore
import Foundation
import GRDB

/// Puts a set of files in force, in the caller's transaction.
struct Adoption {
    let db: Database
    let ledger: Ledger
    /// What was in force.
    let before: Catalog
    private(set) var report = AdoptionReport()
    private var enrollments = EnrollmentReading()

    /// As many people at once as there is no harm in holding in memory.
    private static let batch = 1000

    init(db: Database, ledger: Ledger, before: Catalog) {
        self.db = db
        self.ledger = ledger
        self.before = before
    }

    /// - Parameter known: the versions in force, by sequence.
    mutating func perform(known: [String: String], versions: [SequenceVersion]) throws {
        let catalog = ledger.catalog
        report.added = catalog.sequences.keys.filter { known[$0] == nil }.sorted()
        report.removed = known.keys.filter { catalog[$0] == nil }.sorted()
        report.changed = catalog.sequences.values
            .filter { sequence in known[sequence.id].map { $0 != catalog.version(of: sequence) } ?? false }
            .map(\.id).sorted()
        let files = Dictionary(versions.map { ($0.sequence, $0) }, uniquingKeysWith: { first, _ in first })
        for (change, ids) in [
            (AdoptionRecord.Change.added, report.added), (.changed, report.changed), (.removed, report.removed),
        ] {
            for id in ids { try keep(id, change, file: files[id]) }
        }
        for id in report.added + report.changed + report.removed {
            // Whom an earlier version held is seen by that version, before it is forgotten.
            try follow(id)
            try pin(id)
            try extend(id)
        }
    }

    private func keep(_ id: String, _ change: AdoptionRecord.Change, file: SequenceVersion?) throws {
        if let sequence = ledger.catalog[id] {
            try db.run(
                """
                INSERT INTO sequence (id, version, adopted_at) VALUES (?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET version = excluded.version, adopted_at = excluded.adopted_at
                """,
                [id, ledger.catalog.version(of: sequence), ledger.now]
            )
        } else {
            try db.run("DELETE FROM sequence WHERE id = ?", [id])
        }
        if let file {
            try db.run(
                "INSERT INTO version (hash, sequence, content) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING",
                [file.hash, id, Data(file.content)]
            )
        }
        try db.run(
            "INSERT INTO adoption (at, sequence, change, hash, file, git_commit) VALUES (?, ?, ?, ?, ?, ?)",
            [ledger.now, id, change.rawValue, ledger.catalog[id]?.hash, file?.file, file?.commit]
        )
    }

    /// The file in force says whether people finish the version that they began with: those who began before it said so
    /// go by this version from now on.
    private func pin(_ id: String) throws {
        guard let sequence = ledger.catalog[id] else { return }
        switch sequence.onEdit {
        case .pin:
            try db.run(
                "UPDATE enrollment SET version = ? WHERE sequence = ? AND ended_at IS NULL AND version IS NULL",
                [sequence.hash, id]
            )
        case .follow:
            try db.run(
                "UPDATE enrollment SET version = NULL WHERE sequence = ? AND ended_at IS NULL AND version IS NOT NULL",
                [id]
            )
        }
    }

    /// Looks again at the next step of everybody under way in a sequence, except where a message is on its way: that
    /// one's outcome looks again by itself.
    private mutating func follow(_ id: String) throws {
        var last = EnrollmentID(rawValue: 0)
        while true {
            let rows = try db.rows(EnrollmentReading.underWay, [id, last, Self.batch])
            for row in rows {
                let state = enrollments.state(row)
                last = state.enrollment.id
                guard let job = state.job, !state.isSending else { continue }
                // It has begun, and goes on by itself.
                let hasBegun = job.part > 0 && job.waitingFor != .sequence
                if hasBegun, ledger.catalog.sequence(of: state.enrollment)?.step(job.step) != nil { continue }
                if !hasBegun, ledger.catalog.leavesAlone(state, since: before) { continue }
                let (isChanged, following) = try ledger.follow(job, over: state.over)
                guard isChanged else { continue }
                switch following {
                case .step: report.moved += 1
                case .nothing: report.finished += 1
                case .held: report.held += 1
                }
            }
            if rows.count < Self.batch { return }
        }
    }

    /// Those who had finished get what was appended, where the file says so.
    private mutating func extend(_ id: String) throws {
        guard let sequence = ledger.catalog[id], sequence.extend == .finished, let end = sequence.steps.last?.position
        else { return }
        var last = EnrollmentID(rawValue: 0)
        while true {
            let rows = try db.rows(EnrollmentReading.finished, [id, end, last, Self.batch])
            for row in rows {
                let state = enrollments.state(row)
                last = state.enrollment.id
                if try ledger.reopen(state) { report.reopened += 1 }
            }
            if rows.count < Self.batch { return }
        }
    }
}
