import DripEngine
import NIOCore

/// `/metrics`, written at most once a second, however often and by however many it is asked for.
actor MetricsPage {
    private let metrics: PrometheusFactory
    private let observe: @Sendable () async -> Observation
    private var latest: (text: ByteBuffer, at: ContinuousClock.Instant)?
    private var writing: Task<ByteBuffer, Never>?

    private static let keeps = Duration.seconds(1)

    init(_ metrics: PrometheusFactory, observe: @escaping @Sendable () async -> Observation) {
        self.metrics = metrics
        self.observe = observe
    }

    func text() async -> ByteBuffer {
        if let latest, ContinuousClock.now - latest.at < Self.keeps { return latest.text }
        if let writing { return await writing.value }
        let writing = Task { [metrics, observe] in
            ByteBuffer(string: metrics.exposition(with: await observe().samples))
        }
        self.writing = writing
        let text = await writing.value
        latest = (text, .now)
        self.writing = nil
        return text
    }
}
