import DripEngine

/// What the web server itself counts; the rest is counted where it happens.
enum WebMetrics {
    /// Beside the results that `Intake` counts: a body that never reached it.
    static func webhookTooLarge() {
        Metric.webhooks.count(1, .label("result", "too_large"))
    }
}
