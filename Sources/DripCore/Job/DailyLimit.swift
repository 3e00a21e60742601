/// The most messages that a person gets in a day across all sequences, whatever files, tags and edits add up to.
///
/// A day is any 24 hours, so midnight does not let twice as many through, and a delayed message is sent at a time of
/// day at which one was sent the day before. A step counts once, however many parts it has.
package struct DailyLimit: Hashable, Sendable {
    package let messages: Int

    package init(_ messages: Int) {
        self.messages = messages
    }

    package static let standard = 3

    /// A message of a sequence to a person.
    package struct Message: Hashable, Sendable {
        /// When it was sent, or is to be sent.
        package let at: Instant
        /// Whether it answers something that the person just did.
        package let isAnswer: Bool
        /// The enrollment and step; nil if only the limit is checked.
        package let origin: Origin?

        package struct Origin: Hashable, Sendable {
            package let enrollment: EnrollmentID
            package let step: String

            package init(enrollment: EnrollmentID, step: String) {
                self.enrollment = enrollment
                self.step = step
            }
        }

        package init(at: Instant, isAnswer: Bool) {
            self.at = at
            self.isAnswer = isAnswer
            origin = nil
        }

        /// - Parameters:
        ///   - cause: the enrollment's start, as `StartCause` describes it.
        ///   - scheduled: when the sequence schedules the step.
        package init(at: Instant, cause: String, anchor: Instant, scheduled: Instant, origin: Origin? = nil) {
            self.at = at
            self.origin = origin
            let isByThemselves =
                cause != StartCause.manual.description && cause != StartCause.comment("").description
                && !cause.hasPrefix("tag:")
            isAnswer = isByThemselves && scheduled - anchor <= DailyLimit.answering
        }
    }

    /// A step that is due this soon after the person wrote, tapped or followed a link is an answer that they wait for.
    /// It is never delayed and does not count: people get no more answers than they ask for.
    ///
    /// People enrolled by an operator or a tag asked for nothing. People who commented on a post did not write to the
    /// page, and comments on many posts would bring as many messages.
    package static let answering = Milliseconds.minutes(15)

    /// Returns when a due message may be sent.
    /// - Parameter others: the messages of all sequences that the person got, or is getting, in the last 24 hours at
    ///   least.
    package func earliest(_ message: Message, after others: [Message]) -> Instant {
        guard !message.isAnswer else { return message.at }
        let counted = others.filter { !$0.isAnswer && message.at - $0.at < .days(1) }.map(\.at).sorted()
        guard counted.count >= messages else { return message.at }
        return counted[counted.count - messages] + .days(1)
    }
}
