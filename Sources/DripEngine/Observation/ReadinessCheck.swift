package import DripCore

/// One thing without which no message would go out.
package struct ReadinessCheck: Sendable {
    /// As the operator reads it: "dispatcher".
    package let name: String
    /// Why no message would go out now, as far as this goes; empty where nothing is in the way.
    let obstacles: @Sendable () async -> [String]

    package init(name: String, obstacles: @escaping @Sendable () async -> [String]) {
        self.name = name
        self.obstacles = obstacles
    }

    /// Whether any page may send.
    package static func pages(_ lanes: @escaping @Sendable () -> (lanes: [Lane], now: Instant)) -> ReadinessCheck {
        ReadinessCheck(name: "pages") {
            let (lanes, now) = lanes()
            if lanes.isEmpty { return ["the configuration names no page"] }
            let obstacles = lanes.compactMap { $0.obstacle(at: now) }
            return obstacles.count == lanes.count ? obstacles : []
        }
    }
}

extension Lane {
    fileprivate func obstacle(at now: Instant) -> String? {
        if let stopped { return "page \(page) is stopped: \(stopped)" }
        if isCatchingUp(at: now) { return "page \(page) first reads what was written while dripd was down" }
        guard isPaused(at: now) else { return nil }
        return "page \(page) is \(state(at: now).rawValue): \(lastTrouble ?? "")"
    }
}
