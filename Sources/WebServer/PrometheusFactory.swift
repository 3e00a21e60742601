package import Metrics
import Synchronization

/// Counters and gauges in memory, for `/metrics`. Source of the format:
/// https://prometheus.io/docs/instrumenting/exposition_formats/
///
/// dripd counts what happened and shows how things stand: distributions, meters and timers of libraries are not kept.
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
            value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }
    }

    private let counters = Mutex<[Key: PrometheusCounter]>([:])
    private let gauges = Mutex<[Key: PrometheusGauge]>([:])

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
        // A gauge is a recorder that does not aggregate.
        guard !aggregate else { return NOOPMetricsHandler.instance }
        let key = Key(label, dimensions)
        return gauges.withLock { gauges in
            if let gauge = gauges[key] { return gauge }
            let gauge = PrometheusGauge()
            gauges[key] = gauge
            return gauge
        }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        NOOPMetricsHandler.instance
    }

    // Counters live as long as the process, so that a series never starts again from zero.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// All of them in the text format, sorted.
    package var exposition: String {
        text("counter", counters.withLock { $0 }.mapValues { "\($0.value)" })
            + text("gauge", gauges.withLock { $0 }.mapValues { "\($0.value)" })
    }

    private func text(_ type: String, _ values: [Key: String]) -> String {
        var text = ""
        var last = ""
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            if key.label != last { text += "# TYPE \(key.label) \(type)\n" }
            last = key.label
            text += key.label + (key.dimensions.isEmpty ? "" : "{\(key.dimensions)}") + " \(value)\n"
        }
        return text
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

final class PrometheusGauge: RecorderHandler {
    private let latest = Mutex<Double>(0)

    var value: Double { latest.withLock { $0 } }

    func record(_ value: Int64) {
        record(Double(value))
    }

    func record(_ value: Double) {
        latest.withLock { $0 = value }
    }
}
