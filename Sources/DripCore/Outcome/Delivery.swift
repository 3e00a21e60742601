/// How a step ended, for the ledger.
package struct Delivery: Hashable, Sendable {
    package enum State: String, CaseIterable, Hashable, Sendable {
        case sent
        case skipped
        case failed
        /// It left this machine and no answer was recorded: never sent again blindly, open until it is reconciled.
        case inDoubt = "in_doubt"
    }

    package let state: State
    /// A bounded word where one fits, the platform's code and words where it refused.
    package let reason: String?
    /// What kind of failure it was: a bounded word, for sums; nil where nothing failed.
    package let errorClass: String?

    package init(state: State, reason: String?, errorClass: String? = nil) {
        self.state = state
        self.reason = reason
        self.errorClass = errorClass
    }
}
