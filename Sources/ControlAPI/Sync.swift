package import DripCore

/// A request to sync the conversations of one page or of all.
package struct SyncBody: Codable, Sendable {
    /// nil: every page.
    package let page: String?
    /// The sequence in which to enroll the people found; nil: enroll none.
    package let sequence: String?
    /// Only people who wrote within this time are enrolled.
    package let wroteWithin: Milliseconds?

    package init(page: String?, sequence: String?, wroteWithin: Milliseconds?) {
        self.page = page
        self.sequence = sequence
        self.wroteWithin = wroteWithin
    }
}

/// The latest sync of a page's conversations.
package struct SyncProgress: Codable, Hashable, Sendable {
    package var page: String
    package var startedAt: Instant
    package var request: SyncRequest
    /// Where the sync continues.
    package var cursor: String?
    /// The time of the last message in the last conversation that was read. Conversations come latest first.
    package var reached: Instant?
    package var conversations: Int
    /// The number of new people.
    package var people: Int
    package var enrolled: Int
    package var endedAt: Instant?
    /// Why the sync waits, or why it ended before the last conversation.
    package var trouble: String?

    package init(
        page: String,
        startedAt: Instant,
        request: SyncRequest,
        cursor: String? = nil,
        reached: Instant? = nil,
        conversations: Int,
        people: Int,
        enrolled: Int,
        endedAt: Instant? = nil,
        trouble: String? = nil
    ) {
        self.page = page
        self.startedAt = startedAt
        self.request = request
        self.cursor = cursor
        self.reached = reached
        self.conversations = conversations
        self.people = people
        self.enrolled = enrolled
        self.endedAt = endedAt
        self.trouble = trouble
    }
}
