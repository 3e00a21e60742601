/// What one outcome does to its job, its person and its lane.
package struct Settlement: Equatable, Sendable {
    package enum Result: Hashable, Sendable {
        /// Accepted, and the step has another part.
        case partSent(messageID: String)
        case over(Delivery, messageID: String?)
        case again(due: Instant, attempt: Int, WaitReason, error: String)
    }

    package enum PersonEffect: Hashable, Sendable {
        case unreachable(String)
        case windowClosed
        /// The person's address turns out to be this one.
        case known(address: String)
    }

    package enum LaneEffect: Hashable, Sendable {
        case works
        /// The page works, and this message was refused for good, for no reason of its person's.
        case refused(String)
        /// Something is wrong with the page or the way to it.
        case trouble(String)
        /// The platform asks to slow down; it answers again after a time, where it says so.
        case usedUp(String, regainAfter: Span?)
        /// The platform has forbidden the page to send, for a time that it does not tell.
        case restricted(String)
        /// Nothing goes out until an operator acts.
        case stopped(String)
        /// No paid message goes out until one finds that they may.
        case accountStopped(String)
        /// One found that they may.
        case accountWorks
    }

    package let claim: Claim
    package let result: Result
    package let person: PersonEffect?
    package let lane: LaneEffect?
    /// What pages called the files that it shows, and call them no more: they are uploaded anew.
    package let forgotten: [String]

    package init(
        claim: Claim,
        result: Result,
        person: PersonEffect? = nil,
        lane: LaneEffect? = nil,
        forgotten: [String] = []
    ) {
        self.claim = claim
        self.result = result
        self.person = person
        self.lane = lane
        self.forgotten = forgotten
    }

    /// Whether its step is over, and all that can follow is the next one.
    package var endsStep: Bool {
        if case .over = result { true } else { false }
    }
}

extension Claim {
    /// Decides what an outcome means.
    ///
    /// Three things end differently that look alike: a person who cannot be reached ends this step and no other; a page
    /// that may not send keeps every job where it is until an operator acts; a platform that asks to slow down, or
    /// cannot be reached at all, makes the page wait and costs no job an attempt.
    /// - Parameter jitter: from 0 up to 1; asked for only where something waits.
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
                lane: dispatch.permission == .marketing ? .accountWorks : .works
            )
        case .inDoubt(let why):
            // A platform that swallows requests would turn the whole queue into doubt: the page pauses.
            return Settlement(
                claim: self,
                result: .over(Delivery(state: .inDoubt, reason: why), messageID: nil),
                lane: .trouble(why)
            )
        case .unsent(let why):
            return Settlement(claim: self, result: waitForPage(now, why), lane: .trouble(why))
        case .untried(let why):
            return Settlement(claim: self, result: waitForAccount(now, why))
        case .refused(let refusal):
            return settle(refusal, now: now, jitter: jitter())
        }
    }

    private func settle(_ refusal: Refusal, now: Instant, jitter: @autoclosure () -> Double) -> Settlement {
        let error = "\(refusal.code) \(refusal.message)"
        let failed = Settlement.Result.over(failure(refusal, error), messageID: nil)
        switch refusal.meaning {
        case .person:
            return Settlement(claim: self, result: failed, person: .unreachable(error), lane: .works)
        case .message:
            return Settlement(claim: self, result: failed, lane: .refused(error))
        case .window:
            // Due at once: with the window known to be closed, the next look decides how long to wait for the person.
            return Settlement(
                claim: self,
                result: .again(due: now, attempt: job.attempt, .window, error: error),
                person: .windowClosed,
                lane: .works
            )
        case .page:
            return Settlement(claim: self, result: waitForPage(now, error), lane: .stopped(error))
        case .account:
            return Settlement(claim: self, result: waitForAccount(now, error), lane: .accountStopped(error))
        case .slowDown:
            return Settlement(
                claim: self,
                result: waitForPage(now, error),
                lane: .usedUp(error, regainAfter: refusal.retryAfter)
            )
        case .restricted:
            return Settlement(claim: self, result: waitForPage(now, error), lane: .restricted(error))
        case .attachment where dispatch.message.attachments.isEmpty:
            return Settlement(claim: self, result: failed, lane: .refused(error))
        case .retry, .attachment:
            let wait = Backoff.message(after: job.attempt + 1, jitter: jitter())
            return again(refusal, error, now, wait, atLast: .refused(error))
        case .perhapsPage:
            let wait = Backoff.message(after: job.attempt + 1, jitter: jitter())
            return again(refusal, error, now, wait, atLast: .stopped(error))
        case .thread:
            return again(refusal, error, now, Backoff.thread(after: job.attempt + 1, jitter: jitter()), atLast: .works)
        }
    }

    /// Another try after `wait`, or the step's end where this was the last one.
    /// - Parameter atLast: what the last refusal says of the page.
    private func again(
        _ refusal: Refusal,
        _ error: String,
        _ now: Instant,
        _ wait: Span?,
        atLast lane: Settlement.LaneEffect
    ) -> Settlement {
        let attempt = job.attempt + 1
        guard attempt < refusal.tries, let wait else {
            return Settlement(claim: self, result: .over(failure(refusal, error), messageID: nil), lane: lane)
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

    /// Only a comment's author is not known by the address that the message went to.
    private func known(as address: String) -> Settlement.PersonEffect? {
        guard case .comment = recipient, address != job.person.address else { return nil }
        return .known(address: address)
    }

    private func waitForPage(_ now: Instant, _ error: String) -> Settlement.Result {
        .again(due: now, attempt: job.attempt, .page, error: error)
    }

    /// What is too late by then is skipped for that; until then nobody has lost anything.
    private func waitForAccount(_ now: Instant, _ error: String) -> Settlement.Result {
        .again(due: now + Backoff.account, attempt: job.attempt, .page, error: error)
    }
}
