/// Decides which webhook is sent next: per person one at a time and in order, for several people at once. While the daemon
/// does not accept them, only one is tried at a time, with growing pauses.
struct WebhookQueue: Sendable {
    enum Action: Equatable {
        case post(Webhook)
        /// Wait this long, then call ``pauseOver()`` and ask again.
        case pause(milliseconds: Int64)
        /// Ask again after the next event.
        case nothing
    }

    enum Result: Equatable {
        case taken
        /// Answered with a status other than 200.
        case refused(status: Int)
        case unreachable
    }

    /// An event for the log.
    enum Note: Equatable {
        case notTaken(Result)
        case takenAgain
        case givenUp
    }

    static let limit = 10_000
    static let concurrency = 8
    /// The number of refusals after which an event is dropped, so that it does not block its person for ever. A daemon that
    /// cannot be reached is retried without end.
    static let refusalLimit = 100
    static let firstPauseMilliseconds: Int64 = 50
    static let longestPauseMilliseconds: Int64 = 500

    private struct PersonQueue {
        var waiting: [Webhook]
        var refusals = 0

        mutating func removeFirst() {
            waiting.removeFirst()
            refusals = 0
        }
    }

    private enum Pause {
        case none
        case due
        case running
    }

    /// The queues of people with at least one event. The first event of a queue may be in flight.
    private var queues: [String: PersonQueue] = [:]
    /// The people in `queues` whose first event is not in flight.
    private var ready: [String] = []
    /// The number of events that are not accepted yet, including those in flight.
    private(set) var count = 0
    private var onTheirWay = 0
    private var failedRounds = 0
    private var pause = Pause.none

    /// Adds an event. Returns false if the queue is full and the event is lost.
    mutating func append(_ webhook: Webhook) -> Bool {
        guard count < Self.limit else { return false }
        count += 1
        if queues[webhook.person] == nil {
            queues[webhook.person] = PersonQueue(waiting: [webhook])
            ready.append(webhook.person)
        } else {
            queues[webhook.person]?.waiting.append(webhook)
        }
        return true
    }

    mutating func next() -> Action {
        switch pause {
        case .due:
            pause = .running
            let doublings = min(failedRounds - 1, 10)
            return .pause(
                milliseconds: min(Self.firstPauseMilliseconds << doublings, Self.longestPauseMilliseconds)
            )
        case .running:
            return .nothing
        case .none:
            let allowed = failedRounds > 0 ? 1 : Self.concurrency
            guard onTheirWay < allowed, !ready.isEmpty, let queue = queues[ready[0]] else { return .nothing }
            ready.removeFirst()
            onTheirWay += 1
            return .post(queue.waiting[0])
        }
    }

    mutating func pauseOver() {
        pause = .none
    }

    /// Records the result of the first event of `person`.
    mutating func finished(_ person: String, _ result: Result) -> Note? {
        guard var queue = queues[person] else { return nil }
        onTheirWay -= 1
        var note: Note?
        switch result {
        case .taken:
            if failedRounds > 0 { note = .takenAgain }
            failedRounds = 0
            queue.removeFirst()
            count -= 1
        case .refused, .unreachable:
            if failedRounds == 0 { note = .notTaken(result) }
            if pause == .none {
                failedRounds += 1
                pause = .due
            }
            if result != .unreachable { queue.refusals += 1 }
            if queue.refusals == Self.refusalLimit {
                note = .givenUp
                queue.removeFirst()
                count -= 1
            }
        }
        queues[person] = queue.waiting.isEmpty ? nil : queue
        if !queue.waiting.isEmpty { ready.append(person) }
        return note
    }
}

/// An event for the daemon. Its bytes stay the same over all retries.
struct Webhook: Sendable, Equatable {
    /// The person it is about. Events about one person are sent in order.
    let person: String
    /// The webhook field that the page must be subscribed to.
    var field = "messages"
    let body: [UInt8]
}
