package import DripCore

/// A model of people under way whose sequence file is edited: a second, simple implementation of the rules in
/// ARCHITECTURE.md ("Editing files while people are under way"), without any code under test. It has one time zone, UTC+7
/// without clock changes, and every person's window is open.
package struct EditModel {
    /// A step of the file, with an identity that stays the same when the step is renamed.
    package struct ModelStep: Hashable {
        package let identity: Int
        package var name: String
        package var after: Offset
        package var at: Int?
        package var text: String

        package init(identity: Int, name: String, after: Offset, at: Int? = nil, text: String) {
            self.identity = identity
            self.name = name
            self.after = after
            self.at = at
            self.text = text
        }

        /// The step's position, by the format's length of each unit.
        package var position: Int64 {
            let unit: Int64 =
                switch after.unit {
                case .second: 1000
                case .minute: 60_000
                case .hour: 3_600_000
                case .day: 86_400_000
                case .week: 604_800_000
                case .month: 2_629_746_000
                }
            return Int64(after.count) * unit + Int64(at ?? 0) * 60_000
        }
    }

    package struct Version: Hashable {
        package var number: Int
        package var steps: [ModelStep]
        package var pins = false
        package var extendsFinished = false
        package var skipsLate = true

        /// The content that decides whether two versions are the same.
        var content: [String] {
            steps.sorted { $0.position < $1.position }.map { "\($0)" } + ["\(pins) \(extendsFinished) \(skipsLate)"]
        }
    }

    package enum End: String {
        case finished
        case stopped
    }

    package enum Result: String {
        case sent
        case skipped
        case failed
        case inDoubt = "in_doubt"
    }

    /// A person's enrollment.
    package struct Way {
        package let person: String
        package let round: Int
        package let anchor: Int64
        /// The position of the last step that is over.
        package var position: Int64?
        package var over: [Int: Result] = [:]
        package var pinned: Version?
        package var end: End?
        package var sending: (step: ModelStep, due: Int64, attempt: Int, since: Int64)?
        /// The retry of a message that was temporarily refused and is still the next one.
        package var retry: (identity: Int, due: Int64, until: Int64, attempt: Int)?
        /// The last message that may have arrived: its step and when it was sent.
        package var last: (identity: Int, at: Int64)?
        /// The end of the minimum gap after that message, until which the next step waits.
        package var gapUntil: Int64?
        /// Whether the gap has delayed the next step.
        package var isHeldByGap = false
    }

    package struct Sent: Hashable {
        package let person: String
        package let round: Int
        package let identity: Int
        package let text: String
    }

    package private(set) var ways: [Way] = []
    package private(set) var inForce: Version?

    package static let late: Int64 = 24 * 3_600_000
    package static let gap: Int64 = 3_600_000

    package init() {}

    /// Enrolls a person, if a sequence is in force.
    package mutating func enroll(_ person: String, at now: Int64) {
        guard let inForce else { return }
        let round = ways.count { $0.person == person } + 1
        ways.append(Way(person: person, round: round, anchor: now, pinned: inForce.pins ? inForce : nil))
    }

    package mutating func stop(_ person: String) {
        for index in ways.indices where ways[index].person == person && ways[index].end == nil {
            ways[index].end = .stopped
            ways[index].retry = nil
            if ways[index].sending == nil, let next = next(ways[index]) { ways[index].over[next.identity] = .skipped }
        }
    }

    package mutating func adopt(_ version: Version?) {
        let before = ways.map(nextAndDue)
        let isChanged = version.map(\.content) != inForce.map(\.content)
        inForce = version
        defer {
            for index in ways.indices where ways[index].sending == nil {
                if isChanged { ways[index].gapUntil = nil }
                let after = nextAndDue(ways[index])
                if after?.identity != before[index]?.identity || after?.due != before[index]?.due {
                    ways[index].isHeldByGap = false
                }
            }
        }
        for index in ways.indices where ways[index].end == nil {
            if let version {
                ways[index].pinned = version.pins ? ways[index].pinned ?? version : nil
            }
            guard ways[index].sending == nil else { continue }
            forgetRetry(index)
            if version != nil, next(ways[index]) == nil { ways[index].end = .finished }
        }
        guard let version, version.extendsFinished else { return }
        for index in ways.indices where ways[index].end == .finished {
            let way = ways[index]
            guard !ways.contains(where: { $0.person == way.person && $0.round > way.round }),
                !ahead(way, in: version).isEmpty
            else { continue }
            ways[index].end = nil
            ways[index].pinned = version.pins ? version : nil
        }
    }

    /// Starts sending all due steps, and skips those that are too late.
    /// - Returns: the messages to send.
    package mutating func claim(at now: Int64) -> [Sent] {
        var sent: [Sent] = []
        for index in ways.indices where ways[index].end == nil && ways[index].sending == nil {
            while let next = next(ways[index]), let version = version(of: ways[index]) {
                let way = ways[index]
                let due = due(next, way)
                guard wake(next, way) <= now else { break }
                if version.skipsLate, now > due + Self.late + (way.isHeldByGap ? Self.gap : 0) {
                    finish(index, next, .skipped, at: now)
                    if way.end != nil { break }
                    continue
                }
                if let end = gapEnd(before: next, way, version), end > now {
                    ways[index].gapUntil = end
                    ways[index].isHeldByGap = true
                    break
                }
                ways[index].gapUntil = nil
                ways[index].sending = (next, due, way.retry?.attempt ?? 0, now)
                sent.append(Sent(person: way.person, round: way.round, identity: next.identity, text: next.text))
                break
            }
        }
        return sent
    }

    /// Records the results of all messages in flight.
    package mutating func settle(accepted: Bool, at now: Int64) {
        for index in ways.indices {
            guard let sending = ways[index].sending else { continue }
            ways[index].sending = nil
            if accepted {
                ways[index].last = (sending.step.identity, sending.since)
                finish(index, sending.step, .sent, at: now)
            } else if sending.attempt + 1 == 5 {
                finish(index, sending.step, .failed, at: now)
            } else if ways[index].end != nil {
                finish(index, sending.step, .skipped, at: now)
            } else {
                ways[index].isHeldByGap = false
                let wait = Int64(30_000) << (2 * Int64(sending.attempt))
                ways[index].retry = (sending.step.identity, sending.due, now + wait, sending.attempt + 1)
                forgetRetry(index)
                if inForce != nil, next(ways[index]) == nil { ways[index].end = .finished }
            }
        }
    }

    /// Simulates a crash of the process while messages are in flight.
    /// - Parameter accepted: whether a later answer confirms them, so that they are no longer in doubt.
    package mutating func crash(accepted: Bool, at now: Int64) {
        for index in ways.indices {
            guard let sending = ways[index].sending else { continue }
            ways[index].sending = nil
            ways[index].last = (sending.step.identity, sending.since)
            finish(index, sending.step, accepted ? .sent : .inDoubt, at: now)
        }
    }

    /// Returns the version that applies to an enrollment; nil while the file is deleted.
    package func version(of way: Way) -> Version? {
        guard let inForce else { return nil }
        return inForce.pins ? way.pinned ?? inForce : inForce
    }

    /// Returns the steps after the enrollment's position that are not over.
    package func ahead(_ way: Way, in version: Version) -> [ModelStep] {
        version.steps.filter { step in
            way.over[step.identity] == nil && (way.position.map { step.position > $0 } ?? true)
        }
    }

    package func next(_ way: Way) -> ModelStep? {
        version(of: way).flatMap { ahead(way, in: $0).min { $0.position < $1.position } }
    }

    /// Returns when a step is due.
    package func due(_ step: ModelStep, _ way: Way) -> Int64 {
        Self.due(step, anchor: way.anchor)
    }

    /// Returns when a step is next checked: later than its due time if a retry or a gap delays it.
    package func wake(_ step: ModelStep, _ way: Way) -> Int64 {
        max(due(step, way), way.retry?.until ?? .min, way.gapUntil ?? .min)
    }

    /// Returns the end of the gap after the last message: an hour, or the distance of the two steps in the file if that is
    /// less.
    private func gapEnd(before step: ModelStep, _ way: Way, _ version: Version) -> Int64? {
        guard let last = way.last else { return nil }
        guard let previous = version.steps.first(where: { $0.identity == last.identity }) else {
            return last.at + Self.gap
        }
        return last.at + min(Self.gap, abs(due(step, way) - due(previous, way)))
    }

    private func nextAndDue(_ way: Way) -> (identity: Int, due: Int64)? {
        next(way).map { ($0.identity, due($0, way)) }
    }

    private mutating func finish(_ index: Int, _ step: ModelStep, _ result: Result, at now: Int64) {
        ways[index].over[step.identity] = result
        ways[index].position = max(ways[index].position ?? .min, step.position)
        ways[index].retry = nil
        ways[index].gapUntil = nil
        // The gap that delayed this step has also delayed the next one if that is already due.
        if next(ways[index]).map({ due($0, ways[index]) > now }) ?? true { ways[index].isHeldByGap = false }
        if ways[index].end == nil, inForce != nil, next(ways[index]) == nil { ways[index].end = .finished }
    }

    /// Ends the wait for a retry if an edit changed the next step or its due time.
    private mutating func forgetRetry(_ index: Int) {
        guard let retry = ways[index].retry else { return }
        let next = next(ways[index])
        if next?.identity != retry.identity || next.map({ due($0, ways[index]) }) != retry.due {
            ways[index].retry = nil
        }
    }

    package static func due(_ step: ModelStep, anchor: Int64) -> Int64 {
        let offset: Int64 = 7 * 3_600_000
        let day: Int64 = 86_400_000
        let local = anchor + offset
        var (days, time) = (local / day, local % day)
        switch step.after.unit {
        case .second: return anchor + Int64(step.after.count) * 1000
        case .minute: return anchor + Int64(step.after.count) * 60_000
        case .hour: return anchor + Int64(step.after.count) * 3_600_000
        case .day: days += Int64(step.after.count)
        case .week: days += Int64(step.after.count) * 7
        case .month: days = monthsLater(days, step.after.count)
        }
        if let at = step.at { time = Int64(at) * 60_000 }
        return days * day + time - offset
    }

    private static let monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

    private static func length(_ month: Int, _ year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 1 && isLeap ? 29 : monthLengths[month]
    }

    /// Adds months by counting days from 1970 on.
    private static func monthsLater(_ days: Int64, _ count: Int) -> Int64 {
        var (year, month, rest) = (1970, 0, Int(days))
        while rest >= length(month, year) {
            rest -= length(month, year)
            (year, month) = month == 11 ? (year + 1, 0) : (year, month + 1)
        }
        var later = days - Int64(rest)
        for _ in 0..<count {
            later += Int64(length(month, year))
            (year, month) = month == 11 ? (year + 1, 0) : (year, month + 1)
        }
        return later + Int64(min(rest, length(month, year) - 1))
    }
}
