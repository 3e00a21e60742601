package import DripCore

/// A way to a person. One request in, one outcome out: it neither retries nor waits, and never throws.
package protocol Channel: Sendable {
    /// - Parameters:
    ///   - page: the page's address, which the message comes from.
    ///   - recipient: whom it is for.
    ///   - key: travels with the message and comes back in the platform's echo.
    func deliver(_ part: MessagePart, from page: String, to recipient: Recipient, key: DeliveryKey) async -> Outcome

    /// Shows somebody that the page writes. Nothing depends on it: whether it worked is not told.
    func show(_ typing: Typing, from page: String) async
}
