/// An error that the mail server produces on request.
package struct MailFault: Sendable, Equatable {
    /// The point of an SMTP dialog at which a fault happens.
    package enum Stage: String, Sendable, CaseIterable {
        case connect
        case ehlo
        case auth
        case mail
        case rcpt
        case data
        /// Within the mail, after its first line.
        case content
        /// After the mail.
        case end
    }

    package enum Kind: Sendable, Equatable {
        /// The server gives this reply.
        ///
        /// - Parameter isStored: at the end of a mail, whether the mail is delivered; nil if the reply says so.
        case reply(Stage, MailReply, isStored: Bool? = nil)
        /// The server closes the connection instead of a reply.
        ///
        /// - Parameter isStored: at the end of a mail, whether the mail is delivered all the same.
        case drop(Stage, isStored: Bool = false)
        /// The command takes effect at once; its reply comes after this many real milliseconds.
        case delay(Stage, milliseconds: Int64)
        /// The mail is accepted, and a delivery status notification is returned to its sender.
        case bounce(MailBounce.Reason)
    }

    package let kind: Kind
    /// The only sender (of the envelope) that the fault applies to; nil for all.
    package let sender: String?
    /// The only recipient that the fault applies to, or all of a domain, such as `@example.com`; nil for all.
    package let recipient: String?
    package let count: Int
    /// How many matching commands are spared first.
    package let skip: Int

    package init(kind: Kind, sender: String? = nil, recipient: String? = nil, count: Int = 1, skip: Int = 0) {
        self.kind = kind
        self.sender = sender
        self.recipient = recipient
        self.count = count
        self.skip = skip
    }

    /// nil for a bounce.
    var stage: Stage? {
        switch kind {
        case .reply(let stage, _, _), .drop(let stage, _), .delay(let stage, _): stage
        case .bounce: nil
        }
    }

    func validate() throws(ControlError) {
        switch kind {
        case .reply(.content, _, _), .delay(.content, _):
            throw .invalid("within the content there is no reply; only drop can be at this stage")
        case .reply(let stage, _, .some), .drop(let stage, true):
            guard stage == .end else { throw .invalid("stored is for the stage end") }
        case .delay(_, let milliseconds):
            try FaultQueue.checkDelay(milliseconds)
        case .bounce(let reason):
            try reason.validate()
        case .reply, .drop:
            break
        }
    }

    func applies(to stage: Stage?, from sender: String?, to recipients: [String]) -> Bool {
        self.stage == stage
            && (self.sender.map { $0.lowercased() == sender?.lowercased() } ?? true)
            && (recipient.map { pattern in recipients.contains { Self.matches($0, pattern) } } ?? true)
    }

    private static func matches(_ recipient: String, _ pattern: String) -> Bool {
        let (recipient, pattern) = (recipient.lowercased(), pattern.lowercased())
        return recipient == pattern || (pattern.hasPrefix("@") && recipient.hasSuffix(pattern))
    }
}
