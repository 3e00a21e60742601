/// Somebody who can write to the page.
package struct Person: Sendable, Equatable {
    /// The page-scoped id (PSID).
    package let id: String
    package var name: String
    /// The person has blocked the page: nothing reaches them until they write again.
    package var hasBlockedPage = false
    /// When the person last did what opens the messaging window; milliseconds since 1970. Nil: never.
    package var lastActionAt: Int64?
    /// What the page may know of the person.
    package var profileAccess = ProfileAccess.full
    /// Messages of the page that the person has not read.
    package var unreadCount = 0

    /// https://developers.facebook.com/docs/messenger-platform/policy: 24 hours from the person's last action.
    static let windowMilliseconds: Int64 = 24 * 60 * 60 * 1000

    /// The first moment at which the page may no longer write; milliseconds since 1970. Nil: the window never opened.
    package var windowClosesAt: Int64? {
        lastActionAt.map { $0 + Self.windowMilliseconds }
    }

    package func windowIsOpen(at now: Int64) -> Bool {
        windowClosesAt.map { now < $0 } ?? false
    }
}
