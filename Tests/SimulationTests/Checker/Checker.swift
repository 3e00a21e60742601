import DripCore
import Foundation
import TestSupport

/// Compares the deliveries with the platform's log, and both with people's actions and the injected faults. Implements the rules
/// without the code under test.
struct Checker {
    /// One message, regardless of its step's current name.
    struct Part: Hashable {
        let way: Int64
        let identity: Int
        let part: Int
    }

    /// Counts of how steps ended, for tests that must have seen some of each.
    struct Summary {
        /// `sent`, `skipped late`, …
        var ends: [String: Int] = [:]
        /// Messages in doubt that the platform accepted: their echo was lost, too.
        var unheard = 0
    }

    let world: World
    let ways: [LedgerRows.Way]
    let wayByID: [Int64: LedgerRows.Way]
    let waysByPerson: [String: [LedgerRows.Way]]
    let factsByPerson: [String: [World.RecordedAction]]
    var summary = Summary()
    var accepted: [Part: [SimulatedPlatform.Accepted]] = [:]

    /// The time that a step must have been sendable before a skip counts as wrong: a retry of a message or a pause of the page
    /// may take up to half an hour.
    static let slack = Milliseconds.hours(1)
    static let late: [String: Milliseconds] = ["advice": .hours(6)]
    static let pauseOnHuman: [String: Milliseconds] = ["gift": .hours(2)]
    static let windowMargin = Milliseconds.minutes(5)
    /// The minimum time between two messages of an enrollment, unless the file has them closer.
    static let gap = Milliseconds.hours(1)
    /// The number of parts of steps that have more than a text.
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
