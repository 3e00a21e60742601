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

    let world: World
    let ways: [LedgerRows.Way]
    let wayByID: [Int64: LedgerRows.Way]
    let waysByPerson: [String: [LedgerRows.Way]]
    let factsByPerson: [String: [World.Fact]]
    var summary = Summary()
    var accepted: [Part: [SimulatedPlatform.Accepted]] = [:]

    /// How long there must have been a chance to send before a skip is one too many: a message waits for another try, or a page
    /// for its own, for up to half an hour.
    static let slack = Span.hours(1)
    static let late: [String: Span] = ["advice": .hours(6)]
    static let pauseOnHuman: [String: Span] = ["gift": .hours(2)]
    static let windowMargin = Span.minutes(5)
    /// Between two messages of a way, unless the file has them closer.
    static let gap = Span.hours(1)
    /// What a step has besides its text.
    static let parts: [String: Int] = ["advice first": 2, "advice second": 3]

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
        try checkRates(atMost: world.scenario.rate)
        try checkDays()
        try checkGaps()
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

    func failure(_ person: String?, _ what: String) -> Failure {
        Failure(seed: world.seed, what: what, person: person, trace: world.trace.lines(of: person))
    }

    func identity(_ step: String, _ way: LedgerRows.Way) throws -> Int {
        guard let identity = world.files.identity(of: step, in: way.sequence) else {
            throw failure(way.address, "no file ever had the step \(step) of \(way.sequence)")
        }
        return identity
    }

    func key(_ way: LedgerRows.Way, _ step: String, _ part: Int) -> String {
        "dripd/simulated/\(way.id)/\(part)/\(step)"
    }
}
