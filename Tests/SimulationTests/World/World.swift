import Channels
import ControlAPI
import DripCore
import DripStore
import Foundation
import Synchronization
import TestSupport

@testable import DripEngine

/// A run: the real program among people, the platform, the network, the machine and an operator, all driven by one seed. The
/// agenda holds all future events. Time moves only from one event to the next.
final class World {
    let seed: UInt64
    let scenario: Scenario
    let trace = Trace()
    let platform: SimulatedPlatform
    let files: SimulatedFiles
    let directory: TemporaryDirectory
    let network = SimulatedNetwork()
    let clock = ManualClock(.start)
    var random: SeededRandom
    var agenda = EventQueue<SimulatedEvent>()
    var daemon: SimulatedDaemon?
    var flights: [InFlightRequest] = []
    var alarm: Instant?
    var batch: [WebhookDelivery] = []
    var outcomes: [(claim: Claim, outcome: Outcome)] = []
    var isReloadPlanned = false
    var fullDisk = false
    var crashesInFlight = false
    var withoutFaults = false

    /// The platform's time, which is the true time. The daemon's clock differs by `skew`.
    var now = Instant.start.milliseconds
    var skew = Milliseconds.zero

    var facts: [RecordedAction] = []
    var launches: [SentRequest] = []
    /// The delivery keys whose echoes the daemon has on disk, and since when.
    var echoed: [String: Int64] = [:]
    /// The delivery keys of requests whose outcome the daemon did not know.
    var uncertain: Set<String> = []
    /// The error codes of refused requests, by delivery key and also by person.
    var errors: [String: [Int]] = [:]
    /// The periods, by the daemon's clock, in which nothing could be sent.
    var blocked: [ClosedRange<Instant>] = []
    /// Since when nothing can be sent; nil if the page can send.
    var stoppedAt: Instant? = .start
    /// The start times of the daemon, by its clock.
    var starts: Set<Instant> = []
    var clockSteps: [Int64] = []

    /// The stopped errands, by name.
    var stands: [String: BackgroundTask.Stop] = [:]
    /// The time of the last call about conversations, by which the next one is paced.
    var conversationTurn = Instant.start.milliseconds
    /// Counts of deliveries that reading a conversation resolved, for tests that must have seen some.
    var doubtsEnded: [String: Int] = [:]
    /// The number of messages that syncs found.
    var caughtUp = 0
    /// The number of consecutive reconciliations whose results the disk refused.
    var lookOutages = 0
    /// When the current sync began, by the daemon's clock. Messages that it finds count as taken at that time.
    var walkBegan = Instant.start
    /// The operator's resolutions of deliveries in doubt, by delivery key.
    var decisions: [String: Resolution] = [:]
    /// The sequences that the operator ended for a person, as `person sequence`.
    var endedByHand: Set<String> = []
    /// The people whom the operator tagged, and when.
    var tagged: [(person: String, at: Int64)] = []
    var lastBackup: Backup?
    /// The times, by the daemon's clock, at which the state was found to be a copy.
    var holds: [Instant] = []
    var restores: [Restore] = []
    /// The index of each message's launch, by message id.
    var origins: [String: Int] = [:]

    static let beginning = Instant.start.milliseconds

    var state: String { directory.path + "/state" }

    var clockNow: Instant { Instant(milliseconds: now) + skew }

    init(seed: UInt64, scenario: Scenario) throws {
        self.seed = seed
        self.scenario = scenario
        random = SeededRandom(seed: seed)
        platform = SimulatedPlatform(seed: seed)
        directory = try TemporaryDirectory()
        files = try SimulatedFiles(
            random: SeededRandom(seed: random.next()),
            edits: scenario.edits > 0
        )
    }

    // MARK: The run

    /// Runs the plan, and then three days without faults. After those, nothing may be overdue.
    func run() async throws {
        plan()
        await happen(.start(dyingAfter: nil))
        let end = Self.beginning + scenario.days * Self.day
        try await pass(until: end)
        (withoutFaults, crashesInFlight) = (true, false)
        note(nil, "nothing goes wrong any more")
        for trouble in [Trouble.fullDisk, .deadToken, .restricted] { await happen(.end(trouble)) }
        if skew != .zero { await happen(.setClock(.zero)) }
        if daemon == nil { await happen(.start(dyingAfter: nil)) }
        await happen(.adoptState)
        await happen(.review)
        agenda.add(.reload, at: now + 1000)
        try await pass(until: end + 3 * Self.day)
        // No task may be left waiting for an answer.
        for flight in flights where !flight.isOver { finish(flight) }
        if let daemon { await abandonErrands(of: daemon) }
    }

    static let day: Int64 = 86_400_000
    static let hour: Int64 = 3_600_000
    static let minute: Int64 = 60_000

    private func pass(until end: Int64) async throws {
        while true {
            let alarm = daemon == nil ? nil : alarm.map { ($0 - skew).milliseconds }
            guard let next = [agenda.next, alarm].compactMap(\.self).min(), next <= end else { break }
            now = max(now, next)
            clock.set(clockNow)
            var isDue = alarm.map { $0 <= now } ?? false
            while let happening = agenda.take(upTo: now) {
                await happen(happening)
                if failure != nil { break }
            }
            await deliver()
            if let daemon, daemon.takeWoken() || isDue || !outcomes.isEmpty {
                isDue = false
                await turn(daemon)
            }
            if let failure { throw failure }
        }
        now = end
        clock.set(clockNow)
    }

    var failure: Failure?

    /// Records the first violation of a rule, and the person that it concerns.
    func fail(_ person: String?, _ what: String) {
        guard failure == nil else { return }
        failure = Failure(seed: seed, what: what, person: person, trace: trace.lines(of: person))
    }

    func note(_ person: String?, _ what: String) {
        trace.note(now - Self.beginning, person, what)
    }

    func happen(_ happening: SimulatedEvent) async {
        switch happening {
        case .act(let act, let person): perform(act, by: person)
        case .post(let letter): batch.append(letter)
        case .arrive(let flight): arrive(flight)
        case .answer(let flight): await answer(flight)
        case .trouble(let trouble): await begin(trouble)
        case .end(let trouble): await end(trouble)
        case .crash: await crash("the process is killed")
        case .crashInFlight: crashesInFlight = true
        case .armedCrash(let commits): daemon?.crashPoint.arm(commits)
        case .start(let commits): await start(dyingAfter: commits)
        case .edit:
            do {
                note(nil, "edit: \(try files.edit())")
            } catch {
                fail(nil, "the file cannot be edited: \(error)")
            }
            await reload()
        case .reload:
            isReloadPlanned = false
            await reload()
        case .errand(let errand): await begin(errand)
        case .goOn(let errand): await goOn(errand)
        case .ask(let question): ask(question)
        case .told(let question): await told(question)
        case .operate: await operate()
        case .backup: backUp()
        case .restore(let byHand): await restore(byHand: byHand)
        case .adoptState: await adoptState()
        case .review: platform.reviewTemplates(isApproved: withoutFaults || chance(0.6), now: now)
        case .setClock(let difference):
            skew = withoutFaults ? .zero : difference
            clock.set(clockNow)
            clockSteps.append(now)
            note(nil, "the clock is set: it differs by \(skew)")
            daemon?.wake()
        }
    }

    // MARK: Chance

    func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    func between(_ low: Int64, _ high: Int64) -> Int64 {
        Int64.random(in: low...high, using: &random)
    }
}
