import DripCore
import TestSupport

/// Checks of the requests that were sent.
extension Checker {
    func checkLaunches() throws {
        let optedOut = Dictionary(
            world.facts.compactMap { fact in fact.stopped.map { (fact.person, $0.truth) } },
            uniquingKeysWith: min
        )
        for (index, launch) in world.launches.enumerated() {
            let person = launch.summary.recipient
            if let since = optedOut[person], launch.at > since {
                throw failure(person, "\(launch.summary.key) left after the person had asked for nothing more")
            }
            if world.isUndone(launch: index) { continue }
            guard let key = DeliveryKey(launch.summary.key), let way = wayByID[key.enrollment.rawValue] else {
                continue
            }
            let identity = try identity(key.step, way)
            let name = "\(way.sequence) \(key.step)"
            let versions = world.files.versions.prefix(launch.versions).filter { $0.sequence == way.sequence }
            // A pinned enrollment follows an earlier version.
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
            // A step may be a day late because of the daily limit.
            let day = world.scenario.dailyLimit == nil ? Self.gap : .days(1)
            // A step that is due in quiet hours is sent in the morning.
            let night = way.sequence == "gift" ? nights(from: due, until: due).first { $0.0 <= due && due < $0.1 } : nil
            guard launch.clock <= (night?.1 ?? due) + day + patience else {
                throw failure(
                    person,
                    "\(launch.summary.key) left at \(launch.clock), too late for what was due at \(due)"
                )
            }
        }
    }

    /// Checks the rate of every second. It may be twice as high only if the clock was set in between.
    func checkRates(atMost rate: Int) throws {
        var recent: [Int64] = []
        for launch in world.launches {
            recent.removeAll { launch.at - $0 >= 1000 }
            recent.append(launch.at)
            let isOdd = world.clockSteps.contains { abs($0 - launch.at) <= 1000 }
            if recent.count > rate * (isOdd ? 2 : 1) {
                throw failure(launch.summary.recipient, "\(recent.count) requests within a second")
            }
        }
    }

    /// Checks that the sent steps of an enrollment are an hour apart, or as far as in the file if that is less.
    func checkGaps() throws {
        guard world.clockSteps.isEmpty, world.restores.isEmpty else { return }
        let left = Dictionary(grouping: world.launches, by: \.summary.key).mapValues { $0.map(\.clock) }
        for way in ways where way.sequence != SimulatedFiles.edited {
            let steps = versions(since: way.anchor, of: way.sequence).first ?? []
            var last: (at: Instant, due: Instant)?
            for row in way.deliveries where row.state == "sent" || row.state == "in_doubt" {
                guard let identity = try? identity(row.step, way),
                    let step = steps.first(where: { $0.identity == identity }),
                    let first = left[key(way, row.step, 0)]?.max(), let end = left[key(way, row.step, row.part)]?.max()
                else { continue }
                let due = Instant(milliseconds: EditModel.due(step, anchor: way.anchor.milliseconds))
                let pull = SimulatedFiles.pull["\(way.sequence) \(row.step)"] ?? .zero
                if let last, first - last.at < min(Self.gap, due - pull - last.due) {
                    throw failure(
                        way.address,
                        "\(row.step) of \(way.sequence) left too soon after the one before: \(first)"
                    )
                }
                last = (end, due)
            }
        }
    }

    /// Checks each person's limit of steps in 24 hours, over all sequences. Answers to a recent action do not count.
    func checkDays() throws {
        guard let limit = world.scenario.dailyLimit, world.clockSteps.isEmpty, world.restores.isEmpty else { return }
        let left = Dictionary(world.launches.map { ($0.summary.key, $0.clock) }, uniquingKeysWith: { $1 })
        for (person, ways) in waysByPerson.sorted(by: { $0.key < $1.key }) where !person.hasPrefix("comment:") {
            var times: [Instant] = []
            for way in ways {
                for row in way.deliveries where row.state == "sent" || row.state == "in_doubt" {
                    let isAsked = way.cause != "manual" && !way.cause.hasPrefix("tag:")
                    if isAsked, row.scheduled - way.anchor <= .minutes(15) { continue }
                    if let at = left[key(way, row.step, 0)] { times.append(at) }
                }
            }
            times.sort()
            for (first, last) in zip(times, times.dropFirst(limit)) where last - first < .days(1) {
                throw failure(person, "more than \(limit) messages between \(first) and \(last)")
            }
        }
    }
}
