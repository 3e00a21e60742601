/// What a job waits for, besides its time.
package enum WaitReason: String, Hashable, Sendable {
    /// The person to write: the platform's window is closed.
    case window
    /// The end of quiet hours, or the next day on which the sequence sends.
    case quiet
    /// Another attempt, after the platform refused for now.
    case retry
    /// The page, which is paused or stopped.
    case page
    /// Its sequence or step, which is in no file any more.
    case sequence
}
