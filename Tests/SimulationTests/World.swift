import Channels
import DripCore
import DripStore
import Foundation
import Synchronization
import TestSupport

@testable import DripEngine

/// A run: people, the platform, the network, the machine and an operator, all driven by one seed, around the real program. What
/// is to happen stands in an agenda; only the agenda moves time.
final class World {
    enum Happening {
        case act(Act, person: String)
        case post(Letter)
        /// A request reaches the platform.
        case arrive(Flight)
        /// What the daemon gets to see of it.
        case answer(Flight)
        case trouble(Trouble)
        case end(Trouble)
        case crash
        /// As soon as something is on its way.
        case crashInFlight
        case armedCrash(commits: Int)
        case start(dyingAfter: Int?)
        case edit
        case reload
        /// The daemon's clock differs by this from now on.
        case setClock(Span)
    }

    enum Act {
        case write(String)
        case optOut(String)
        case follow(ref: String)
        case tap(String)
        case react
        case comment(isAnonymous: Bool)
        case block
        /// Somebody of the team answers.
        case answeredByTeam
    }

    enum Trouble: String {
        case fullDisk = "the disk is full"
        case deadToken = "the token is dead"
        case restricted = "the page is restricted"
    }

    /// A webhook's event on its way, through all tries.
    final class Letter {
        let letter: SimulatedPlatform.Letter
        /// Index of the fact that it tells.
        let fact: Int?
        let since: Int64
        var tries = 0

        init(_ letter: SimulatedPlatform.Letter, fact: Int?, since: Int64) {
            self.letter = letter
            self.fact = fact
            self.since = since
        }
    }

    /// A request on its way, and what is to become of it.
    final class Flight {
        let held: SimulatedNetwork.Held
        let summary: RequestSummary
        var fault: PlatformFault?
        /// nil: the platform's own.
        var answer: Result<HTTPResponse, TransportError>?
        var isOver = false

        init(_ held: SimulatedNetwork.Held, _ summary: RequestSummary) {
            self.held = held
            self.summary = summary
        }
    }

    /// Something that a person or the team did.
    struct Fact {
        let person: String
        let at: Instant
        var opensWindow = false
        var isReply = false
        var isOptOut = false
        var isByTeam = false
        var isFirstMessage = false
        /// When the daemon had it on its disk, by its clock and in truth; nil: never.
        var taken: (clock: Instant, truth: Int64)?
        /// When the daemon takes it to have happened.
        var believed: Instant?
    }

    struct Launch {
        let at: Int64
        let clock: Instant
        let summary: RequestSummary
        /// Of the edited sequence: the number of versions so far.
        let versions: Int
    }

    let seed: UInt64
    let scenario: Scenario
    let trace = Trace()
    let platform: SimulatedPlatform
    let files: SimulatedFiles
    private let directory: TemporaryDirectory
    private let network = SimulatedNetwork()
    private let clock = ManualClock(.start)
    private var random: SeededRandom
    private var agenda = Agenda<Happening>()
    private(set) var daemon: SimulatedDaemon?
    private var flights: [Flight] = []
    private var alarm: Instant?
    private var batch: [Letter] = []
    private var outcomes: [(claim: Claim, outcome: Outcome)] = []
    private var isReloadPlanned = false
    private var fullDisk = false
    private var crashesInFlight = false
    private var withoutFaults = false

    /// The platform's time, which is the true one. The daemon's clock differs by `skew`.
    private(set) var now = Instant.start.milliseconds
    private(set) var skew = Span.zero

    private(set) var facts: [Fact] = []
    private(set) var launches: [Launch] = []
    /// Keys of whose echoes the daemon has on its disk.
    private(set) var echoed: Set<String> = []
    /// Keys of requests whose outcome nobody knew.
    private(set) var uncertain: Set<String> = []
    /// Keys of requests that were answered with an error, and the errors; by the person, too.
    private(set) var errors: [String: [Int]] = [:]
    /// Times on the daemon's clock at which nothing could be sent.
    private(set) var blocked: [ClosedRange<Instant>] = []
    /// When a life of the daemon began, by its clock.
    private(set) var starts: Set<Instant> = []
    private(set) var clockSteps: [Int64] = []

    private static let beginning = Instant.start.milliseconds

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

    /// Lets everything happen, and then three days in which nothing goes wrong any more: by then nothing may be overdue.
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
        agenda.add(.reload, at: now + 1000)
        try await pass(until: end + 3 * Self.day)
        // Nobody may be left waiting for an answer.
        for flight in flights where !flight.isOver { finish(flight) }
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

    private(set) var failure: Failure?

    /// What should not be, with the person whom it concerns.
    func fail(_ person: String?, _ what: String) {
        guard failure == nil else { return }
        failure = Failure(seed: seed, what: what, person: person, trace: trace.lines(of: person))
    }

    func note(_ person: String?, _ what: String) {
        trace.note(now - Self.beginning, person, what)
    }

    private func happen(_ happening: Happening) async {
        switch happening {
        case .act(let act, let person): perform(act, by: person)
        case .post(let letter): batch.append(letter)
        case .arrive(let flight): arrive(flight)
        case .answer(let flight): await answer(flight)
        case .trouble(let trouble): await begin(trouble)
        case .end(let trouble): await end(trouble)
        case .crash: crash("the process is killed")
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
        case .setClock(let difference):
            skew = withoutFaults ? .zero : difference
            clock.set(clockNow)
            clockSteps.append(now)
            note(nil, "the clock is set: it differs by \(skew)")
            daemon?.wake()
        }
    }

    // MARK: Chance

    private func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    private func between(_ low: Int64, _ high: Int64) -> Int64 {
        Int64.random(in: low...high, using: &random)
    }

    // MARK: What is to happen

    private func plan() {
        let end = Self.beginning + scenario.days * Self.day
        for number in 1...scenario.people { planPerson("p\(number)", end) }
        func anyTime() -> Int64 { between(Self.beginning + Self.minute, end) }
        for _ in 0..<scenario.crashes {
            let ways: [Happening] = [.crash, .crashInFlight, .armedCrash(commits: Int(between(0, 12)))]
            agenda.add(ways.randomElement(using: &random) ?? .crash, at: anyTime())
        }
        for _ in 0..<scenario.outages { agenda.add(.crash, at: anyTime()) }
        for (trouble, count) in [
            (Trouble.fullDisk, scenario.fullDisks), (.deadToken, scenario.deadTokens),
            (.restricted, scenario.restrictions),
        ] {
            for _ in 0..<count {
                let start = anyTime()
                agenda.add(.trouble(trouble), at: start)
                agenda.add(.end(trouble), at: start + between(Self.minute, 8 * Self.hour))
            }
        }
        for _ in 0..<scenario.clockSteps {
            // Back by more than `StandardWindow.margin` is more than the program promises to bear.
            let target = Bool.random(using: &random) ? between(-4 * Self.minute, 0) : between(0, 5 * Self.hour)
            let start = anyTime()
            agenda.add(.setClock(Span(milliseconds: target)), at: start)
            agenda.add(.setClock(.zero), at: start + between(1000, 12 * Self.hour))
        }
        for _ in 0..<scenario.edits { agenda.add(.edit, at: anyTime()) }
    }

    private func planPerson(_ person: String, _ end: Int64) {
        let span = end - Self.beginning
        var time = Self.beginning + between(1000, max(span * 3 / 5, 2000))
        let commentsFirst = chance(0.15)
        agenda.add(
            .act(commentsFirst ? .comment(isAnonymous: chance(0.3)) : .write(greeting()), person: person),
            at: time
        )
        while true {
            switch between(0, 9) {
            case 0...2: time += between(1000, 2 * Self.hour)
            case 3...6: time += between(Self.hour, scenario.isTalkative ? 22 * Self.hour : 60 * Self.hour)
            default: time += between(Self.hour, scenario.isTalkative ? 30 * Self.hour : 10 * Self.day)
            }
            guard time < end else { return }
            agenda.add(.act(act(), person: person), at: time)
        }
    }

    private func greeting() -> String {
        ["xin chào", "alo shop 👋", "giá bao nhiêu \"vậy\"?", "0912345678", "a/b\\c"].randomElement(using: &random) ?? ""
    }

    private func act() -> Act {
        switch between(0, 99) {
        case 0...1: .optOut(["dừng", "STOP", "Huỷ đăng ký"].randomElement(using: &random) ?? "stop")
        case 2...7: .follow(ref: Bool.random(using: &random) ? "advice" : "nobody")
        case 8...15: .tap(["Có", "Tư vấn", "Quà"].randomElement(using: &random) ?? "Có")
        case 16: .tap("Không")
        case 17...20: .react
        case 21...25: .comment(isAnonymous: chance(0.2))
        case 26...27: .block
        case 28...33: .answeredByTeam
        case 34...37: .write("tư vấn")
        default: .write(greeting())
        }
    }

    // MARK: People

    private func perform(_ act: Act, by person: String) {
        let at = now
        var fact = Fact(person: person, at: Instant(milliseconds: now))
        let done: Bool
        switch act {
        case .write(let text), .optOut(let text):
            done = platform.write(person, name: "Person \(person)", text: text, ref: nil, now: at)
            (fact.opensWindow, fact.isReply, fact.isFirstMessage) = (true, true, true)
            if case .optOut = act { fact.isOptOut = true }
        case .follow(let ref):
            done = platform.write(person, name: "Person \(person)", text: nil, ref: ref, now: at)
            fact.opensWindow = true
            // Somebody new presses Get Started.
            fact.isReply = true
        case .tap(let title):
            done = platform.tap(title, by: person, now: at)
            (fact.opensWindow, fact.isReply, fact.isFirstMessage) = (true, true, title == "Có" || title == "Không")
            fact.isOptOut = title == "Không"
        case .react:
            done = platform.react(person, now: at)
            fact.opensWindow = true
        case .comment(let isAnonymous):
            done = platform.comment(
                "đã share nhé",
                by: person,
                name: "Person \(person)",
                isAnonymous: isAnonymous,
                now: at
            )
        case .block: done = platform.block(person)
        case .answeredByTeam:
            done = platform.operatorWrites("chào bạn", to: person, now: at)
            fact.isByTeam = true
        }
        guard done else { return }
        note(person, "\(act)")
        facts.append(fact)
        post(fact: facts.count - 1)
    }

    // MARK: Webhooks

    /// Sends on their way what the platform has to tell.
    private func post(fact: Int?) {
        for letter in platform.takeLetters() {
            let tells = letter.field != "message_reads" && letter.field != "message_deliveries"
            let way = Letter(letter, fact: tells ? fact : nil, since: now)
            var delay = between(1, 8) * 250
            if !withoutFaults, chance(scenario.disorder) { delay += between(0, 30) * Self.minute / 10 }
            agenda.add(.post(way), at: now + delay)
            if !withoutFaults, chance(scenario.duplicates) {
                agenda.add(.post(way), at: now + delay + between(0, 20) * 250 * (chance(0.2) ? 1000 : 1))
            }
        }
    }

    /// Posts the events that are due, several at once.
    private func deliver() async {
        if !withoutFaults, chance(scenario.disorder) { batch.shuffle(using: &random) }
        while !batch.isEmpty {
            let letters = Array(batch.prefix(8))
            batch.removeFirst(letters.count)
            if await receive(letters) { continue }
            for letter in letters { postAgain(letter) }
        }
    }

    private func postAgain(_ letter: Letter) {
        letter.tries += 1
        // As the platform does: at once, then less and less often, for 36 hours.
        let pause = min(Int64(5) * 1000 << Int64(min(letter.tries - 1, 10)), Self.hour)
        guard now + pause < letter.since + 36 * Self.hour, withoutFaults || !chance(scenario.lostWebhooks) else {
            note(letter.letter.person, "the webhook \(letter.letter.field) is given up")
            return
        }
        agenda.add(.post(letter), at: now + pause)
    }

    /// - Returns: whether the daemon has taken them.
    private func receive(_ letters: [Letter]) async -> Bool {
        guard let daemon else { return false }
        let (body, signature) = SimulatedPlatform.batch(letters.map(\.letter))
        do {
            guard case .taken(let report) = try await daemon.intake.receive(body, signature: signature) else {
                fail(letters[0].letter.person, "the webhook is refused: \(String(decoding: body, as: UTF8.self))")
                return true
            }
            for letter in letters { taken(letter) }
            if report.strangers > 0 { fail(letters[0].letter.person, "a webhook is of another page") }
            return true
        } catch is StoreError {
            return false
        } catch {
            crash("the process dies while it takes webhooks")
            return false
        }
    }

    private func taken(_ letter: Letter) {
        note(letter.letter.person, "webhook \(letter.letter.field) \(letter.letter.key ?? "")")
        if let key = letter.letter.key { echoed.insert(key) }
        guard let index = letter.fact, facts[index].taken == nil else { return }
        let at = facts[index].at
        facts[index].taken = (clockNow, now)
        facts[index].believed = at < clockNow - .days(3) ? clockNow : min(at, clockNow)
    }

    // MARK: The daemon

    private func start(dyingAfter commits: Int?) async {
        guard daemon == nil else { return }
        starts.insert(clockNow)
        do {
            let jitter = Mutex(SeededRandom(seed: random.next()))
            let new = try await SimulatedDaemon(
                state: directory.path + "/state",
                files: files.path,
                network: network,
                clock: clock,
                random: { jitter.withLock { Double.random(in: 0..<1, using: &$0) } },
                dyingAfter: commits
            )
            daemon = new
            files.adopted(new.hashes, at: clockNow)
            note(nil, "the daemon starts")
            if let stoppedAt { block(from: stoppedAt, to: clockNow) }
            stoppedAt = nil
        } catch is CrashPoint.Crash {
            note(nil, "the daemon dies while it starts")
            agenda.add(.start(dyingAfter: nil), at: now + between(1000, Self.minute))
        } catch {
            fail(nil, "the daemon does not start: \(error)")
        }
    }

    private var stoppedAt: Instant? = .start

    /// The process is gone, with all that it had not written down. What had left it goes on its way.
    private func crash(_ why: String) {
        guard let daemon else { return }
        note(nil, why)
        self.daemon = nil
        for (claim, _) in outcomes {
            let job = claim.job
            uncertain.insert("dripd/simulated/\(job.enrollment.id.rawValue)/\(job.part)/\(job.step)")
        }
        (alarm, outcomes, fullDisk) = (nil, [], false)
        stoppedAt = min(stoppedAt ?? clockNow, clockNow)
        for flight in flights where !flight.isOver {
            uncertain.insert(flight.summary.key)
            finish(flight)
        }
        flights = []
        do {
            try daemon.store.close()
        } catch {
            fail(nil, "the store cannot be closed: \(error)")
        }
        let isOutage = chance(scenario.outages > 0 ? 0.4 : 0)
        let pause = isOutage ? between(10 * Self.minute, 30 * Self.hour) : between(1000, 5 * Self.minute)
        let commits = !withoutFaults && scenario.crashes > 0 && chance(0.2) ? Int(between(0, 3)) : nil
        agenda.add(.start(dyingAfter: commits), at: now + pause)
    }

    /// The waiting task ends; nobody looks at what it makes of it.
    private func finish(_ flight: Flight) {
        flight.isOver = true
        let error = TransportError(arrival: .perhaps, kind: .cut, message: "the process is gone")
        flight.held.continuation.resume(returning: .failure(error))
    }

    /// As the dispatcher's service turns its loop.
    private func turn(_ daemon: SimulatedDaemon) async {
        let settled = outcomes
        outcomes = []
        do {
            try await daemon.dispatcher.settle(settled, now: clockNow)
            alarm = try await daemon.dispatcher.tick(now: clockNow)
        } catch is StoreError {
            alarm = clockNow + .seconds(5)
        } catch {
            await launch(daemon)
            outcomes = settled
            crash("the process dies between two transactions")
            return
        }
        await launch(daemon)
        look(at: daemon)
    }

    /// Takes note of whether the page may send, and has the operator look after one that may not.
    private func look(at daemon: SimulatedDaemon) {
        guard let lane = daemon.lanes.all.first else { return }
        if fullDisk { block(from: clockNow, to: clockNow + .minutes(1)) }
        if let until = lane.pausedUntil { block(from: clockNow, to: until) }
        if lane.stopped != nil {
            if stoppedAt == nil { note(nil, "the page is stopped: \(lane.stopped ?? "")") }
            stoppedAt = stoppedAt ?? clockNow
            guard !isReloadPlanned else { return }
            isReloadPlanned = true
            agenda.add(.reload, at: now + between(10 * Self.minute, 6 * Self.hour))
        } else if let since = stoppedAt {
            block(from: since, to: clockNow)
            stoppedAt = nil
        }
    }

    private func block(from: Instant, to: Instant) {
        guard from <= to else { return }
        if let last = blocked.last, last.contains(from) {
            blocked[blocked.count - 1] = last.lowerBound...max(last.upperBound, to)
        } else {
            blocked.append(from...to)
        }
    }

    private func reload() async {
        guard let daemon else { return }
        switch await daemon.adopter.adopt(.reload) {
        case .adopted:
            files.adopted(daemon.hashes, at: clockNow)
            daemon.lanes.restart()
            daemon.wake()
            note(nil, "reloaded")
        case .refused(let problems):
            if daemon.crashPoint.isDead {
                crash("the process dies while it reloads")
            } else if fullDisk {
                agenda.add(.reload, at: now + 10 * Self.minute)
            } else {
                fail(nil, "the files are refused: \(problems)")
            }
        }
    }

    // MARK: The network

    /// Takes what the dispatcher has set on its way, in an order of its own, and decides what becomes of each.
    private func launch(_ daemon: SimulatedDaemon) async {
        flights.removeAll(where: \.isOver)
        let new = daemon.dispatcher.inFlight - flights.count
        guard new > 0 else { return }
        if crashesInFlight {
            crashesInFlight = false
            agenda.add(.crash, at: now + between(0, 400))
        }
        let held = await network.take(new)
        let launched = held.map { Flight($0, RequestSummary($0.request)) }
            .sorted { $0.summary.key < $1.summary.key }
        for flight in launched {
            flights.append(flight)
            launches.append(
                Launch(at: now, clock: clockNow, summary: flight.summary, versions: files.versions.count)
            )
            send(flight)
        }
    }

    private func send(_ flight: Flight) {
        let there = between(1, 6) * 20
        let back = between(1, 6) * 50
        let timeout = Int64(flight.held.request.timeLimits.totalMilliseconds)
        note(flight.summary.recipient, "request \(flight.summary.key) \(flight.summary.text ?? "")")
        func lost(
            _ kind: TransportError.Kind,
            _ arrival: TransportError.Arrival
        ) -> Result<HTTPResponse, TransportError> {
            .failure(TransportError(arrival: arrival, kind: kind, message: kind.rawValue))
        }
        guard !withoutFaults else {
            agenda.add(.arrive(flight), at: now + there)
            agenda.add(.answer(flight), at: now + there + back)
            return
        }
        if chance(scenario.refusedConnections) {
            flight.answer = lost(.connect, .certainlyNot)
            agenda.add(.answer(flight), at: now + back)
        } else if chance(scenario.lostRequests) {
            flight.answer = lost(.timeout, .perhaps)
            agenda.add(.answer(flight), at: now + timeout)
        } else if chance(scenario.lostAnswers) {
            flight.answer = lost(.timeout, .perhaps)
            // Some stay on their way for longer than anybody waits.
            agenda.add(.arrive(flight), at: now + (chance(0.1) ? timeout + between(1, 60) * 1000 : there))
            agenda.add(.answer(flight), at: now + (chance(0.5) ? timeout : there + back))
        } else if chance(scenario.junkAnswers) {
            let status = [502, 504, 503, 429].randomElement(using: &random) ?? 502
            flight.answer = .success(
                HTTPResponse(status: status, headers: HTTPResponseHeaders(), body: Array("<html>".utf8))
            )
            // Of these two nothing was taken.
            if status == 502 || status == 504, Bool.random(using: &random) {
                agenda.add(.arrive(flight), at: now + there)
            }
            agenda.add(.answer(flight), at: now + there + back)
        } else {
            for fault in PlatformFault.classes where chance(scenario.errors) {
                flight.fault = fault
                break
            }
            let slow = chance(scenario.slowAnswers)
            let arrival = slow ? between(20, 15_000) : there
            agenda.add(.arrive(flight), at: now + arrival)
            agenda.add(.answer(flight), at: now + arrival + (slow ? between(20, 10_000) : back))
        }
    }

    private func arrive(_ flight: Flight) {
        // Of what nobody waits for any more, some was never on its way, or got lost there.
        if flight.isOver, chance(0.5) { return }
        let response = platform.answer(flight.held.request, flight.summary, fault: flight.fault, now: now)
        note(flight.summary.recipient, "the platform answers \(flight.summary.key) with \(response.status)")
        if flight.answer == nil { flight.answer = .success(response) }
        post(fact: nil)
    }

    private func answer(_ flight: Flight) async {
        guard !flight.isOver, let daemon else { return }
        guard let answer = flight.answer else { return fail(flight.summary.recipient, "no answer is laid ready") }
        flight.isOver = true
        flight.held.continuation.resume(returning: answer)
        let news = await daemon.dispatcher.mailbox.next()
        for (claim, outcome) in news.outcomes {
            note(flight.summary.recipient, "outcome of \(flight.summary.key): \(outcome)")
            if case .inDoubt = outcome { uncertain.insert(flight.summary.key) }
            if case .refused(let refusal) = outcome {
                let code = Int(refusal.code.prefix { $0.isNumber }) ?? 0
                errors[flight.summary.key, default: []].append(code)
                errors[flight.summary.recipient, default: []].append(code)
            }
            outcomes.append((claim, outcome))
        }
    }

    // MARK: Trouble

    private func begin(_ trouble: Trouble) async {
        note(nil, trouble.rawValue)
        switch trouble {
        case .fullDisk: await setFullDisk(true)
        case .deadToken: platform.setToken(isDead: true)
        case .restricted: platform.setRestricted(true)
        }
    }

    private func end(_ trouble: Trouble) async {
        note(nil, "no longer: \(trouble.rawValue)")
        switch trouble {
        case .fullDisk: await setFullDisk(false)
        case .deadToken: platform.setToken(isDead: false)
        case .restricted: platform.setRestricted(false)
        }
    }

    private func setFullDisk(_ isFull: Bool) async {
        guard let daemon else { return }
        fullDisk = isFull
        do {
            try await daemon.refuseWrites(isFull)
        } catch {
            fail(nil, "the disk cannot be filled: \(error)")
        }
    }
}
