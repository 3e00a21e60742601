/// What a job waits for, besides its time.
package enum WaitReason: String, Hashable, Sendable {
    /// The person to write: the platform's window is closed.
    case window
    /// The end of quiet hours, or the next day on which the sequence sends.
    case quiet
    /// The end of a pause that began when somebody of the team wrote in the thread.
    case human
    /// The person, or an operator: whether they want messages is unclear.
    case paused
    /// Its turn: the platform takes so many of its kind and no more.
    case rate
    /// The next day: the person got as many messages as they are to get in one.
    case day
    /// Its account's turn: the platform does not name the author of the comment that it answers.
    case unnamed
    /// The end of the sequence's `gap` after its previous message to the person.
    case gap
    /// Its time: it was looked at early, to see whether it has to be pulled into the standard window.
    case time
    /// Another attempt, after the platform refused for now.
    case retry
    /// Whoever else holds the conversation: another app, or the platform's own questions and answers.
    case thread
    /// The page, which is paused or stopped.
    case page
    /// A file that is to be uploaded to the page first.
    case media
    /// The time for which the person sees that the page writes.
    case typing
    /// Its sequence or step, which is in no file any more.
    case sequence
}
