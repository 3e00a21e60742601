/// How late a step may go out: after an outage, after a closed window, after retries.
package struct LateRule: Hashable, Sendable {
    package enum Then: String, CaseIterable, Sendable {
        /// Later than `after`: the step is skipped, for the reason "too late".
        case skip
        /// However late, the step is sent; it only gives way to the next step, once that one is due.
        case send
    }

    package let after: Span
    package let then: Then

    package init(after: Span, then: Then) {
        self.after = after
        self.then = then
    }

    package static let standard = LateRule(after: .hours(24), then: .skip)
}

extension LateRule: CustomStringConvertible {
    package var description: String { "after \(after) \(then.rawValue)" }
}
