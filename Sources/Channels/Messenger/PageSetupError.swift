/// Why the platform did not say how a page is set up, or did not change it. Never holds the token.
package struct PageSetupError: Error, Hashable, Sendable {
    package enum Cause: Hashable, Sendable {
        /// The token is dead.
        case token
        /// The token lives, and does not permit it.
        case permission
        /// What was asked for is not there.
        case missing
        /// It may pass.
        case passing
    }

    package let why: String
    package let cause: Cause

    package init(why: String, cause: Cause = .passing) {
        self.why = why
        self.cause = cause
    }
}
