import TestSupport

/// The parameters of a run: people, duration, and the frequency of each fault.
struct Scenario: Sendable {
    var people = 20
    var days: Int64 = 20
    /// Whether people write often enough to keep the window open most of the time.
    var isTalkative = false

    // Probabilities per request.
    /// The platform accepts the request, but the answer is lost.
    var lostAnswers = 0.0
    /// The request does not reach the platform, and there is no answer.
    var lostRequests = 0.0
    var refusedConnections = 0.0
    var slowAnswers = 0.0
    /// A proxy in between answers. In some cases the platform still gets the request.
    var junkAnswers = 0.0
    /// The probability of each error in `PlatformFault.classes`.
    var errors = 0.0

    // Probabilities per webhook.
    var duplicates = 0.0
    var disorder = 0.0
    /// The probability that the platform gives up a webhook after a failed try.
    var lostWebhooks = 0.0

    // Counts per run.
    var crashes = 0
    /// Crashes that may be followed by hours of downtime.
    var outages = 0
    var fullDisks = 0
    var deadTokens = 0
    var restrictions = 0
    var clockSteps = 0
    var edits = 0
    /// Commands of the operator: resolve, tag, untag and stop.
    var orders = 0
    var restores = 0
    /// Reviews of the templates by the platform.
    var reviews = 0
    /// The most messages that a person gets in a day; nil for no limit.
    var dailyLimit: Int?
    /// The number of requests that the page may send in a second.
    var rate = 10

    /// Each fault occurs in half of the runs, because a fault in every run would mask others.
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

    /// A scenario without faults, unless they are set.
    init(people: Int, days: Int64) {
        self.people = people
        self.days = days
    }
}
