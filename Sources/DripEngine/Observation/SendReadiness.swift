/// Whether a message would go out now, and if not, why.
package actor SendReadiness {
    private let checks: [ReadinessCheck]
    private let limit: Duration
    private let keeps: Duration
    /// By place: what has been asked and has not answered yet. It is not asked again before.
    private var unanswered: Set<Int> = []
    private var latest: (obstacles: [String], at: ContinuousClock.Instant)?
    private var look: Task<[String], Never>?

    /// - Parameters:
    ///   - limit: a check that takes longer is an obstacle by itself.
    ///   - keeps: an answer is given again for so long: whoever asks often must not make the disk work as often.
    package init(_ checks: [ReadinessCheck], limit: Duration = .seconds(2), keeps: Duration = .seconds(1)) {
        self.checks = checks
        self.limit = limit
        self.keeps = keeps
    }

    /// Empty: a message would go out.
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
        // Not child tasks: one that hangs must not be waited for.
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
