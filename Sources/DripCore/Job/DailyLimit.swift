/// How many messages a person gets in a day, over all sequences: a net under what files, tags and edits may add up to.
///
/// A day is any 24 hours, so that no midnight lets twice as many through, and what has to wait goes out at a time of day at
/// which a message went out the day before. A step counts once, however many parts it has.
package struct DailyLimit: Hashable, Sendable {
    package let messages: Int

    package init(_ messages: Int) {
        self.messages = messages
    }

    package static let standard = 3

    /// A message of a sequence, to a person.
    package struct Message: Hashable, Sendable {
        /// When it left, or is to leave.
        package let at: Instant
        /// It answers what the person did just before.
        package let isAnswer: Bool
        /// Which step of whose way; nil where only the limit is asked for.
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
        ///   - cause: what started the enrollment, as `StartCause` writes it.
        ///   - scheduled: when the sequence wants the step.
        package init(at: Instant, cause: String, anchor: Instant, scheduled: Instant, origin: Origin? = nil) {
            self.at = at
            self.origin = origin
            let isByThemselves =
                cause != StartCause.manual.description && cause != StartCause.comment("").description
                && !cause.hasPrefix("tag:")
            isAnswer = isByThemselves && scheduled - anchor <= DailyLimit.answering
        }
    }

    /// A step that is due so soon after the person wrote, tapped or came through a link is the answer that they wait for: it
    /// is never held, and counts for nothing, since they get no more of these than they ask for. Whom an operator or a tag
    /// enrolled asked for nothing, and who commented on a post did not write to the page: comments on many posts would bring
    /// as many messages.
    package static let answering = Span.minutes(15)

    /// When a message may go that is due.
    /// - Parameter others: what the person got, or is getting, of all sequences in the last 24 hours at least.
    package func earliest(_ message: Message, after others: [Message]) -> Instant {
        guard !message.isAnswer else { return message.at }
        let counted = others.filter { !$0.isAnswer && message.at - $0.at < .days(1) }.map(\.at).sorted()
        guard counted.count >= messages else { return message.at }
        return counted[counted.count - messages] + .days(1)
    }
}
