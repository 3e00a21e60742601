import CSystemd
import Glibc

/// Decides when systemd gets a keep-alive: when every part has answered since the last beat.
///
/// Times are durations since the first beat, from one monotonic clock. A part is identified by its index in the list.
///
///             beat                        answer
///     idle ───────────► asked ──────────────────────────────► idle
///                         │  limit passed, or probe failed      ▲
///                         └──────────────► stuck ───────────────┘ answer
///
/// The last missing answer sends the keep-alive. A late answer still counts: the part makes progress again.
struct WatchdogState {
    struct Part: Equatable {
        var name: String
        var limit: Duration
    }

    enum Input: Equatable {
        /// ``WatchdogState/nextWake`` has come.
        case wake
        case answered(Int)
        case failed(Int, reason: String)
    }

    enum Action: Equatable {
        case probe(Int)
        case keepAlive
        /// - Parameter reason: why the probe failed; nil if there is no answer at all.
        case reportStuck(name: String, reason: String?)
        case reportRecovered(name: String, after: Duration)
    }

    private struct Watched {
        var part: Part
        /// A probe is under way.
        var isAsked = false
        /// The time since which the next keep-alive has waited for this part's answer.
        var waitingSince: Duration?
        var isReported = false
    }

    /// The time from one beat to the next.
    let beat: Duration
    private var nextBeat: Duration = .zero
    private var watched: [Watched]

    init(beat: Duration, parts: [Part]) {
        self.beat = beat
        watched = parts.map { Watched(part: Part(name: $0.name, limit: min($0.limit, beat))) }
    }

    /// The time when ``Input/wake`` is next due: the next beat, or the end of a part's limit if that is earlier.
    var nextWake: Duration {
        watched.reduce(nextBeat) { earliest, watched in
            guard let since = watched.waitingSince, !watched.isReported else { return earliest }
            return min(earliest, since + watched.part.limit)
        }
    }

    mutating func handle(_ input: Input, now: Duration) -> [Action] {
        switch input {
        case .wake:
            let reports = reportOverdue(now: now)
            return now < nextBeat ? reports : reports + startBeat(now: now)
        case .answered(let index):
            return answered(index, now: now)
        case .failed(let index, let reason):
            watched[index].isAsked = false
            return reportStuck(index, reason: reason)
        }
    }

    private mutating func startBeat(now: Duration) -> [Action] {
        nextBeat = now + beat
        if watched.isEmpty { return [.keepAlive] }
        var actions: [Action] = []
        for index in watched.indices {
            // A part that is still stuck keeps the time when that began.
            watched[index].waitingSince = watched[index].waitingSince ?? now
            guard !watched[index].isAsked else { continue }
            watched[index].isAsked = true
            actions.append(.probe(index))
        }
        return actions
    }

    private mutating func reportOverdue(now: Duration) -> [Action] {
        watched.indices.flatMap { index -> [Action] in
            guard let since = watched[index].waitingSince, now >= since + watched[index].part.limit else { return [] }
            return reportStuck(index, reason: nil)
        }
    }

    private mutating func reportStuck(_ index: Int, reason: String?) -> [Action] {
        guard !watched[index].isReported else { return [] }
        watched[index].isReported = true
        return [.reportStuck(name: watched[index].part.name, reason: reason)]
    }

    private mutating func answered(_ index: Int, now: Duration) -> [Action] {
        var actions: [Action] = []
        if watched[index].isReported, let since = watched[index].waitingSince {
            actions.append(.reportRecovered(name: watched[index].part.name, after: now - since))
        }
        watched[index].isAsked = false
        watched[index].waitingSince = nil
        watched[index].isReported = false
        if watched.allSatisfy({ $0.waitingSince == nil }) { actions.append(.keepAlive) }
        return actions
    }
}

/// The longest silence that systemd tolerates from this process, from `$WATCHDOG_USEC` and `$WATCHDOG_PID`.
package enum WatchdogPeriod {
    /// The environment variables do not hold the numbers that systemd sets.
    package struct InvalidEnvironment: Error, CustomStringConvertible {
        let reason: String

        package var description: String {
            "$WATCHDOG_USEC or $WATCHDOG_PID is not what systemd sets (\(reason)): "
                + "start the service with systemctl, or unset both"
        }
    }

    /// - Returns: nil if systemd does not watch this process.
    /// - Throws: ``InvalidEnvironment``
    package static func system() throws(InvalidEnvironment) -> Duration? {
        var microseconds: UInt64 = 0
        let result = sd_watchdog_enabled(0, &microseconds)
        if result < 0 { throw InvalidEnvironment(reason: String(cString: strerror(-result))) }
        return result == 0 ? nil : .microseconds(Int64(clamping: microseconds))
    }
}
