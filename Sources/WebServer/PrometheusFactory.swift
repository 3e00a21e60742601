package import Metrics
import Synchronization

/// Counters in memory, for `/metrics`. Source of the format:
/// https://prometheus.io/docs/instrumenting/exposition_formats/
///
/// dripd counts what happened and nothing else: recorders, meters and timers of libraries are not kept.
package final class PrometheusFactory: MetricsFactory {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct Key: Hashable {
        let label: String
        let dimensions: String
    }

    private let counters = Mutex<[Key: PrometheusCounter]>([:])

    package init() {}

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let pairs = dimensions.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        return counters.withLock { counters in
            let key = Key(label: label, dimensions: pairs)
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

    // Counters live as long as the process, so that a series never starts again from zero.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// All counters in the text format, sorted.
    package var exposition: String {
        let counters = counters.withLock { $0 }
        var text = ""
        var last = ""
        for (key, counter) in counters.sorted(by: {
            ($0.key.label, $0.key.dimensions) < ($1.key.label, $1.key.dimensions)
        }) {
            if key.label != last { text += "# TYPE \(key.label) counter\n" }
            last = key.label
            text += key.label + (key.dimensions.isEmpty ? "" : "{\(key.dimensions)}") + " \(counter.value)\n"
        }
        return text
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
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
