/// The effects of one outcome on its job, its person and its limiter.
package struct Settlement: Equatable, Sendable {
    package enum Result: Hashable, Sendable {
        /// Accepted, and the step has another part.
        case partSent(messageID: String)
        case over(Delivery, messageID: String?)
        case again(due: Instant, attempt: Int, WaitReason, error: String)
        /// The address refused the step for good, and the step may be sent by another one.
        case nextWay(Delivery)
    }

    package enum PersonEffect: Hashable, Sendable {
        /// - Parameter isBlock: whether the person may want nothing more.
        case unreachable(String, isBlock: Bool)
        case windowClosed
        /// The platform revealed the person's address.
        case known(address: String)
    }

    package enum LimiterEffect: Hashable, Sendable {
        case works
        /// The page works. This message was permanently refused, and not because of its person.
        case refused(String)
        /// The page, or the connection to the platform, has a problem.
        case trouble(String)
        /// The platform asks to slow down, for this long if it says so.
        case usedUp(String, regainAfter: Milliseconds?)
        /// The platform has forbidden the page to send, for an unknown time.
        case restricted(String)
        /// Nothing is sent until an operator acts.
        case stopped(String)
        /// No paid message is sent until a probe succeeds.
        case accountStopped(String)
        /// A paid message was accepted.
        case accountWorks
    }

    package let claim: Claim
    package let result: Result
    package let person: PersonEffect?
    package let limiter: LimiterEffect?
    /// The attachment ids that the page no longer knows. Their files are uploaded again.
    package let forgotten: [String]

    package init(
        claim: Claim,
        result: Result,
        person: PersonEffect? = nil,
        limiter: LimiterEffect? = nil,
        forgotten: [String] = []
    ) {
        self.claim = claim
        self.result = result
        self.person = person
        self.limiter = limiter
        self.forgotten = forgotten
    }

    /// Whether the step is over, so that only the next step can follow.
    package var endsStep: Bool {
        if case .over = result { true } else { false }
    }
}

extension Claim {
    /// Decides the effects of an outcome.
    ///
    /// Three failures look alike and end differently. A person who cannot be reached ends this step and no other. A
    /// page that may not send keeps every job where it is until an operator acts. A platform that asks to slow down, or
    /// cannot be reached at all, makes the page wait and costs no job an attempt.
    /// - Parameter jitter: from 0 up to 1; evaluated only if something waits.
    package func settle(_ outcome: Outcome, now: Instant, jitter: @autoclosure () -> Double) -> Settlement {
        switch outcome {
        case .accepted(let messageID, let address):
            let result: Settlement.Result =
                dispatch.isLast
                ? .over(Delivery(state: .sent, reason: nil), messageID: messageID) : .partSent(messageID: messageID)
            return Settlement(
                claim: self,
                result: result,
                person: address.flatMap(known(as:)),
                limiter: dispatch.permission == .marketing ? .accountWorks : .works
            )
        case .inDoubt(let why):
            // Pause the page: a platform that swallows requests would put the whole queue in doubt.
            return Settlement(
                claim: self,
                result: .over(Delivery(state: .inDoubt, reason: why), messageID: nil),
                limiter: .trouble(why)
            )
        case .unsent(let why):
            return Settlement(claim: self, result: waitForPage(now, why), limiter: .trouble(why))
        case .untried(let why):
            return Settlement(claim: self, result: waitForAccount(now, why))
        case .refused(let refusal):
            return settle(refusal, now: now, jitter: jitter())
        }
    }

    private func settle(_ refusal: Refusal, now: Instant, jitter: @autoclosure () -> Double) -> Settlement {
        let error = "\(refusal.code) \(refusal.message)"
        let failure = failure(refusal, error)
        let isBlock = refusal.meaning == .person && dispatch.refusalMayBeBlock
        let failed: Settlement.Result =
            dispatch.mayFallThrough && job.part == 0 && !isBlock ? .nextWay(failure) : .over(failure, messageID: nil)
        switch refusal.meaning {
        case .person:
            return Settlement(
                claim: self,
                result: failed,
                person: .unreachable(error, isBlock: isBlock),
                limiter: .works
            )
        case .message:
            return Settlement(claim: self, result: failed, limiter: .refused(error))
        case .window:
            // Due at once. Now that the window is known to be closed, `admit` decides how long to wait for the person.
            return Settlement(
                claim: self,
                result: .again(due: now, attempt: job.attempt, .window, error: error),
                person: .windowClosed,
                limiter: .works
            )
        case .page:
            return Settlement(claim: self, result: waitForPage(now, error), limiter: .stopped(error))
        case .account:
            return Settlement(claim: self, result: waitForAccount(now, error), limiter: .accountStopped(error))
        case .slowDown:
            return Settlement(
                claim: self,
                result: waitForPage(now, error),
                limiter: .usedUp(error, regainAfter: refusal.retryAfter)
            )
        case .restricted:
            return Settlement(claim: self, result: waitForPage(now, error), limiter: .restricted(error))
        case .attachment where dispatch.message.attachments.isEmpty:
            return Settlement(claim: self, result: failed, limiter: .refused(error))
        case .retry, .attachment, .mailboxFull:
            let wait = Backoff.message(after: job.attempt + 1, jitter: jitter())
            return again(refusal, error, now, wait, atLast: .refused(error))
        case .perhapsPage:
            let wait = Backoff.message(after: job.attempt + 1, jitter: jitter())
            return again(refusal, error, now, wait, atLast: .stopped(error))
        case .thread:
            return again(refusal, error, now, Backoff.thread(after: job.attempt + 1, jitter: jitter()), atLast: .works)
        }
    }

    /// Returns another attempt after `wait`, or the end of the step after its last attempt.
    /// - Parameter atLast: what the last refusal says about the page.
    private func again(
        _ refusal: Refusal,
        _ error: String,
        _ now: Instant,
        _ wait: Milliseconds?,
        atLast limiter: Settlement.LimiterEffect
    ) -> Settlement {
        let attempt = job.attempt + 1
        guard attempt < refusal.tries, let wait else {
            return Settlement(
                claim: self,
                result: dispatch.mayFallThrough && job.part == 0
                    ? .nextWay(failure(refusal, error)) : .over(failure(refusal, error), messageID: nil),
                limiter: limiter
            )
        }
        let due = now + max(wait, refusal.retryAfter ?? .zero)
        let reason: WaitReason = refusal.meaning == .thread ? .thread : .retry
        return Settlement(
            claim: self,
            result: .again(due: due, attempt: attempt, reason, error: error),
            forgotten: refusal.meaning == .attachment ? dispatch.message.attachments : []
        )
    }

    private func failure(_ refusal: Refusal, _ error: String) -> Delivery {
        Delivery(state: .failed, reason: error, errorClass: refusal.meaning.rawValue)
    }

    /// Returns the revealed address of a comment's author; nil for all other recipients, whose addresses are known.
    private func known(as address: String) -> Settlement.PersonEffect? {
        guard case .comment = recipient, address != job.person.address.externalID else { return nil }
        return .known(address: address)
    }

    private func waitForPage(_ now: Instant, _ error: String) -> Settlement.Result {
        .again(due: now, attempt: job.attempt, .page, error: error)
    }

    /// Keeps the job. If it is too late after the wait, it is skipped then.
    private func waitForAccount(_ now: Instant, _ error: String) -> Settlement.Result {
        .again(due: now + Backoff.account, attempt: job.attempt, .page, error: error)
    }
}
