/// A mail in a mailbox. A mail to two people is two of them.
package struct ReceivedMail: Sendable, Equatable {
    /// 1 for the first mail, without gaps.
    package let number: Int
    /// The sandbox's clock; milliseconds since 1970.
    package let at: Int64
    /// The sender of the envelope, to which bounces are returned. Empty for `<>`.
    package let envelopeFrom: String
    /// The mailbox, in lower case.
    package let mailbox: String
    /// The mail as it came, with dots unstuffed.
    package let raw: [UInt8]

    package var content: MailContent { MailContent(raw) }
}
