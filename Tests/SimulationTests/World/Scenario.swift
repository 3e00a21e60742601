import TestSupport

/// What a run has to go through: who comes, for how long, and what goes wrong how often.
struct Scenario: Sendable {
    var people = 20
    var days: Int64 = 20
    /// Whether people write often enough to keep the window open most of the time.
    var isTalkative = false

    // Of requests, from 0 to 1.
    /// Taken by the platform, and no answer.
    var lostAnswers = 0.0
    /// Not taken, and no answer.
    var lostRequests = 0.0
    var refusedConnections = 0.0
    var slowAnswers = 0.0
    /// Answered by somebody in between; every other one taken by the platform.
    var junkAnswers = 0.0
    /// Errors of each of `PlatformFault.classes`.
    var errors = 0.0

    // Of webhooks.
    var duplicates = 0.0
    var disorder = 0.0
    /// Of those that the daemon did not take at once: given up at each try.
    var lostWebhooks = 0.0

    // How often in the run.
    var crashes = 0
    /// Stops for hours, with or without a chance to end what was on its way.
    var outages = 0
    var fullDisks = 0
    var deadTokens = 0
    var restrictions = 0
    var clockSteps = 0
    var edits = 0
    /// Orders of an operator: what is to become of what is in doubt, tags, ends, enrollments.
    var orders = 0
    var restores = 0
    /// Changes of what the platform thinks of the templates.
    var reviews = 0
    /// What a person gets in a day at most; nil: no limit.
    var dailyLimit: Int?
    /// Requests that the page may send in a second.
    var rate = 10

    /// Each fault is there in every other run: one that always comes would keep others from being seen.
    init(seed: UInt64) {
        var random = SeededRandom(seed: seed ^ 0x5ce4_a210)
        func chance(_ most: Double) -> Double {
            Bool.random(using: &random) ? Double.random(in: 0...most, using: &random) : 0
        }
        func times(_ most: Int) -> Int {
            Bool.random(using: &random) ? Int.random(in: 1...most, using: &random) : 0
        }
        people = Int.random(in: 2...24, using: &random)
        days = Int64.random(in: 2...36, using: &random)
        isTalkative = Bool.random(using: &random)
        lostAnswers = chance(0.2)
        lostRequests = chance(0.1)
        refusedConnections = chance(0.1)
        slowAnswers = chance(0.3)
        junkAnswers = chance(0.05)
        errors = chance(0.04)
        duplicates = chance(0.5)
        disorder = chance(0.5)
        lostWebhooks = chance(0.3)
        crashes = times(12)
        outages = times(4)
        fullDisks = times(3)
        deadTokens = times(2)
        restrictions = times(2)
        clockSteps = times(4)
        edits = times(12)
        orders = times(40)
        restores = times(2)
        reviews = times(6)
        dailyLimit = Bool.random(using: &random) ? Int.random(in: 1...3, using: &random) : nil
        rate = Int.random(in: 1...10, using: &random)
    }

    /// Nothing goes wrong, until it is said.
    init(people: Int, days: Int64) {
        self.people = people
        self.days = days
    }
}
