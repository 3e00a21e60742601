/// Counts calls in the last second, or hour, of the clock that its callers pass. Refused calls count too, as on the
/// platform: "Continuing to make calls will continue to increase your call count"
/// (https://developers.facebook.com/docs/graph-api/overview/rate-limiting).
struct RateMeter: Sendable {
    static let second: Int64 = 1000
    static let hour: Int64 = 60 * 60 * 1000

    let limit: Int
    let windowMilliseconds: Int64
    /// Times of the newest calls, at most `limit` of them; milliseconds since 1970.
    private var times: [Int64] = []

    init(limit: Int, per windowMilliseconds: Int64 = RateMeter.second) {
        self.limit = limit
        self.windowMilliseconds = windowMilliseconds
    }

    /// Counts a call at `now`; false when it is one too many.
    mutating func admits(at now: Int64) -> Bool {
        times.removeAll { $0 <= now - windowMilliseconds }
        let admitted = times.count < limit
        if !admitted { times.removeFirst() }
        times.append(now)
        return admitted
    }
}
