package import DripCore

/// What looking at one lane's due jobs did.
package struct ClaimReport: Sendable {
    package var claims: [Claim] = []
    /// What jobs wait for that would have been taken.
    package var uploads: Set<Upload> = []
    /// To whom it is to be shown that the page writes; their messages are taken a little later.
    package var typing: [Typing] = []
    /// Jobs that were looked at.
    package var examined = 0
    /// Nothing else is due now.
    package var isDrained = false
    package var skipped: [SkipReason: Int] = [:]
    package var failed = 0
    /// Replies to comments without an author that wait for their account's turn.
    var unnamedHeld = 0

    package init() {}

    /// What is to leave now.
    package var requests: Int { claims.count + typing.count }
}
