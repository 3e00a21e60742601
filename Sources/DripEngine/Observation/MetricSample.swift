/// One value of a metric, as it is when somebody asks.
package struct MetricSample: Hashable, Sendable {
    package let metric: Metric
    package let labels: [MetricLabel]
    package let value: Double

    package init(_ metric: Metric, _ value: Double, _ labels: MetricLabel...) {
        self.metric = metric
        self.labels = labels
        self.value = value
    }

    init(_ metric: Metric, _ value: Int, _ labels: MetricLabel...) {
        self.metric = metric
        self.labels = labels
        self.value = Double(value)
    }
}

package struct MetricLabel: Hashable, Sendable {
    package let name: String
    /// A bounded word: never a person, nor anything that one wrote.
    package let value: String

    package static func label(_ name: String, _ value: String) -> MetricLabel {
        MetricLabel(name: name, value: value)
    }
}
