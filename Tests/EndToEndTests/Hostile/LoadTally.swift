import Dispatch
import Glibc
import Synchronization

/// What one part of the load did. Its threads write it, the test reads it at the end.
final class LoadTally: Sendable {
    struct Counts {
        var requests = 0
        var bytes = 0
        /// By the status of the answer; 0: none came.
        var answers: [Int: Int] = [:]
        /// In milliseconds, from the moment at which the request was to be sent.
        var milliseconds: [Double] = []
        /// Connections that were open at once.
        var open = 0
    }

    let name: String
    private let counts = Mutex(Counts())

    init(_ name: String) { self.name = name }

    var current: Counts { counts.withLock(\.self) }

    func note(_ change: (inout Counts) -> Void) { counts.withLock { change(&$0) } }

    func answered(_ status: Int?, bytes: Int, after milliseconds: Double? = nil) {
        note {
            $0.requests += 1
            $0.bytes += bytes
            $0.answers[status ?? 0, default: 0] += 1
            if let milliseconds { $0.milliseconds.append(milliseconds) }
        }
    }

    var row: String {
        let counts = current
        var words = ["\(name): \(counts.requests) requests, \(counts.bytes / 1_000_000) MB"]
        if counts.open > 0 { words.append("\(counts.open) connections at once") }
        let answers = counts.answers.sorted { $0.key < $1.key }
            .map { "\($0.value) \($0.key == 0 ? "without an answer" : "with status \($0.key)")" }
        let times = counts.milliseconds.sorted()
        if let longest = times.last { words.append("longest answer \(Int(longest)) ms") }
        return (words + answers).joined(separator: ", ")
    }
}

/// Moments at a steady rate, whatever each piece of work takes: a load that waited for slow answers would be none.
struct LoadPace {
    private var next: UInt64
    private let step: UInt64
    private let end: UInt64

    /// - Parameter phase: between 0 and 1: moves the first moment, so that threads do not act at once.
    init(perSecond: Double, phase: Double = 0, from start: UInt64, seconds: Double) {
        step = UInt64(1e9 / perSecond)
        next = start + UInt64(phase * 1e9 / perSecond)
        end = start + UInt64(seconds * 1e9)
    }

    /// Waits for the next moment.
    /// - Returns: the moment, on `LoadPace.now`; nil: the load is over.
    mutating func wait() -> UInt64? {
        guard next < end else { return nil }
        let now = Self.now
        // Load at a fixed rate: each request has its time.
        if next > now { usleep(UInt32((next - now) / 1000)) }
        defer { next += step }
        return next
    }

    /// Nanoseconds of a clock that never jumps.
    static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

    static func milliseconds(since moment: UInt64) -> Double { Double(now - moment) / 1e6 }
}
