/// One event on its way to the daemon: its bytes stay the same over all retries.
struct Webhook: Sendable, Equatable {
    /// Whom it is about; events about one person go out in order.
    let person: String
    /// What the page has to be subscribed to for it.
    var field = "messages"
    let body: [UInt8]
}
