/// A lane: what shares one rate limit and one circuit breaker. Today each page on a channel is one.
package struct LaneID: RawRepresentable, Hashable, Codable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }
}
