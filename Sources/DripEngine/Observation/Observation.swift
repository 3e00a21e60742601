import ControlAPI
package import DripCore
package import DripStore
import Foundation

/// A snapshot for `/metrics`: every metric that is not counted where it happens.
package struct Observation: Sendable {
    package var version: String
    package var now: Instant
    package var limiters: [Limiter]
    package var filesAreRefused: Bool
    /// nil if the state cannot be read.
    package var state: StoreMetrics?

    package init(version: String, now: Instant, limiters: [Limiter], filesAreRefused: Bool, state: StoreMetrics?) {
        self.version = version
        self.now = now
        self.limiters = limiters
        self.filesAreRefused = filesAreRefused
        self.state = state
    }

    package var samples: [MetricSample] {
        [
            MetricSample(.buildInfo, 1, .label("version", version)),
            MetricSample(.databaseUp, state == nil ? 0 : 1),
            MetricSample(.filesRefused, filesAreRefused ? 1 : 0),
        ] + limiters.flatMap(samples) + (state.map(samples) ?? [])
    }

    private func samples(of limiter: Limiter) -> [MetricSample] {
        let page = MetricLabel.label("page", limiter.page)
        var samples = Limiter.State.allCases.map { state in
            MetricSample(.pageState, state == limiter.state(at: now) ? 1 : 0, page, .label("state", state.rawValue))
        }
        samples.append(MetricSample(.pageAllowance, Double(limiter.usage(at: now)?.percent ?? 0) / 100, page))
        samples.append(MetricSample(.pageCatchingUp, limiter.isCatchingUp(at: now) ? 1 : 0, page))
        if let state {
            let late = max(.zero, now - (state.earliestDue[limiter.id] ?? now))
            samples.append(MetricSample(.dueLag, Double(late.milliseconds) / 1000, page))
        }
        return samples
    }

    private func samples(of state: StoreMetrics) -> [MetricSample] {
        var samples = [
            MetricSample(.databaseSize, state.databaseBytes),
            MetricSample(.databaseLogSize, state.walBytes),
            MetricSample(.people, state.sums.people),
            MetricSample(.peoplePaused, state.sums.paused),
            MetricSample(.enrollments, state.sums.enrolled),
            MetricSample(.enrollmentsUnderWay, state.sums.underWay),
            MetricSample(.deliveriesInDoubt, state.sums.inDoubt),
            delivery(.sent, "", state.sums.sent),
        ]
        if let checkpoint = state.checkpointAt {
            samples.append(MetricSample(.databaseCheckpoint, checkpoint.timeIntervalSince1970.rounded()))
        }
        samples += state.skipped.map { delivery(.skipped, $0, $1) }
        samples += state.failed.map { delivery(.failed, $0, $1) }
        samples += state.holds.flatMap { hold in
            let operation = MetricLabel.label("operation", hold.operation)
            return [
                MetricSample(.databaseWrites, hold.count, operation),
                MetricSample(.databaseWriteTime, hold.total / .seconds(1), operation),
                MetricSample(.databaseWriteLongest, hold.longest / .seconds(1), operation),
            ]
        }
        return samples
    }

    private func delivery(_ state: Delivery.State, _ reason: String, _ count: Int) -> MetricSample {
        MetricSample(.deliveries, count, .label("state", state.rawValue), .label("reason", reason))
    }
}
