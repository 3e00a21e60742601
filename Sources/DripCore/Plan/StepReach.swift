/// What would become of a step for the people under way if nobody wrote again: how many would get it on each channel, and for
/// which reasons the others would not.
package struct StepReach: Codable, Hashable, Sendable {
    package struct Count: Codable, Hashable, Sendable {
        /// A channel, or the reason for which they do not get it, as deliveries have it.
        package let name: String
        package var people: Int

        package init(name: String, people: Int) {
            (self.name, self.people) = (name, people)
        }
    }

    package let step: String
    /// The people who would get it, by channel.
    package var channels: [Count]
    /// Those who would not, by reason.
    package var missed: [Count]

    package init(step: String, channels: [Count] = [], missed: [Count] = []) {
        (self.step, self.channels, self.missed) = (step, channels, missed)
    }

    /// - Parameter channel: that of a message that is being sent right now.
    mutating func add(_ outcome: ForecastStep, sending channel: ChannelName) {
        switch outcome.verdict {
        case .sent, .sending: Self.count((outcome.channel ?? channel).rawValue, in: &channels)
        case .skipped, .failed: Self.count(outcome.reason ?? outcome.verdict.rawValue, in: &missed)
        case .waits: Self.count(outcome.wait?.reason.rawValue ?? outcome.verdict.rawValue, in: &missed)
        }
    }

    private static func count(_ name: String, in counts: inout [Count]) {
        if let index = counts.firstIndex(where: { $0.name == name }) {
            counts[index].people += 1
        } else {
            counts.append(Count(name: name, people: 1))
        }
    }

    /// The largest counts come first.
    var sorted: StepReach {
        func sorted(_ counts: [Count]) -> [Count] { counts.sorted { ($1.people, $0.name) < ($0.people, $1.name) } }
        return StepReach(step: step, channels: sorted(channels), missed: sorted(missed))
    }
}
