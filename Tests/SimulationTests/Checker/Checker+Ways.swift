import DripCore
import TestSupport

/// Checks of enrollments and jobs against the files and deliveries.
extension Checker {
    /// Checks that each person whose first message the program knows is enrolled in the sequence that starts with it.
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
            throw failure(way.address, "\(job.step) of \(way.sequence) was due at \(job.due) and was not claimed")
        }
    }

    /// Checks that no step is missing, and that the pending step is the next one in the file.
    func checkComplete(_ way: LedgerRows.Way) throws {
        let over = Set(try way.deliveries.map { try identity($0.step, way) })
        guard over.count == way.deliveries.count else { throw failure(way.address, "a step is in the ledger twice") }
        let all = world.files.versions.filter { $0.sequence == way.sequence }
        let inForce = all.last
        // A pinned enrollment finishes its first version.
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

    /// Checks that every step before the enrollment's position is over, if no edit has moved it meanwhile.
    func checkStable(_ way: LedgerRows.Way, _ over: Set<Int>) throws {
        guard let position = way.position else { return }
        for step in versions(since: way.anchor, of: way.sequence).first ?? []
        where step.position <= position && !over.contains(step.identity) && isStable(step.identity, way) {
            throw failure(way.address, "\(step.name) of \(way.sequence) is lost")
        }
    }

    /// Whether a step had the same position in every version since the enrollment, and the file always existed.
    func isStable(_ identity: Int, _ way: LedgerRows.Way) -> Bool {
        let places = versions(since: way.anchor, of: way.sequence).map { steps in
            steps.first { $0.identity == identity }?.position
        }
        return Set(places).count == 1
    }

    /// Returns the steps of the version in force then and of all later ones; empty for a deleted file.
    func versions(since: Instant, of sequence: String) -> [[EditModel.ModelStep]] {
        let all = world.files.versions.filter { $0.sequence == sequence }
        return all[(all.lastIndex { $0.since <= since } ?? 0)...].map { $0.steps ?? [] }
    }
}
