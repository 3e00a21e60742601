import DripCore
import GRDB
import Synchronization
import TestSupport

@testable import DripStore

extension EditRun {
    /// The ledger and the pending work of everybody against the model.
    func compare() async throws {
        let real = try await read()
        let wanted = model.ways.map(describe)
        for (way, text) in zip(model.ways, wanted) {
            let found = real["\(way.person) \(way.round)"] ?? "nothing"
            if found != text {
                throw failure("\(way.person), round \(way.round):\n  wanted \(text)\n  found  \(found)")
            }
        }
        if real.count != model.ways.count { throw failure("\(real.count) ways, not \(model.ways.count)") }
    }

    private func describe(_ way: EditModel.Way) -> String {
        let ledger = way.over.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.rawValue)" }
        let job: String
        if let sending = way.sending {
            job = "sending \(sending.step.identity)"
        } else if way.end != nil {
            job = "no job"
        } else if let next = model.next(way) {
            let (due, wake) = (model.due(next, way), model.wake(next, way))
            job = "\(next.identity) scheduled \(due - way.anchor) due \(wake - way.anchor)"
        } else {
            job = "held"
        }
        return "\(way.end?.rawValue ?? "under way"), [\(ledger.joined(separator: ", "))], \(job)"
    }

    /// By person and round. A step's identity is looked up by whatever name the row has.
    private func read() async throws -> [String: String] {
        let script = script
        let sequence = script.sequence
        return try await state.store.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT enrollment.*, external_id AS address, job.step, job.due, job.scheduled, job.waiting_for,
                        job.claimed_at
                    FROM enrollment JOIN address ON address.person = enrollment.person
                    LEFT JOIN job ON job.enrollment = enrollment.id WHERE sequence = ?
                    """,
                arguments: [sequence]
            )
            var found: [String: String] = [:]
            for row in rows {
                let id: Int64 = row["id"]
                let ledger = try Row.fetchAll(
                    db,
                    sql: "SELECT step, state FROM delivery WHERE enrollment = ?",
                    arguments: [id]
                ).map { row in (script.identity(of: row["step"]) ?? 0, row["state"] as String) }
                let entries = ledger.sorted { $0.0 < $1.0 }.map { "\($0.0) \($0.1)" }
                let anchor: Int64 = row["anchor"]
                let end: String? = row["end_reason"]
                let step: String? = row["step"]
                let waitingFor: String? = row["waiting_for"]
                let claimedAt: Int64? = row["claimed_at"]
                let job: String
                if let step {
                    let identity = script.identity(of: step) ?? 0
                    let (due, scheduled): (Int64, Int64) = (row["due"], row["scheduled"])
                    job =
                        claimedAt != nil
                        ? "sending \(identity)"
                        : waitingFor == "sequence"
                            ? "held" : "\(identity) scheduled \(scheduled - anchor) due \(due - anchor)"
                } else {
                    job = "no job"
                }
                let (address, round): (String, Int) = (row["address"], row["round"])
                found["\(address) \(round)"] =
                    "\(end ?? "under way"), [\(entries.joined(separator: ", "))], \(job)"
            }
            return found
        }
    }

    /// What the channel was asked to deliver: nothing twice, nothing that was not due, nothing too little.
    func compareLog() async throws {
        let sequence = script.sequence
        let owners = try await state.store.read { db in
            Dictionary(
                uniqueKeysWithValues: try Row.fetchAll(
                    db,
                    sql: """
                        SELECT enrollment.id, external_id AS address, round FROM enrollment
                        JOIN address ON address.person = enrollment.person WHERE sequence = ?
                        """,
                    arguments: [sequence]
                ).map { row -> (Int64, String) in
                    let (id, address, round): (Int64, String, Int) = (row["id"], row["address"], row["round"])
                    return (id, "\(address) \(round)")
                }
            )
        }
        let accepted = platform.state.withLock { $0.accepted }.map { entry in
            let owner = owners[entry.enrollment.rawValue] ?? "nobody"
            return "\(owner) \(script.identity(of: entry.step) ?? 0)"
        }
        let twice = Dictionary(grouping: accepted) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
        if !twice.isEmpty { throw failure("sent twice: \(twice)") }
        let texts = platform.state.withLock { $0.accepted }.map { entry in
            let owner = owners[entry.enrollment.rawValue] ?? "nobody"
            return "\(owner) \(script.identity(of: entry.step) ?? 0) \(entry.text)"
        }
        let wanted = expected.map { "\($0.person) \($0.round) \($0.identity) \($0.text)" }
        if texts.sorted() != wanted.sorted() { throw failure("sent \(texts.sorted()), not \(wanted.sorted())") }
    }
}
