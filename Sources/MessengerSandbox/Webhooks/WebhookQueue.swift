/// Decides which webhook goes out next: one at a time and in order for each person, several people at once. While the
/// daemon does not take them, one is tried at a time, with growing pauses between.
struct WebhookQueue: Sendable {
    enum Action: Equatable {
        case post(Webhook)
        /// Wait so long, then call ``pauseOver()`` and ask again.
        case pause(milliseconds: Int64)
        /// Ask again after the next event.
        case nothing
    }

    enum Result: Equatable {
        case taken
        /// Answered, but not with 200.
        case refused(status: Int)
        case unreachable
    }

    /// What is worth a line in the log.
    enum Note: Equatable {
        case notTaken(Result)
        case takenAgain
        case givenUp
    }

    static let limit = 10_000
    static let concurrency = 8
    /// So often an event may be refused before it is given up, so that one that is never taken does not hold up its
    /// person for ever. A daemon that cannot be reached is tried without end.
    static let refusalLimit = 100
    static let firstPauseMilliseconds: Int64 = 50
    static let longestPauseMilliseconds: Int64 = 500

    private struct Lane {
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

    /// Who has events: at least one each, the first of which may be on its way.
    private var lanes: [String: Lane] = [:]
    /// Of these, whose first event is not on its way.
    private var ready: [String] = []
    /// What has not been taken yet, on its way or not.
    private(set) var count = 0
    private var onTheirWay = 0
    private var failedRounds = 0
    private var pause = Pause.none

    /// False when the queue is full and the event is lost.
    mutating func append(_ webhook: Webhook) -> Bool {
        guard count < Self.limit else { return false }
        count += 1
        if lanes[webhook.person] == nil {
            lanes[webhook.person] = Lane(waiting: [webhook])
            ready.append(webhook.person)
        } else {
            lanes[webhook.person]?.waiting.append(webhook)
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
            guard onTheirWay < allowed, !ready.isEmpty, let lane = lanes[ready[0]] else { return .nothing }
            ready.removeFirst()
            onTheirWay += 1
            return .post(lane.waiting[0])
        }
    }

    mutating func pauseOver() {
        pause = .none
    }

    /// Records what became of the first event of `person`.
    mutating func finished(_ person: String, _ result: Result) -> Note? {
        guard var lane = lanes[person] else { return nil }
        onTheirWay -= 1
        var note: Note?
        switch result {
        case .taken:
            if failedRounds > 0 { note = .takenAgain }
            failedRounds = 0
            lane.removeFirst()
            count -= 1
        case .refused, .unreachable:
            if failedRounds == 0 { note = .notTaken(result) }
            if pause == .none {
                failedRounds += 1
                pause = .due
            }
            if result != .unreachable { lane.refusals += 1 }
            if lane.refusals == Self.refusalLimit {
                note = .givenUp
                lane.removeFirst()
                count -= 1
            }
        }
        lanes[person] = lane.waiting.isEmpty ? nil : lane
        if !lane.waiting.isEmpty { ready.append(person) }
        return note
    }
}
