/// Which app may write in a conversation: https://developers.facebook.com/docs/messenger-platform/handover-protocol
package enum Handover: String, Sendable, CaseIterable {
    /// Another app takes it from the page's app.
    case take
    /// Another app gives it to the page's app.
    case pass
    /// Another app asks for it; nothing changes by that.
    case request
}
