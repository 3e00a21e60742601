/// How much the page may call, and how it learns what it has used:
/// https://developers.facebook.com/docs/messenger-platform/overview/rate-limiting
extension Platform {
    /// Counts a call; throws when the page has had its calls of these 24 hours.
    mutating func countCall(now: Int64) throws(GraphError) {
        usage.count(at: now)
        guard usage.calls <= callBudget else { throw .budgetExceeded }
    }

    /// Percentages, "once enough calls have been made": what rounds to nothing is not told.
    func usageHeaders(now: Int64) -> [(name: String, value: String)] {
        let percent = usage.calls * 100 / callBudget
        guard percent > 0 else { return [] }
        let shares = #""call_count":\#(percent),"total_cputime":1,"total_time":1"#
        let minutes = usage.minutesUntil(callBudget, at: now)
        return [
            ("X-App-Usage", "{\(shares)}"),
            (
                "X-Business-Use-Case-Usage",
                #"{"\#(pageID)":[{"type":"messenger",\#(shares),"estimated_time_to_regain_access":\#(minutes)}]}"#
            ),
        ]
    }

    /// For each person whom the page can message. How the platform counts those it does not say: here it is who wrote.
    private var callBudget: Int {
        callsPerEngagedUser * max(1, everybody.engagedCount)
    }
}
