/// Decides when systemd gets a keep-alive: when every part has answered since the last beat.
///
/// Times are durations since the first beat, from one monotonic clock. Parts are told apart by their place in the
/// list.
///
///             beat                        answer
///     idle ───────────► asked ──────────────────────────────► idle
///                         │  limit passed, or probe failed      ▲
///                         └──────────────► stuck ───────────────┘ answer
///
/// The last part's answer sends the keep-alive. An answer that comes late still counts: the part moves again.
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
        /// - Parameter reason: Why its probe failed; nil if there is no answer at all.
        case reportStuck(name: String, reason: String?)
        case reportRecovered(name: String, after: Duration)
    }

    private struct Watched {
        var part: Part
        /// A probe is under way.
        var isAsked = false
        /// Since when the answer that the next keep-alive needs is missing.
        var waitingSince: Duration?
        var isReported = false
    }

    /// Time from one beat to the next.
    let beat: Duration
    private var nextBeat: Duration = .zero
    private var watched: [Watched]

    init(beat: Duration, parts: [Part]) {
        self.beat = beat
        watched = parts.map { Watched(part: Part(name: $0.name, limit: min($0.limit, beat))) }
    }

    /// When ``Input/wake`` is next due: at the next beat, or where a part's limit ends before.
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
            // A part that was stuck all along keeps the moment when it began.
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
