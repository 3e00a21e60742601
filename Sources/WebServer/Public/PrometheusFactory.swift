package import DripEngine
package import Metrics
import Synchronization

/// The counters of this process, for `/metrics`. Source of the format:
/// https://prometheus.io/docs/instrumenting/exposition_formats/
///
/// dripd counts only events; the current state is sampled when `/metrics` is requested. What libraries record besides is
/// discarded.
package final class PrometheusFactory: MetricsFactory {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct Key: Hashable, Comparable {
        let label: String
        let dimensions: String

        init(_ label: String, _ dimensions: [(String, String)]) {
            self.label = label
            self.dimensions = dimensions.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        }

        static func < (left: Key, right: Key) -> Bool {
            (left.label, left.dimensions) < (right.label, right.dimensions)
        }

        private static func escaped(_ value: String) -> String {
            guard value.utf8.contains(where: { $0 == 0x5c || $0 == 0x22 || $0 == 0x0a }) else { return value }
            return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }
    }

    private let counters = Mutex<[Key: PrometheusCounter]>([:])

    package init() {}

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let key = Key(label, dimensions)
        return counters.withLock { counters in
            if let counter = counters[key] { return counter }
            let counter = PrometheusCounter()
            counters[key] = counter
            return counter
        }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        NOOPMetricsHandler.instance
    }

    // Counters live as long as the process: a series must not start again from zero.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// Returns all counters and the given samples in the text format, sorted by name.
    package func exposition(with samples: [MetricSample]) -> String {
        var kinds: [String: Metric.Kind] = [:]
        var values: [Key: String] = [:]
        for sample in samples {
            kinds[sample.metric.rawValue] = sample.metric.kind
            values[Key(sample.metric.rawValue, sample.labels.map { ($0.name, $0.value) })] = Self.number(sample.value)
        }
        for (key, counter) in counters.withLock({ $0 }) {
            kinds[key.label] = .counter
            values[key] = "\(counter.value)"
        }
        var text = ""
        var last = ""
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            if key.label != last {
                if let help = Metric(rawValue: key.label)?.help { text += "# HELP \(key.label) \(help)\n" }
                text += "# TYPE \(key.label) \(kinds[key.label] == .counter ? "counter" : "gauge")\n"
            }
            last = key.label
            text += key.label + (key.dimensions.isEmpty ? "" : "{\(key.dimensions)}") + " \(value)\n"
        }
        return text
    }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}

final class PrometheusCounter: CounterHandler {
    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }

    func increment(by amount: Int64) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        count.store(0, ordering: .relaxed)
    }
}
