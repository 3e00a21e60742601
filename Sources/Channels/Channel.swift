package import DripCore

/// A messaging platform. One request in, one outcome out: a channel never retries, waits or throws.
package protocol Channel: Sendable {
    /// Sends one part of a message.
    ///
    /// - Parameters:
    ///   - page: the id of the page that sends.
    ///   - recipient: the person, comment or token that the message is for.
    ///   - key: sent with the message; the platform returns it in the echo.
    func deliver(_ part: MessagePart, from page: String, to recipient: Recipient, key: DeliveryKey) async -> Outcome

    /// Shows a typing indicator. Best effort: a failure is not reported.
    func show(_ typing: Typing, from page: String) async
}
