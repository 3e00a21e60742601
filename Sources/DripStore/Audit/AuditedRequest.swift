package import DripCore
import GRDB
import Synchronization

/// A request for a change while it is carried out. Its record is written by the first transaction of the change, so that neither
/// is there without the other; a request that is refused gets one of its own.
///
/// It travels with the task: `Store.write` finds it there, and what happens in the transaction adds to it what is known only then.
/// Whatever is added must be known to dripd already, as a sequence in force is: what an operator typed may name a person.
package final class AuditedRequest: Sendable {
    @TaskLocal package static var current: AuditedRequest?

    package let verb: String
    package let at: Instant
    package let peer: AuditPeer?

    private struct State {
        var people: [(page: String, address: String)] = []
        var count: Int?
        var facts = Facts()
        /// The row, and what it says.
        var recorded: Recorded?
        var isDiscarded = false
    }

    /// What becomes known of it on its way.
    struct Facts: Hashable {
        var person: String?
        var people: Int?
        var sequence: String?
        var step: String?
        var before: String?
        var after: String?
        var result = AuditRecord.Result.begun
        var reason: String?
    }

    struct Recorded {
        let row: Int64
        let facts: Facts
    }

    private let state = Mutex(State())

    package init(_ verb: String, by peer: AuditPeer?, at now: Instant) {
        self.verb = verb
        self.peer = peer
        at = now
    }

    /// What has become of it so far. The store alone has a name for the person.
    package func record(in instance: String) -> AuditRecord {
        let facts = facts(in: instance)
        return AuditRecord(
            at: at,
            verb: verb,
            peer: peer,
            person: facts.person,
            people: facts.people,
            sequence: facts.sequence,
            step: facts.step,
            before: facts.before,
            after: facts.after,
            result: facts.result,
            reason: facts.reason
        )
    }

    func concerns(_ person: Person) {
        state.withLock { state in
            guard !state.people.contains(where: { $0 == (person.page, person.address) }) else { return }
            state.people.append((person.page, person.address))
        }
    }

    func concerns(people: Int) {
        state.withLock { $0.count = people }
    }

    /// - Parameters:
    ///   - sequence: one that is known.
    ///   - step: one of that sequence.
    func concerns(sequence: String, step: String? = nil) {
        state.withLock { state in
            state.facts.sequence = sequence
            state.facts.step = step
        }
    }

    /// The transaction that this is said in does the change.
    package func changes(from before: String? = nil, to after: String?) {
        state.withLock { state in
            state.facts.before = before.map(Self.cut)
            state.facts.after = after.map(Self.cut)
            state.facts.result = .done
        }
    }

    /// It changes nothing, and so it leaves no record.
    package func discard() {
        state.withLock { $0.isDiscarded = true }
    }

    package var isDiscarded: Bool { state.withLock { $0.isDiscarded } }

    package func isDone() {
        state.withLock { state in
            if state.facts.result == .begun { state.facts.result = .done }
        }
    }

    /// - Parameter reason: one of a few texts of dripd's own; the first that is given holds.
    package func isNotDone(_ result: AuditRecord.Result, because reason: String) {
        state.withLock { state in
            state.facts.result = result
            state.facts.reason = state.facts.reason ?? reason
            // It was taken back with the rest.
            (state.facts.before, state.facts.after) = (nil, nil)
        }
    }

    /// Writes the row, or what is new in it.
    /// - Returns: what is on the disk once the transaction is; nil where there is nothing to write.
    func write(_ db: Database, instance: String) throws -> Recorded? {
        guard !isDiscarded else { return nil }
        let facts = facts(in: instance)
        let recorded = state.withLock { $0.recorded }
        if recorded?.facts == facts { return nil }
        let log = AuditLog(db: db)
        if let recorded {
            try log.change(recorded.row, to: facts)
            return Recorded(row: recorded.row, facts: facts)
        }
        return Recorded(row: try log.add(self, facts), facts: facts)
    }

    /// The transaction is on the disk.
    func isWritten(_ recorded: Recorded?) {
        guard let recorded else { return }
        state.withLock { $0.recorded = recorded }
    }

    private func facts(in instance: String) -> Facts {
        state.withLock { state in
            var facts = state.facts
            if let count = state.count ?? (state.people.count > 1 ? state.people.count : nil) {
                facts.people = count
            } else if let (page, address) = state.people.first {
                facts.person = Store.pseudonym(page: page, address: address, instance)
            }
            return facts
        }
    }

    private static func cut(_ text: String) -> String {
        String(text.unicodeScalars.prefix(AuditLog.longestText))
    }
}
