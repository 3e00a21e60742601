/// A channel's result for one request.
package enum Outcome: Hashable, Sendable {
    /// - Parameter address: the recipient, if the platform names it.
    case accepted(messageID: String, address: String? = nil)
    /// The platform answered with an error.
    case refused(Refusal)
    /// The request certainly was not sent, or not completely.
    case unsent(why: String)
    /// The request was sent, and no answer tells its result.
    case inDoubt(why: String)
    /// Not tried: another message has shown that the page's ad account may not send.
    case untried(why: String)

    /// The kind of error from a bounded set, for metrics and the journal; nil if there was none.
    package var errorClass: String? {
        switch self {
        case .accepted: nil
        case .refused(let refusal): refusal.meaning.rawValue
        case .unsent: "unsent"
        case .inDoubt: "in_doubt"
        case .untried: "untried"
        }
    }
}

/// An error of the platform, with its meaning for dripd.
package struct Refusal: Hashable, Sendable {
    package let meaning: Meaning
    /// The platform's code and subcode: `10/2018278`.
    package let code: String
    package let message: String
    /// The time that the platform asks us to wait, if it says so.
    package let retryAfter: Milliseconds?
    /// The total number of attempts, if the message is tried again at all.
    package let tries: Int

    /// The consequence of an error. Each error has exactly one.
    package enum Meaning: String, Hashable, Sendable {
        /// No message can reach this person until they write.
        case person
        /// This message will never be accepted.
        case message
        /// A file that was uploaded for it no longer exists on the platform.
        case attachment
        /// The standard window is closed, whatever was recorded.
        case window
        /// The page's token or permission is gone. Nothing is sent until an operator acts.
        case page
        /// The ad account's token or permission is gone. The page sends no paid messages; all others are still sent.
        case account
        /// It may pass. If it does not, the page has lost its access.
        case perhapsPage = "perhaps_page"
        /// The platform has forbidden the page to send, for an unknown time.
        case restricted
        /// The platform asks the page to slow down.
        case slowDown = "slow_down"
        /// Another app, or the platform's own automation, holds the conversation for now.
        case thread
        /// A later attempt may succeed.
        case retry
        /// The person's mailbox takes nothing more for now.
        case mailboxFull = "mailbox_full"
    }

    package init(
        meaning: Meaning,
        code: String,
        message: String,
        retryAfter: Milliseconds?,
        tries: Int = Backoff.attempts
    ) {
        self.meaning = meaning
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.tries = tries
    }
}

/// A job claimed by this process. It allows the outcome to be recorded.
///
/// A class, because it is passed on often: each copy of a struct would retain some twenty references.
package final class Claim: Equatable, Sendable {
    package let job: Job
    /// Grows with every claim of the job. An outcome counts only while its claim is the latest.
    package let number: Int64
    package let dispatch: Dispatch

    package init(job: Job, number: Int64, dispatch: Dispatch) {
        self.job = job
        self.number = number
        self.dispatch = dispatch
    }

    package static func == (one: Claim, other: Claim) -> Bool {
        one.number == other.number && one.job == other.job && one.dispatch == other.dispatch
    }
}

/// The end of a step, as it is stored.
package struct Delivery: Hashable, Sendable {
    package enum State: String, CaseIterable, Hashable, Sendable {
        case sent
        case skipped
        case failed
        /// It was sent and no answer was recorded. It is never resent blindly, and stays open until it is reconciled.
        case inDoubt = "in_doubt"
    }

    package let state: State
    /// A word from a bounded set if one fits, or the platform's code and message.
    package let reason: String?
    /// The kind of failure from a bounded set, for totals; nil if nothing failed.
    package let errorClass: String?

    package init(state: State, reason: String?, errorClass: String? = nil) {
        self.state = state
        self.reason = reason
        self.errorClass = errorClass
    }
}
