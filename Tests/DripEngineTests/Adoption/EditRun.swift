import DripCore
import GRDB
import Synchronization
import TestSupport

@testable import DripEngine
@testable import DripStore

/// One seed: a file that is edited at random, people who come at random moments, time that passes in between. The real
/// store and the real dispatcher do it, the model does it, and after every turn the two are compared.
final class EditRun {
    /// What went wrong, with all that had happened.
    struct Failure: Error, CustomStringConvertible {
        let seed: UInt64
        let what: String
        let story: [String]

        var description: String {
            "seed \(seed): \(what)\n" + story.map { "  \($0)" }.joined(separator: "\n")
        }
    }

    /// Answers for the channel, and keeps what it accepted.
    private final class Platform: Sendable {
        struct State {
            var accepts = true
            var accepted: [(enrollment: EnrollmentID, step: String, text: String)] = []
        }

        let state = Mutex(State())

        func answer(_ request: ScriptedChannel.Request) -> Outcome {
            state.withLock { state in
                guard state.accepts else { return .refused(.make(.retry, "2")) }
                guard case .text(let text, _) = request.part.content else { return .inDoubt(why: "no text") }
                state.accepted.append((request.key.enrollment, request.key.step, text))
                return .accepted(messageID: "m_\(state.accepted.count)")
            }
        }
    }

    private let state: TemporaryStore
    private let dispatcher: Dispatcher
    private let seed: UInt64
    private let platform = Platform()
    private var random: SeededRandom
    private var script: EditScript
    private var model = EditModel()
    private var now: Instant
    private var people: [String] = []
    private var messages = 0
    private var versions: [DripSequence] = []
    private var story: [String] = []
    /// What the model wants to have been sent.
    private var expected: [EditModel.Sent] = []

    /// - Parameter state: may serve many seeds, one after the other.
    init(_ state: TemporaryStore, seed: UInt64) {
        self.state = state
        self.seed = seed
        let channel = ScriptedChannel()
        channel.answer { [platform] in platform.answer($0) }
        dispatcher = Dispatcher(
            store: state.store,
            channel: channel,
            lanes: LaneTable([Lane(id: state.lane, page: Event.testPage, perSecond: 1000)]),
            limits: DispatchLimits(),
            random: { 0.5 },
            logger: .silent
        )
        random = SeededRandom(seed: seed)
        script = EditScript(sequence: "s\(seed)", random: SeededRandom(seed: random.next()))
        // Any day of four years, so that months of every length are met.
        now = .start + .minutes(Int64.random(in: 0..<1440 * 1461, using: &random)) + .seconds(7)
    }

    /// - Throws: `Failure`.
    func run() async throws {
        try await adopt()
        try await write()
        for _ in 0..<Int.random(in: 6...16, using: &random) {
            try await turn()
            try await compare()
        }
        // In the end the file is there, and time runs until everybody is through.
        if script.isDeleted {
            note(script.edit())
            try await adopt()
        }
        try await pass(.days(200))
        try await compare()
        if model.ways.contains(where: { $0.end == nil }) { throw failure("somebody is not through after 200 days") }
        try await compareLog()
    }

    private func turn() async throws {
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1, 2, 3:
            note(script.edit())
            try await adopt()
        case 4: try await write()
        case 5: try await byHand()
        case 6, 7: try await inFlight()
        case 8:
            now = now + wait()
            note("an outage")
            try await pass(.zero)
        default: try await pass(wait())
        }
    }

    private func wait() -> Span {
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1, 2: .minutes(Int64.random(in: 1...60, using: &random))
        case 3, 4: .hours(Int64.random(in: 1...30, using: &random))
        case 5, 6: .days(Int64.random(in: 1...10, using: &random))
        default: .days(Int64.random(in: 10...50, using: &random))
        }
    }

    private func adopt() async throws {
        let current = script.current
        let sequences = current.map { _ in [script.dripSequence] } ?? []
        versions += sequences
        _ = try await state.store.adopt(
            Catalog(zone: .hoChiMinh, sequences: sequences, pinned: versions),
            versions: [],
            plan: nil,
            now: now
        )
        model.adopt(current)
    }

    /// Somebody new writes, and so often from then on that the window never closes.
    private func write() async throws {
        let person = "\(seed)-\(people.count)"
        people.append(person)
        messages += 2
        try await state.take(
            .message("\(seed)-\(messages)", from: person, at: now),
            .message("\(seed)-\(messages + 1)", from: person, at: now + .days(3000)),
            now: now
        )
        model.enroll(person, at: now.milliseconds)
        note("\(person) writes")
    }

    /// An operator enrols somebody once more, or stops somebody.
    private func byHand() async throws {
        guard let person = people.randomElement(using: &random), !script.isDeleted else { return }
        if let way = model.ways.last(where: { $0.person == person }), way.end == nil {
            guard Int.random(in: 0..<3, using: &random) == 0 else { return }
            note("\(person) is stopped")
            _ = try await state.store.stop(person, sequence: script.sequence, now: now)
            model.stop(person)
        } else {
            note("\(person) is enrolled once more")
            _ = try await state.store.enroll(person, in: script.sequence, again: true, now: now)
            model.enroll(person, at: now.milliseconds)
        }
    }

    /// Things happen while messages are on their way, some of which the platform refuses for now.
    private func inFlight() async throws {
        // To the moment at which somebody's message is due.
        if let due = try await state.store.nextDue(lane: state.lane), due > now, due < now + .days(60) {
            now = due
        }
        let accepts = Int.random(in: 0..<3, using: &random) > 0
        platform.state.withLock { $0.accepts = accepts }
        let sent = try await claim()
        note("\(sent) on their way")
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            if Int.random(in: 0..<4, using: &random) == 0 {
                try await byHand()
            } else {
                note(script.edit())
                try await adopt()
            }
        }
        now = now + .seconds(1)
        try await dispatcher.settleAll { now }
        platform.state.withLock { $0.accepts = true }
        model.settle(accepted: accepts, at: now.milliseconds)
        if accepts { expected += pending } else { note("refused for now") }
        pending = []
        try await compare()
        try await pass(.zero)
    }

    private var pending: [EditModel.Sent] = []

    /// Sets on its way what is due.
    private func claim() async throws -> Int {
        var next = try await dispatcher.tick(now: now)
        while let again = next, again <= now { next = try await dispatcher.tick(now: now) }
        pending = model.claim(at: now.milliseconds)
        return pending.count
    }

    /// Lets time pass, the dispatcher being awake.
    private func pass(_ span: Span) async throws {
        let end = now + span
        if span > .zero { note("\(span) pass") }
        while true {
            var sent = 0
            repeat {
                sent = try await claim()
                try await dispatcher.settleAll { now }
                model.settle(accepted: true, at: now.milliseconds)
                expected += pending
                pending = []
            } while sent > 0
            guard let next = try await state.store.nextDue(lane: state.lane), next <= end else { break }
            now = next
        }
        now = end
    }

    private func note(_ what: String) {
        story.append("\(now) \(what)")
    }

    private func failure(_ what: String) -> Failure {
        Failure(seed: seed, what: what, story: story)
    }

    /// The ledger and the pending work of everybody against the model.
    private func compare() async throws {
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
                    SELECT enrollment.*, person.address, job.step, job.due, job.scheduled, job.waiting_for, job.claimed_at
                    FROM enrollment JOIN person ON person.id = enrollment.person
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
    private func compareLog() async throws {
        let sequence = script.sequence
        let owners = try await state.store.read { db in
            Dictionary(
                uniqueKeysWithValues: try Row.fetchAll(
                    db,
                    sql: """
                        SELECT enrollment.id, address, round FROM enrollment
                        JOIN person ON person.id = enrollment.person WHERE sequence = ?
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
