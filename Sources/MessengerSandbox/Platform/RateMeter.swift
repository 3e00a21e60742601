/// Counts calls in the last second of the clock that its callers pass. Refused calls count too, as on the platform:
/// "Continuing to make calls will continue to increase your call count"
/// (https://developers.facebook.com/docs/graph-api/overview/rate-limiting).
struct RateMeter: Sendable {
    let limit: Int
    /// Times of the newest calls, at most `limit` of them; milliseconds since 1970.
    private var times: [Int64] = []

    init(limit: Int) {
        self.limit = limit
    }

    /// Counts a call at `now`; false when it is one too many.
    mutating func admits(at now: Int64) -> Bool {
        times.removeAll { $0 <= now - 1000 }
        let admitted = times.count < limit
        if !admitted { times.removeFirst() }
        times.append(now)
        return admitted
    }

    /// How much of the limit is used, as the platform's usage headers say it.
    var percentUsed: Int { times.count * 100 / limit }
}
