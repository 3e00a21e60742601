import ControlAPI
import DripEngine
import Hummingbird
import NIOCore

/// The text of `/metrics`. It is generated at most once a second, however often it is requested.
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

/// The answer of `/readyz`: JSON if the client asks for it, otherwise text.
struct ReadinessAnswer: Codable {
    let ready: Bool
    let reasons: [String]

    init(obstacles: [String]) {
        ready = obstacles.isEmpty
        reasons = obstacles
    }

    func response(to request: Request) throws -> Response {
        let status: HTTPResponse.Status = ready ? .ok : .serviceUnavailable
        if request.headers[.accept]?.contains("application/json") == true { return try .json(self, status: status) }
        let text = ready ? "ready\n" : "not ready\n" + reasons.map { "- \($0)\n" }.joined()
        return .text(text, status: status)
    }
}

/// The metrics that the web server counts itself; all others are counted where they happen.
enum WebMetrics {
    /// Counts a webhook that was refused before it reached `Intake`, which counts all others.
    static func refused(_ kind: RefusalLog.Kind) {
        switch kind {
        case .badSignature, .tooLarge, .noRoom, .brokenBody, .encodedBody:
            Metric.webhooks.count(1, .label("result", kind.rawValue))
        default: return
        }
    }
}
