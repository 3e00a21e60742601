/// What a hostile load came to, each figure beside its limit.
struct HostileReport: Equatable {
    struct Figure: Equatable {
        let name: String
        let value: Double
        let limit: Double
        let unit: String

        var isOver: Bool { value > limit }

        var row: String {
            "\(name): \(Self.text(value)) \(unit), at most \(Self.text(limit))\(isOver ? ": TOO MUCH" : "")"
        }

        private static func text(_ value: Double) -> String {
            guard value.isFinite else { return "infinite" }
            let tenths = (value * 10).rounded() / 10
            return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
        }
    }

    let figures: [Figure]

    /// - Parameters:
    ///   - answers: of the ordinary webhooks, in milliseconds.
    ///   - silence: the longest time between two beats of the watchdog, in seconds.
    ///   - watchdog: the longest silence that systemd bears, in seconds.
    ///   - memory: the most that the daemon had of its own, in bytes.
    ///   - log: what the daemon has logged, in bytes.
    init(answers: [Double], silence: Double, watchdog: Double, memory: Int, log: Int) {
        let sorted = answers.sorted()
        figures = [
            // Of none the figure is as bad as can be.
            Figure(
                name: "answers to ordinary webhooks, p99",
                value: sorted.isEmpty ? .infinity : sorted[sorted.count - 1 - sorted.count / 100],
                limit: 250,
                unit: "ms"
            ),
            Figure(name: "longest silence of the watchdog", value: silence, limit: watchdog, unit: "s"),
            Figure(name: "memory", value: Double(memory) / 1e6, limit: 200, unit: "MB"),
            Figure(name: "log", value: Double(log) / 1e6, limit: 1, unit: "MB"),
        ]
    }

    /// What was over its limit; empty: nothing was.
    var complaints: [String] { figures.filter(\.isOver).map(\.row) }
}
