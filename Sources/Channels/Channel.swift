package import DripCore

/// A messaging platform. One request in, one outcome out: a channel never retries, waits or throws.
package protocol Channel: Sendable {
    /// Sends one part of a message.
    func deliver(_ message: OutgoingMessage) async -> Outcome

    /// Shows a typing indicator, if the channel has one. Best effort: a failure is not reported.
    func show(_ typing: Typing, from account: String) async
}

extension Channel {
    package func show(_ typing: Typing, from account: String) async {}
}

/// One part of a message, and where it goes.
package struct OutgoingMessage: Sendable {
    package let part: MessagePart
    /// The person with the address that it goes to.
    package let person: Person
    /// The person, or a comment or a token that stands for them.
    package let recipient: Recipient
    /// Identifies the part. Sent with the message if the channel can return it.
    package let key: DeliveryKey

    package init(part: MessagePart, person: Person, recipient: Recipient, key: DeliveryKey) {
        self.part = part
        self.person = person
        self.recipient = recipient
        self.key = key
    }

    package init(_ claim: Claim, key: DeliveryKey) {
        self.init(part: claim.dispatch.message, person: claim.job.person, recipient: claim.recipient, key: key)
    }

    /// The channel's id of the account that sends.
    package var account: String { person.address.account.externalID }
}
