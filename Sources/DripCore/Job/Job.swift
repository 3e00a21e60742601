/// The pending next step of an enrollment, with everything that decides about it.
package struct Job: Hashable, Sendable {
    package let enrollment: Enrollment
    package let person: Person
    package let step: String
    /// When the sequence schedules the step. Lateness counts from here.
    package let scheduled: Instant
    /// The number of requests that the platform refused for now.
    package let attempt: Int
    /// The index of the next message part; earlier parts are sent.
    package let part: Int
    package let waitingFor: WaitReason?
    /// The limit, `day` or `gap`, that last held it; nil if a wait unrelated to a limit has come since.
    package let heldBy: WaitReason?

    package init(
        enrollment: Enrollment,
        person: Person,
        step: String,
        scheduled: Instant,
        attempt: Int,
        part: Int,
        waitingFor: WaitReason?,
        heldBy: WaitReason? = nil
    ) {
        self.enrollment = enrollment
        self.person = person
        self.step = step
        self.scheduled = scheduled
        self.attempt = attempt
        self.part = part
        self.waitingFor = waitingFor
        self.heldBy = heldBy
    }
}

extension Job {
    /// Returns the limit that holds a job once it waits for `reason`.
    package func heldBy(waitingFor reason: WaitReason) -> WaitReason? {
        switch reason {
        case .day, .gap: reason
        // These waits follow from the limit's delay, or are short.
        case .window, .quiet, .rate, .time, .media, .typing: heldBy
        case .human, .paused, .retry, .thread, .page, .sequence, .unnamed: nil
        }
    }
}

/// The reason why a step was not sent although nothing failed.
package enum SkipReason: String, Hashable, Sendable {
    /// Later than the sequence allows.
    case late
    /// The person did not write in time, so the platform allowed no message.
    case windowClosed = "window_closed"
    /// The daily limit held it until it was too late or the window had closed.
    case dailyLimit = "daily_limit"
    /// The sequence's `gap` held it until it was too late or the window had closed.
    case gap
    /// The platform does not deliver to this person.
    case unreachable
    /// The person has no address on any channel that the step can use.
    case noAddress = "no_address"
    /// The person has not agreed to such messages on any channel that is open, or withdrew that.
    case noConsent = "no_consent"
    /// The person unsubscribed from such messages on one of dripd's pages, or by e-mail.
    case unsubscribed
    /// The person, or an operator for them, opted out.
    case stopped
    /// Its `only_if` did not hold.
    case condition
    /// A team member was writing with the person until it was too late.
    case humanTookOver = "human_took_over"
    /// The person's messages were paused, for a possible opt-out, until it was too late.
    case paused
    /// The state was restored from a copy, and this step may have been sent after the copy was made.
    case restored
    /// The sequence stops when the person writes.
    case replied
    /// The sequence stops at a tag that the person got.
    case tagged
    /// The sequence stops when the person starts another one.
    case otherSequence = "other_sequence"
    /// A comment's author turned out to be a person who had this sequence already.
    case sameSequence = "same_sequence"
    /// An operator decided so while it was in doubt.
    case byOperator = "operator"
}

/// The thing that a job waits for besides its due time.
package enum WaitReason: String, Hashable, Sendable {
    /// The person's next message: the platform's window is closed.
    case window
    /// The end of quiet hours, or the next day on which the sequence sends.
    case quiet
    /// The end of the pause that began when a team member wrote in the thread.
    case human
    /// A decision by the person or an operator: the person may have opted out.
    case paused
    /// The platform's rate limit for this kind of message.
    case rate
    /// The daily limit: the person got the most messages allowed in a day.
    case day
    /// The account's limit for private replies to comments whose author the platform does not name.
    case unnamed
    /// The end of the sequence's `gap` after its previous message to the person.
    case gap
    /// Its due time. It was checked early, in case it had to be pulled into the standard window.
    case time
    /// Another attempt, after the platform refused for now.
    case retry
    /// The conversation, which another app or the platform's own automation holds.
    case thread
    /// The page, which is paused or stopped.
    case page
    /// The upload of a file to the page.
    case media
    /// The end of the typing indicator.
    case typing
    /// Its sequence or step, which is no longer in any file.
    case sequence
}

/// A kind of message that the platform rate-limits separately. Source: "Rate Limiting", Messenger Platform: audio and
/// video 10 a second; private replies 750 an hour.
package enum SendKind: String, CaseIterable, Hashable, Sendable {
    /// Texts, links and templates.
    case text
    /// Audio and video. Pictures and files count, too, although the source does not name them.
    case media
    /// The one private reply to a comment.
    case privateReply = "private_reply"
}

extension MessagePart {
    package var kind: SendKind {
        switch content {
        case .text, .cards, .template: .text
        case .images, .video, .audio, .file: .media
        case .ofChannel: .text
        }
    }
}

extension Dispatch {
    package var kind: SendKind { permission == .privateReply ? .privateReply : message.kind }
}
