import DripCore

extension World {
    /// Something that a person or the team did.
    struct Fact {
        let person: String
        let at: Instant
        var opensWindow = false
        var isReply = false
        var isOptOut = false
        var isTap = false
        /// It was on the disk once, of a state that a copy has replaced.
        var wasUndone = false
        /// Of a message that the platform shows in its conversation.
        var messageID: String?
        var isByTeam = false
        var isFirstMessage = false
        /// When the daemon had it on its disk, by its clock and in truth; nil: never.
        var taken: (clock: Instant, truth: Int64)?
        /// When it had on its disk that the person wants nothing more: of a tap, only the webhook says so.
        var stopped: (clock: Instant, truth: Int64)?
        /// When the daemon takes it to have happened.
        var believed: Instant?
    }
}
