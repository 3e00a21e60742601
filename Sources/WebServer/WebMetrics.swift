import Metrics

/// What the web server itself counts; the rest is counted where it happens.
enum WebMetrics {
    /// Beside the results that `Intake` counts: a body that never reached it.
    static func webhookTooLarge() {
        Counter(label: "dripd_webhooks_total", dimensions: [("result", "too_large")]).increment()
    }
}
