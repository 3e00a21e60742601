import ControlAPI
import DripCore
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
    final class Platform: Sendable {
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

    let state: TemporaryStore
    private let dispatcher: Dispatcher
    private let seed: UInt64
    let platform = Platform()
    private var random: SeededRandom
    var script: EditScript
    var model = EditModel()
    private var now: Instant
    private var people: [String] = []
    private var messages = 0
    private var versions: [DripSequence] = []
    private var story: [String] = []
    /// What the model wants to have been sent.
    var expected: [EditModel.Sent] = []

    /// - Parameter state: may serve many seeds, one after the other.
    init(_ state: TemporaryStore, seed: UInt64) {
        self.state = state
        self.seed = seed
        let channel = ScriptedChannel()
        channel.answer { [platform] in platform.answer($0) }
        dispatcher = Dispatcher(
            store: state.store,
            channel: channel,
            limiters: LimiterTable([
                Limiter(id: state.account, channel: .messenger, page: Event.testPage, perSecond: 1000, rates: .tested)
            ]),
            limits: DispatchLimits(),
            random: { 0.5 },
            requestUpload: { _ in },
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
            try await adopt(betweenSlices: true)
            // What was sent between two slices has left at this moment, as the model has it.
            try await pass(.zero)
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

    private func wait() -> Milliseconds {
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1, 2: .minutes(Int64.random(in: 1...60, using: &random))
        case 3, 4: .hours(Int64.random(in: 1...30, using: &random))
        case 5, 6: .days(Int64.random(in: 1...10, using: &random))
        default: .days(Int64.random(in: 10...50, using: &random))
        }
    }

    /// - Parameter betweenSlices: whether things happen while it is applied.
    private func adopt(betweenSlices: Bool = false) async throws {
        let current = script.current
        let sequences = current.map { _ in [script.dripSequence] } ?? []
        versions += sequences
        let catalog = Catalog(zone: .hoChiMinh, sequences: sequences, pinned: versions)
        let plan = try await state.store.plan(catalog, people: 0, now: now).plan
        let edit = try await state.store.beginEdit(catalog, versions: [], plan: plan.hash, now: now)
        model.adopt(current)
        let report = try await apply(edit, betweenSlices: betweenSlices)
        let touched = plan.sequences.filter { $0.sequence == script.sequence }.reduce(0) { $0 + $1.touched }
        let changed = report.moved + report.finished + report.reopened + report.held
        // Whoever is through with a version that they were pinned to, and gets at once what was appended in the one in
        // force, counts as both.
        let both = script.version.pins && script.version.extendsFinished ? min(report.finished, report.reopened) : 0
        guard (touched...touched + both).contains(changed) else {
            throw failure("the plan touches \(touched), the adoption changes \(changed)")
        }
    }

    /// Applies an edit slice by slice. Between two of them what is due is sent, people come and the process may die.
    private func apply(_ edit: Edit, betweenSlices: Bool) async throws -> AdoptionReport {
        var edit = edit
        var report = edit.report
        while !report.isComplete {
            if betweenSlices {
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    note("what is due is looked at between two slices")
                    _ = try await dispatcher.tick(now: now)
                case 1: try await write()
                case 2:
                    note("the edit is taken up again")
                    if let pending = try await state.store.pendingEdit() { edit = pending }
                default: break
                }
            }
            report = try await edit.slice(limit: Int.random(in: 1...3, using: &random), now: now)
        }
        return report
    }

    /// Somebody new writes, and so often from then on that the window never closes.
    private func write() async throws {
        let person = "\(seed)-\(people.count)"
        people.append(person)
        messages += 2
        try await state.ingest(
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
        if let due = try await state.store.nextDue(account: state.account), due > now, due < now + .days(60) {
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
        if Int.random(in: 0..<6, using: &random) == 0 {
            note("the process dies, and another one begins")
            _ = try await state.store.recover(now: now)
            model.crash(accepted: accepts, at: now.milliseconds)
        }
        // After that their claims are given up, and what says that a message arrived counts all the same.
        try await dispatcher.settleAll { now }
        platform.state.withLock { $0.accepts = true }
        model.settle(accepted: accepts, at: now.milliseconds)
        note(accepts ? "accepted" : "refused for now")
        if accepts { expected += pending }
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
    private func pass(_ span: Milliseconds) async throws {
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
            guard let next = try await state.store.nextDue(account: state.account), next <= end else { break }
            now = next
        }
        now = end
    }

    private func note(_ what: String) {
        story.append("\(now) \(what)")
    }

    func failure(_ what: String) -> Failure {
        Failure(seed: seed, what: what, story: story)
    }
}
