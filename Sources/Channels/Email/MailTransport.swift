package import DripCore

/// The interface between the e-mail channel and a mail server: one message to one recipient.
package protocol MailTransport: Sendable {
    func submit(_ submission: MailSubmission) async -> MailAnswer
}

/// A mail server that takes the shop's mail.
package struct MailServer: Hashable, Sendable {
    /// `smtps://host:465`, or `smtp://host:587` with STARTTLS.
    package let url: String
    package let user: String?
    package let password: String?
    /// No TLS: see `mayBePlain`.
    package let isPlain: Bool

    /// Whether mail may be sent to a URL without TLS: only on this machine. Outside of trials the port must be one that only
    /// root can listen on, so that no other user of the machine gets the mail.
    package static func mayBePlain(_ url: String, isTrial: Bool) -> Bool {
        // The whole URL: in `smtp://localhost:25@mail.example` the host is mail.example.
        guard
            let match = url.wholeMatch(
                of: /smtp:\/\/(?:127\.0\.0\.1|localhost)(?::([0-9]{1,5}))?(?:\/[A-Za-z0-9.\-]*)?/
            )
        else { return false }
        let port = match.1.flatMap { Int($0) } ?? 25
        return isTrial || (1..<1024).contains(port)
    }

    package init(url: String, user: String? = nil, password: String? = nil, isPlain: Bool = false) {
        self.url = url
        self.user = user
        self.password = password
        self.isPlain = isPlain
    }
}

package struct MailSubmission: Hashable, Sendable {
    package let server: MailServer
    /// The envelope's sender, to which bounces are returned.
    package let sender: String
    package let recipient: EmailAddress
    package let bytes: [UInt8]

    package init(server: MailServer, sender: String, recipient: EmailAddress, bytes: [UInt8]) {
        self.server = server
        self.sender = sender
        self.recipient = recipient
        self.bytes = bytes
    }
}

package enum MailAnswer: Hashable, Sendable {
    case accepted(SMTPReply)
    case refused(Refusal)
    /// The message was certainly not taken.
    case unsent(why: String)
    /// The message was sent, and the server did not say whether it took it.
    case inDoubt(why: String)
}
