import DripCore
import Foundation
import TestSupport

/// Holds the ledger against the platform's own log, and both against what people did and what went wrong. Knows the rules, and no
/// line of the code that keeps them.
struct Checker {
    /// One message, whatever its step is called.
    struct Part: Hashable {
        let way: Int64
        let identity: Int
        let part: Int
    }

    /// How the steps ended, for tests that want to have seen some of each.
    struct Summary {
        /// `sent`, `skipped late`, …
        var ends: [String: Int] = [:]
        /// In doubt, though the platform took it: whose echo was lost, too.
        var unheard = 0
    }

    private let world: World
    private let ways: [LedgerRows.Way]
    private let wayByID: [Int64: LedgerRows.Way]
    private let waysByPerson: [String: [LedgerRows.Way]]
    private let factsByPerson: [String: [World.Fact]]
    private var summary = Summary()
    private var accepted: [Part: [SimulatedPlatform.Accepted]] = [:]

    /// How long there must have been a chance to send before a skip is one too many: a message waits for another try, or a page
    /// for its own, for up to half an hour.
    private static let slack = Span.hours(1)
    private static let late: [String: Span] = ["advice": .hours(6)]
    private static let pauseOnHuman: [String: Span] = ["gift": .hours(2)]
    private static let windowMargin = Span.minutes(5)
    /// What a step has besides its text.
    private static let parts: [String: Int] = ["advice first": 2, "advice second": 3]

    init(_ world: World, _ rows: LedgerRows) {
        self.world = world
        ways = rows.ways
        wayByID = Dictionary(uniqueKeysWithValues: ways.map { ($0.id, $0) })
        waysByPerson = Dictionary(grouping: ways, by: \.address)
        factsByPerson = Dictionary(grouping: world.facts, by: \.person)
    }

    /// - Throws: `Failure`.
    mutating func check() throws -> Summary {
        try checkRefusals()
        try collect()
        try checkTexts()
        try checkLaunches()
        try checkRates()
        try checkEnrolled()
        for way in ways {
            try checkJob(way)
            try checkComplete(way)
            var earlier = way.anchor
            for delivery in way.deliveries {
                try check(delivery, of: way, after: earlier)
                earlier = max(earlier, delivery.at)
            }
        }
        try checkAccepted()
        for delivery in ways.flatMap(\.deliveries) {
            let reason = delivery.state == "skipped" ? " \(delivery.reason ?? "")" : ""
            summary.ends[delivery.state + reason, default: 0] += 1
        }
        return summary
    }

    private func failure(_ person: String?, _ what: String) -> Failure {
        Failure(seed: world.seed, what: what, person: person, trace: world.trace.lines(of: person))
    }

    private func identity(_ step: String, _ way: LedgerRows.Way) throws -> Int {
        guard let identity = world.files.identity(of: step, in: way.sequence) else {
            throw failure(way.address, "no file ever had the step \(step) of \(way.sequence)")
        }
        return identity
    }

    private func key(_ way: LedgerRows.Way, _ step: String, _ part: Int) -> String {
        "dripd/simulated/\(way.id)/\(part)/\(step)"
    }

    // MARK: The platform's log

    /// Nothing may be refused for what the program can know: it does not know who has blocked the page, what becomes of its token,
    /// or that the page is restricted.
    private func checkRefusals() throws {
        for refusal in world.platform.refused where !refusal.isInjected {
            switch (refusal.code, refusal.subcode) {
            case (551, _), (190, _), (10, 1_893_063): continue
            default:
                throw failure(
                    refusal.person,
                    "the platform refused \(refusal.key) with \(refusal.code)/\(refusal.subcode ?? 0)"
                )
            }
        }
    }

    /// Nothing twice, by the key that the message carried.
    private mutating func collect() throws {
        for message in world.platform.accepted {
            guard let key = DeliveryKey(message.key), let way = wayByID[key.enrollment.rawValue] else {
                throw failure(message.person, "a message of no enrollment: '\(message.key)'")
            }
            let part = Part(way: way.id, identity: try identity(key.step, way), part: key.part)
            accepted[part, default: []].append(message)
            if accepted[part]?.count ?? 0 > 1 {
                throw failure(message.person, "sent twice: part \(part.part) of \(key.step) of \(way.sequence)")
            }
        }
    }

    /// Nothing twice, by what the person read: whatever the program thinks that it was.
    private func checkTexts() throws {
        var counts: [String: Int] = [:]
        // Of whoever commented without a name, the platform's log knows another address.
        let nameless = ways.count { $0.address.hasPrefix("comment:") }
        for message in world.platform.accepted {
            guard let token = message.text?.split(separator: " ").first, token.contains("#") else { continue }
            let sequence = String(token.prefix { $0 != "#" })
            counts["\(message.person) \(token)", default: 0] += 1
            let rounds = (waysByPerson[message.person] ?? []).count { $0.sequence == sequence } + nameless
            if counts["\(message.person) \(token)"] ?? 0 > rounds {
                throw failure(message.person, "\(token) arrived more often than the \(rounds) times that it may")
            }
        }
    }

    /// Everything that the platform took is in the ledger as sent, or as what the program cannot know better.
    private mutating func checkAccepted() throws {
        for (part, messages) in accepted.sorted(by: { ($0.key.way, $0.key.identity) < ($1.key.way, $1.key.identity) }) {
            guard let way = wayByID[part.way], let message = messages.first else { continue }
            let what = "\(message.key) was accepted, but"
            if let row = try way.deliveries.first(where: { try identity($0.step, way) == part.identity }) {
                switch row.state {
                case "sent": continue
                case _ where part.part < row.part: continue
                case "in_doubt" where !world.echoed.contains(message.key):
                    summary.unheard += 1
                    continue
                // Ended between two parts.
                case "skipped" where row.part == part.part && row.messageIDs.contains(message.messageID): continue
                default: throw failure(message.person, "\(what) the ledger says \(row.state) \(row.reason ?? "")")
                }
            }
            guard let job = way.job, try identity(job.step, way) == part.identity, job.part > part.part else {
                throw failure(message.person, "\(what) the ledger does not say so")
            }
        }
    }

    // MARK: What left the machine

    private func checkLaunches() throws {
        let optedOut = Dictionary(
            world.facts.filter { $0.isOptOut && $0.taken != nil }.map { ($0.person, $0.taken?.truth ?? 0) },
            uniquingKeysWith: min
        )
        for launch in world.launches {
            let person = launch.summary.recipient
            if let since = optedOut[person], launch.at > since {
                throw failure(person, "\(launch.summary.key) left after the person had asked for nothing more")
            }
            guard let key = DeliveryKey(launch.summary.key), let way = wayByID[key.enrollment.rawValue] else {
                continue
            }
            let identity = try identity(key.step, way)
            let name = "\(way.sequence) \(key.step)"
            let versions = world.files.versions.prefix(launch.versions).filter { $0.sequence == way.sequence }
            // Who is pinned goes by an earlier one.
            let candidates = versions.contains(where: \.pins) ? Array(versions) : Array(versions.suffix(1))
            let dues = candidates.flatMap { $0.steps ?? [] }.filter { $0.identity == identity }
                .map { Instant(milliseconds: EditModel.due($0, anchor: way.anchor.milliseconds)) }
            guard let due = dues.min() else {
                throw failure(person, "\(launch.summary.key) left, and no file in force has the step")
            }
            guard launch.clock >= due - (SimulatedFiles.pull[name] ?? .zero) else {
                throw failure(person, "\(launch.summary.key) left at \(launch.clock), before it was due at \(due)")
            }
            guard way.sequence != SimulatedFiles.edited else { continue }
            let patience = max(Self.late[way.sequence] ?? .hours(24), SimulatedFiles.patience[name] ?? .zero)
            // What is due by night is due in the morning.
            let night = way.sequence == "gift" ? nights(from: due, until: due).first { $0.0 <= due && due < $0.1 } : nil
            guard launch.clock <= (night?.1 ?? due) + patience else {
                throw failure(
                    person,
                    "\(launch.summary.key) left at \(launch.clock), too late for what was due at \(due)"
                )
            }
        }
    }

    /// Ten in every second; twice as many only where the clock was set in between.
    private func checkRates() throws {
        var recent: [Int64] = []
        for launch in world.launches {
            recent.removeAll { launch.at - $0 >= 1000 }
            recent.append(launch.at)
            let isOdd = world.clockSteps.contains { abs($0 - launch.at) <= 1000 }
            if recent.count > (isOdd ? 20 : 10) {
                throw failure(launch.summary.recipient, "\(recent.count) requests within a second")
            }
        }
    }

    // MARK: Ways

    /// Whoever wrote first, as far as the program knows, is on the way that begins with that.
    private func checkEnrolled() throws {
        let people = Set(ways.filter { $0.sequence == "care" }.map(\.address))
        for fact in world.facts where fact.isFirstMessage && fact.taken != nil && !people.contains(fact.person) {
            let isStopped = (factsByPerson[fact.person] ?? []).contains { $0.isOptOut && $0.taken != nil }
            if !isStopped { throw failure(fact.person, "wrote, and is on no way") }
        }
    }

    private func checkJob(_ way: LedgerRows.Way) throws {
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
    private func checkComplete(_ way: LedgerRows.Way) throws {
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
    private func checkStable(_ way: LedgerRows.Way, _ over: Set<Int>) throws {
        guard let position = way.position else { return }
        for step in versions(since: way.anchor, of: way.sequence).first ?? []
        where step.position <= position && !over.contains(step.identity) && isStable(step.identity, way) {
            throw failure(way.address, "\(step.name) of \(way.sequence) is lost")
        }
    }

    /// Whether it stood at its place in every version since the enrollment, and the file was always there.
    private func isStable(_ identity: Int, _ way: LedgerRows.Way) -> Bool {
        let places = versions(since: way.anchor, of: way.sequence).map { steps in
            steps.first { $0.identity == identity }?.position
        }
        return Set(places).count == 1
    }

    /// The one in force then, and all that followed it; empty where there was no file.
    private func versions(since: Instant, of sequence: String) -> [[EditModel.ModelStep]] {
        let all = world.files.versions.filter { $0.sequence == sequence }
        return all[(all.lastIndex { $0.since <= since } ?? 0)...].map { $0.steps ?? [] }
    }

    // MARK: How steps ended

    private func check(_ row: LedgerRows.Delivery, of way: LedgerRows.Way, after earlier: Instant) throws {
        let name = "\(row.step) of \(way.sequence)"
        let key = key(way, row.step, row.part)
        switch row.state {
        case "sent":
            let identity = try identity(row.step, way)
            let ids = (0...row.part).flatMap { part in
                accepted[Part(way: way.id, identity: identity, part: part)]?.map(\.messageID) ?? []
            }
            guard ids == row.messageIDs, ids.count == row.part + 1 else {
                throw failure(way.address, "\(name) is sent as \(row.messageIDs), the platform has \(ids)")
            }
            let parts = Self.parts["\(way.sequence) \(row.step)"] ?? 1
            guard ids.count == parts else {
                throw failure(way.address, "\(name) is sent with \(ids.count) of \(parts) parts")
            }
        case "in_doubt":
            if world.echoed.contains(key) { throw failure(way.address, "\(name) is in doubt, and its echo has come") }
            // What a dead process had claimed may never have left it: nobody can tell.
            let isOfEarlierLife = row.reason == "dripd ended before the answer came" && world.starts.contains(row.at)
            if !isOfEarlierLife, !world.uncertain.contains(key) {
                throw failure(way.address, "\(name) is in doubt: \(row.reason ?? "")")
            }
        case "failed":
            // An edit took the step away while one of its parts was in doubt.
            let isHalf = row.reason?.hasPrefix("\(row.part + 1) of its parts arrived") ?? false
            if world.errors[key] == nil, !isHalf { throw failure(way.address, "\(name) failed: \(row.reason ?? "")") }
        case "skipped": try checkSkip(row, name, way, after: earlier)
        default: throw failure(way.address, "\(name) is \(row.state)")
        }
    }

    private func checkSkip(
        _ row: LedgerRows.Delivery,
        _ name: String,
        _ way: LedgerRows.Way,
        after earlier: Instant
    ) throws {
        // Of whoever commented without a name, the platform's log knows another address.
        if way.address.hasPrefix("comment:") { return }
        let facts = (factsByPerson[way.address] ?? []).filter { $0.taken.map { $0.clock <= row.at } ?? false }
        var unjustified: Failure {
            failure(way.address, "\(name) was skipped at \(row.at): \(row.reason ?? "no reason")")
        }
        switch row.reason {
        case "stopped":
            if !facts.contains(where: \.isOptOut) { throw unjustified }
        case "replied", "tagged", "other_sequence":
            if !facts.contains(where: { $0.isReply && $0.believed ?? way.anchor > way.anchor }) { throw unjustified }
        case "unreachable":
            // Also by a private reply, which goes to a comment.
            let keys = (waysByPerson[way.address] ?? []).map { "dripd/simulated/\($0.id)/" }
            let isRefused = world.errors.contains { key, codes in
                codes.contains(551) && keys.contains { key.hasPrefix($0) }
            }
            if !isRefused { throw unjustified }
        case "human_took_over":
            if !facts.contains(where: \.isByTeam) { throw unjustified }
        case "same_sequence":
            if way.sequence != "game" { throw unjustified }
        case "late", "window_closed":
            let patience = max(
                Self.late[way.sequence] ?? .hours(24),
                SimulatedFiles.patience["\(way.sequence) \(row.step)"] ?? .zero
            )
            if row.reason == "late", row.at <= row.scheduled + patience { throw unjustified }
            // A clock that was set makes times of the log and of the ledger hard to compare; an error may be anything.
            guard world.clockSteps.isEmpty, world.errors[key(way, row.step, row.part)] == nil,
                world.errors[way.address]?.contains(where: { [10, 551].contains($0) }) != true
            else { return }
            // A step that an edit has put into the past is late at once.
            guard try isStable(identity(row.step, way), way) else { return }
            let from = max(row.scheduled, earlier)
            let until = min(row.at, row.scheduled + patience)
            if let chance = chance(facts, way.sequence, from: from, until: until) {
                throw failure(
                    way.address,
                    "\(name) was skipped at \(row.at), \(row.reason ?? ""), and could have gone out from \(chance) on"
                )
            }
        default: throw unjustified
        }
    }

    /// The first moment from which it could have been sent for longer than `slack`.
    private func chance(_ facts: [World.Fact], _ sequence: String, from: Instant, until: Instant) -> Instant? {
        guard from < until else { return nil }
        var open: [(Instant, Instant)] = []
        for fact in facts where fact.opensWindow {
            guard let taken = fact.taken, let believed = fact.believed else { continue }
            let (start, end) = (max(taken.clock, from), min(believed + .hours(24) - Self.windowMargin, until))
            if start < end { open.append((start, end)) }
        }
        var closed = world.blocked.map { ($0.lowerBound, $0.upperBound) }
        for fact in facts where fact.isByTeam {
            guard let believed = fact.believed else { continue }
            closed.append((believed, believed + (Self.pauseOnHuman[sequence] ?? .hours(24))))
        }
        closed.sort { $0.0 < $1.0 }
        for (start, end) in open.sorted(by: { $0.0 < $1.0 }) {
            if sequence == "gift" {
                // By night nothing is sent.
                closed += nights(from: start, until: end)
                closed.sort { $0.0 < $1.0 }
            }
            var free = start
            for (from, to) in closed where to > free {
                if from - free > Self.slack, free + Self.slack < end { return free }
                free = max(free, to)
            }
            if free + Self.slack < end { return free }
        }
        return nil
    }

    /// 21:30 to 08:00 at UTC+7.
    private func nights(from: Instant, until: Instant) -> [(Instant, Instant)] {
        let day: Int64 = 86_400_000
        let offset: Int64 = 7 * 3_600_000
        let first = (from.milliseconds + offset) / day - 1
        let last = (until.milliseconds + offset) / day
        return (first...last).map { number in
            let start = Instant(milliseconds: number * day - offset) + .minutes(21 * 60 + 30)
            return (start, start + .minutes(10 * 60 + 30))
        }
    }
}
