/// How much of its allowance of calls a page, or the app, has used up, as the platform says it with its answers.
package struct Usage: Hashable, Sendable {
    /// Calls, time or processor time: whichever is nearest to its limit.
    package let percent: Int
    /// How long until the platform answers again, where it says so.
    package let regainAfter: Span?

    package init(percent: Int, regainAfter: Span?) {
        self.percent = percent
        self.regainAfter = regainAfter
    }

    /// Slower from here on.
    package static let slowed = 75
    /// Nothing more from here on: "continuing to make calls will continue to increase your call count" (Graph API, "Rate
    /// Limits"). The platform itself stops at 100.
    package static let stopped = 95

    /// What it says of an hour is old news after so long: an answer without it means that little is used.
    package static let lasts = Span.minutes(5)

    /// The share of its rate at which a page goes on: 1 up to `slowed`, from there on evenly less, nil where it stops.
    package var share: Double? {
        if percent < Self.slowed { return 1 }
        if percent >= Self.stopped { return nil }
        return Double(Self.stopped - percent) / Double(Self.stopped - Self.slowed)
    }
}
