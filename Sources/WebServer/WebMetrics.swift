import DripEngine

/// What the web server itself counts; the rest is counted where it happens.
enum WebMetrics {
    /// Beside the results that `Intake` counts: a webhook that never reached it.
    static func refused(_ kind: RefusalLog.Kind) {
        switch kind {
        case .badSignature, .tooLarge, .noRoom, .brokenBody, .encodedBody:
            Metric.webhooks.count(1, .label("result", kind.rawValue))
        default: return
        }
    }
}
