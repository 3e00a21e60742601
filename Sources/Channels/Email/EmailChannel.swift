package import DripCore
package import Foundation
import Synchronization

/// Mail from the shop to one person, submitted to the shop's own mail server.
package final class EmailChannel: Channel {
    private let transport: any MailTransport
    private let links: PublicLinks?
    private let referenceKey: [UInt8]
    private let zone: TimeZone
    private let now: @Sendable () -> Instant
    private let accounts: Mutex<[String: EmailAccount]>

    /// - Parameters:
    ///   - accounts: by the ids of the configuration.
    ///   - links: the public pages; nil if nothing but transactions can be sent.
    ///   - referenceKey: signs what identifies a mail when it is returned.
    ///   - zone: of the `Date` field.
    package init(
        transport: any MailTransport,
        accounts: [String: EmailAccount],
        links: PublicLinks?,
        referenceKey: [UInt8],
        zone: TimeZone,
        now: @escaping @Sendable () -> Instant
    ) {
        self.transport = transport
        self.links = links
        self.referenceKey = referenceKey
        self.zone = zone
        self.now = now
        self.accounts = Mutex(accounts)
    }

    /// Replaces the accounts for all later mail.
    package func use(_ new: [String: EmailAccount]) {
        accounts.withLock { $0 = new }
    }

    package func deliver(_ message: OutgoingMessage) async -> Outcome {
        guard let account = accounts.withLock({ $0[message.account] }) else {
            return .unsent(why: "the e-mail account \(message.account) is not in the configuration any more")
        }
        guard case .ofChannel(let content) = message.part.content else {
            return .refused(Self.refusal("the step has no e-mail content"))
        }
        guard let recipient = EmailAddress(message.person.address.externalID) else {
            return .refused(
                Refusal(meaning: .person, code: "address", message: "not an e-mail address", retryAfter: nil)
            )
        }
        let reference = MailReference(
            enrollment: message.key.enrollment.rawValue,
            part: message.key.part,
            stepHash: StableHash.of([message.key.step])
        )
        let domain = account.from.address.domain
        let mail = EmailContent(
            content: content,
            account: account,
            recipient: recipient,
            links: links.map {
                ($0.link(.unsubscribe, message.person.address.id), $0.link(.preferences, message.person.address.id))
            }
        ).message(id: reference.messageID(domain: domain, key: referenceKey), at: now(), zone: zone)
        let bytes: [UInt8]
        do {
            let encoded = try mail.encoded()
            bytes = try account.signer.map { try $0.sign(encoded, at: now()) }?.bytes ?? encoded.bytes
        } catch {
            return .refused(Self.refusal("\(error)"))
        }
        let submission = MailSubmission(
            server: account.server,
            sender: account.bounceDomain.map { reference.returnAddress(domain: $0, key: referenceKey) }
                ?? "\(account.from.address)",
            recipient: recipient,
            bytes: bytes
        )
        switch await transport.submit(submission) {
        case .accepted: return .accepted(messageID: reference.text(key: referenceKey))
        case .refused(let refusal): return .refused(refusal)
        case .unsent(let why): return .unsent(why: why)
        case .inDoubt(let why): return .inDoubt(why: why)
        }
    }

    private static func refusal(_ why: String) -> Refusal {
        Refusal(meaning: .message, code: "mail", message: why, retryAfter: nil)
    }
}

/// A sender of mail, from one read of the configuration and its secrets.
package struct EmailAccount: Sendable {
    package let from: Mailbox
    package let server: MailServer
    /// nil if the server signs.
    package let signer: DKIMSigner?
    /// The domain of the addresses to which undelivered mail is returned, each of which names its mail; nil if it is returned
    /// to the sender.
    package let bounceDomain: String?
    /// Who the shop is, as the law asks.
    package let identity: String?
    /// Before the subject of promotion.
    package let label: String
    package let language: String

    package static let standardLabel = "[QC]"

    package init(
        from: Mailbox,
        server: MailServer,
        signer: DKIMSigner? = nil,
        bounceDomain: String? = nil,
        identity: String? = nil,
        label: String = standardLabel,
        language: String = "vi"
    ) {
        self.from = from
        self.server = server
        self.signer = signer
        self.bounceDomain = bounceDomain
        self.identity = identity
        self.label = label
        self.language = language
    }
}
