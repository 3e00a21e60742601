package import ControlAPI
package import DripCore
import GRDB
import Synchronization

/// An operator's request while it is carried out. The first transaction of the change writes its record, so that
/// neither exists without the other. A request that is refused gets a transaction of its own.
///
/// It is a task-local value: `Store.write` finds it, and the code of the transaction adds what is known only there. Add
/// only values that dripd knows already, such as the id of a sequence in force: text that an operator typed may name a
/// person.
package final class AuditedRequest: Sendable {
    @TaskLocal package static var current: AuditedRequest?

    package let verb: String
    package let at: Instant
    package let peer: AuditPeer?

    private struct State {
        var people: [(page: String, address: String)] = []
        var count: Int?
        var facts = Facts()
        /// The written row, and its contents.
        var recorded: Recorded?
        var isDiscarded = false
    }

    /// Facts that become known while it is carried out.
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

    /// Returns the record of the request so far. Only the store's instance gives the person's pseudonym.
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
            guard
                !state.people.contains(where: { $0 == (person.address.account.externalID, person.address.externalID) })
            else { return }
            state.people.append((person.address.account.externalID, person.address.externalID))
        }
    }

    func concerns(people: Int) {
        state.withLock { $0.count = people }
    }

    /// - Parameters:
    ///   - sequence: a known sequence.
    ///   - step: a step of that sequence.
    func concerns(sequence: String, step: String? = nil) {
        state.withLock { state in
            state.facts.sequence = sequence
            state.facts.step = step
        }
    }

    /// Records that the current transaction makes the change.
    package func changes(from before: String? = nil, to after: String?) {
        state.withLock { state in
            state.facts.before = before.map(Self.cut)
            state.facts.after = after.map(Self.cut)
            state.facts.result = .done
        }
    }

    /// Discards the record of a request that changes nothing.
    package func discard() {
        state.withLock { $0.isDiscarded = true }
    }

    package var isDiscarded: Bool { state.withLock { $0.isDiscarded } }

    package func isDone() {
        state.withLock { state in
            if state.facts.result == .begun { state.facts.result = .done }
        }
    }

    /// - Parameter reason: one of dripd's own texts; the first one is kept.
    package func recordFailure(_ result: AuditRecord.Result, because reason: String) {
        state.withLock { state in
            state.facts.result = result
            state.facts.reason = state.facts.reason ?? reason
            // The change was rolled back.
            (state.facts.before, state.facts.after) = (nil, nil)
        }
    }

    /// Writes the row, or updates it.
    /// - Returns: what is on the disk after the commit; nil if there is nothing to write.
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

    /// Notes that the transaction is on the disk.
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
