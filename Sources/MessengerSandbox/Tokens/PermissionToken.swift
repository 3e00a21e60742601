/// What a person gave the page: that it may write to them outside the window.
struct PermissionToken: Sendable {
    enum Kind: Sendable {
        /// One message, within a year.
        /// https://developers.facebook.com/docs/messenger-platform/send-messages/one-time-notification
        case oneTime
        /// One message every twelve hours, until the person has enough.
        /// https://developers.facebook.com/docs/messenger-platform/marketing-messages
        case marketing
    }

    static let oneTimeMilliseconds: Int64 = 365 * 24 * 60 * 60 * 1000
    static let marketingPauseMilliseconds: Int64 = 12 * 60 * 60 * 1000

    let text: String
    let kind: Kind
    let person: String
    /// Milliseconds since 1970.
    let at: Int64
    var lastUsedAt: Int64?
    var isStopped = false
}
