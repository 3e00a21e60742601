/// What a channel says of one request.
package enum Outcome: Hashable, Sendable {
    /// - Parameter address: whom it reached, where the platform says it.
    case accepted(messageID: String, address: String? = nil)
    /// The platform answered with an error.
    case refused(Refusal)
    /// The request certainly never left this machine, or never completely.
    case unsent(why: String)
    /// The request left, and no answer tells what became of it.
    case inDoubt(why: String)
    /// Not tried: the page's ad account may not send, as another message has found out.
    case untried(why: String)

    /// What kind of trouble it is: a bounded word, for metrics and the journal; nil where there is none.
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

/// An error of the platform, with what it means for us.
package struct Refusal: Hashable, Sendable {
    package let meaning: Meaning
    /// The platform's code and subcode: `10/2018278`.
    package let code: String
    package let message: String
    /// How long the platform asks us to wait, where it says so.
    package let retryAfter: Span?
    /// How often the message is tried in all, where it is tried again at all.
    package let tries: Int

    /// An error of the platform has exactly one of these ends.
    package enum Meaning: String, Hashable, Sendable {
        /// This person cannot be reached, by any message, until they write.
        case person
        /// This message will never be accepted.
        case message
        /// What was uploaded for it is there no more.
        case attachment
        /// The standard window is closed, whatever we thought.
        case window
        /// The page's token or right to send is gone: nothing goes out until an operator acts.
        case page
        /// The ad account's token or right to send is gone: no paid message of the page goes out, and all others do.
        case account
        /// It may pass; if it does not, it is the page's access that is missing.
        case perhapsPage = "perhaps_page"
        /// The platform has forbidden the page to send, for a time that it does not tell.
        case restricted
        /// The platform asks the page to slow down.
        case slowDown = "slow_down"
        /// Somebody else holds the conversation for now: another app, or the platform's own questions and answers.
        case thread
        /// It may work later.
        case retry
    }

    package init(
        meaning: Meaning,
        code: String,
        message: String,
        retryAfter: Span?,
        tries: Int = Backoff.attempts
    ) {
        self.meaning = meaning
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.tries = tries
    }
}
