package import DripCore

/// One condition for sending messages.
package struct ReadinessCheck: Sendable {
    /// The name that operators see, such as "dispatcher".
    package let name: String
    /// Returns the reasons why this condition keeps messages from being sent now; empty if it is satisfied.
    let obstacles: @Sendable () async -> [String]

    package init(name: String, obstacles: @escaping @Sendable () async -> [String]) {
        self.name = name
        self.obstacles = obstacles
    }

    /// Returns a check that is satisfied if any page may send.
    package static func pages(
        _ limiters: @escaping @Sendable () -> (limiters: [Limiter], now: Instant)
    ) -> ReadinessCheck {
        ReadinessCheck(name: "pages") {
            let (limiters, now) = limiters()
            if limiters.isEmpty { return ["the configuration names no page"] }
            let obstacles = limiters.compactMap { $0.obstacle(at: now) }
            return obstacles.count == limiters.count ? obstacles : []
        }
    }
}

extension Limiter {
    fileprivate func obstacle(at now: Instant) -> String? {
        if let stopped { return "page \(page) is stopped: \(stopped)" }
        if isCatchingUp(at: now) { return "page \(page) first reads what was written while dripd was down" }
        guard isPaused(at: now) else { return nil }
        return "page \(page) is \(state(at: now).rawValue): \(lastTrouble ?? "")"
    }
}

/// The readiness to send: whether a message could be sent now and, if not, why.
package actor SendReadiness {
    private let checks: [ReadinessCheck]
    private let limit: Duration
    private let keeps: Duration
    /// The indices of checks that have not answered yet. They are not asked again before they have.
    private var unanswered: Set<Int> = []
    private var latest: (obstacles: [String], at: ContinuousClock.Instant)?
    private var look: Task<[String], Never>?

    /// - Parameters:
    ///   - limit: a check that takes longer is an obstacle.
    ///   - keeps: how long an answer is reused, so that frequent requests do not cause as many disk accesses.
    package init(_ checks: [ReadinessCheck], limit: Duration = .seconds(2), keeps: Duration = .seconds(1)) {
        self.checks = checks
        self.limit = limit
        self.keeps = keeps
    }

    /// Returns the obstacles; empty if a message could be sent.
    package func obstacles() async -> [String] {
        if let latest, ContinuousClock.now - latest.at < keeps { return latest.obstacles }
        if let look { return await look.value }
        let look = Task { await self.lookNow() }
        self.look = look
        let obstacles = await look.value
        latest = (obstacles, ContinuousClock.now)
        self.look = nil
        return obstacles
    }

    private func lookNow() async -> [String] {
        await withTaskGroup { group in
            for place in checks.indices { group.addTask { (place, await self.ask(place)) } }
            var answers: [Int: [String]] = [:]
            for await (place, obstacles) in group { answers[place] = obstacles }
            return checks.indices.flatMap { answers[$0] ?? [] }
        }
    }

    private func ask(_ place: Int) async -> [String] {
        let check = checks[place]
        let silence = ["the \(check.name) does not answer"]
        guard unanswered.insert(place).inserted else { return silence }
        let (answers, answer) = AsyncStream.makeStream(of: [String].self)
        // Not child tasks: the group would wait for a check that hangs.
        Task {
            let obstacles = await check.obstacles()
            self.hasAnswered(place)
            answer.yield(obstacles)
        }
        let timer = Task { [limit] in
            guard (try? await Task.sleep(for: limit)) != nil else { return }
            answer.yield(silence)
        }
        defer { timer.cancel() }
        return await answers.first { _ in true } ?? silence
    }

    private func hasAnswered(_ place: Int) {
        unanswered.remove(place)
    }
}
