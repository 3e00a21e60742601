import DripCore
import TestSupport

/// Whether everybody is where the files and the ledger say.
extension Checker {
    /// Whoever wrote first, as far as the program knows, is on the way that begins with that.
    func checkEnrolled() throws {
        let people = Set(ways.filter { $0.sequence == "care" }.map(\.address))
        for fact in world.facts where fact.isFirstMessage && fact.taken != nil && !people.contains(fact.person) {
            let isStopped = (factsByPerson[fact.person] ?? []).contains { $0.stopped != nil }
            if !isStopped { throw failure(fact.person, "wrote, and is on no way") }
        }
    }

    func checkJob(_ way: LedgerRows.Way) throws {
        guard let job = way.job else {
            if !way.isOver { throw failure(way.address, "\(way.sequence) is under way and has no job") }
            return
        }
        if way.isOver { throw failure(way.address, "\(way.sequence) is over and has a job") }
        if job.isClaimed { throw failure(way.address, "\(job.step) of \(way.sequence) is still on its way") }
        if job.due <= world.clockNow {
            throw failure(way.address, "\(job.step) of \(way.sequence) was due at \(job.due) and nobody looks at it")
        }
    }

    /// No step is missing, and the pending one is the next by the file.
    func checkComplete(_ way: LedgerRows.Way) throws {
        let over = Set(try way.deliveries.map { try identity($0.step, way) })
        guard over.count == way.deliveries.count else { throw failure(way.address, "a step is in the ledger twice") }
        let all = world.files.versions.filter { $0.sequence == way.sequence }
        let inForce = all.last
        // Who is pinned finishes the version that they began with.
        let own = inForce?.pins == true ? all.last { $0.hash == way.version } ?? inForce : inForce
        try checkStable(way, over)
        guard let steps = own?.steps else {
            if let job = way.job, job.waitingFor != "sequence" {
                throw failure(way.address, "the file of \(job.step) is gone, and it is not held")
            }
            return
        }
        let ahead = steps.filter { step in
            !over.contains(step.identity) && (way.position.map { step.position > $0 } ?? true)
        }.min { $0.position < $1.position }
        if let job = way.job, job.part == 0 {
            guard let ahead, try identity(job.step, way) == ahead.identity else {
                throw failure(way.address, "\(job.step) of \(way.sequence) is next, not \(ahead?.name ?? "nothing")")
            }
        } else if way.endReason == "finished", let ahead, way.sequence != SimulatedFiles.edited {
            throw failure(way.address, "\(way.sequence) has finished without \(ahead.name)")
        }
    }

    /// What stood at its place all the time that somebody was under way, and lies behind them, is over.
    func checkStable(_ way: LedgerRows.Way, _ over: Set<Int>) throws {
        guard let position = way.position else { return }
        for step in versions(since: way.anchor, of: way.sequence).first ?? []
        where step.position <= position && !over.contains(step.identity) && isStable(step.identity, way) {
            throw failure(way.address, "\(step.name) of \(way.sequence) is lost")
        }
    }

    /// Whether it stood at its place in every version since the enrollment, and the file was always there.
    func isStable(_ identity: Int, _ way: LedgerRows.Way) -> Bool {
        let places = versions(since: way.anchor, of: way.sequence).map { steps in
            steps.first { $0.identity == identity }?.position
        }
        return Set(places).count == 1
    }

    /// The one in force then, and all that followed it; empty where there was no file.
    func versions(since: Instant, of sequence: String) -> [[EditModel.ModelStep]] {
        let all = world.files.versions.filter { $0.sequence == sequence }
        return all[(all.lastIndex { $0.since <= since } ?? 0)...].map { $0.steps ?? [] }
    }
}
