import DripCore

extension Person {
    /// Whether they get messages, in a word.
    var wish: String { stoppedAt != nil ? "stopped" : pausedAt != nil ? "paused" : "active" }
}
