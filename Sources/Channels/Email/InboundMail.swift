package import DripCore
import Foundation

/// What a mail means that has come for the shop: a bounce, a complaint, an unsubscription or a person's reply.
package enum InboundMail: Hashable, Sendable {
    /// A mail of ours was not delivered.
    /// - Parameter recipient: the address that the report names, as it is written there.
    case undelivered(MailReference, recipient: String?, refusal: Refusal)
    /// The person has marked a mail of ours as spam.
    case complaint(MailReference)
    /// - Parameter token: of the link; not verified.
    case unsubscribe(token: String)
    /// A person has written.
    /// - Parameters:
    ///   - reference: of the mail that they answer, if they answer one of ours.
    ///   - text: without what it quotes, in NFC. Empty if they have sent only a picture.
    case reply(MailReference?, from: String, text: String)
    /// It asks for nothing: an automatic answer, a report about a delay or a delivery, or a bounce of another's mail.
    case automatic
    case unreadable(why: String)

    /// - Parameters:
    ///   - recipient: the envelope's recipient, if the mail server names it.
    ///   - key: the secret key of `MailReference`.
    package static func read(
        _ mail: [UInt8],
        recipient: String? = nil,
        key: [UInt8],
        limits: MailLimits = MailLimits()
    ) -> InboundMail {
        let parser = MIMEParser(limits)
        do {
            let (header, body) = try parser.parse(mail)
            return ReceivedMail(header: header, body: body, recipient: recipient, key: key, parser: parser).meaning
        } catch {
            return .unreadable(why: error.description)
        }
    }
}

/// A parsed mail. `meaning` has the order of decision: each question is asked only if those before it have no answer.
struct ReceivedMail {
    let header: MailHeader
    let body: MIMEPart
    let recipient: String?
    let key: [UInt8]
    let parser: MIMEParser

    var meaning: InboundMail {
        complaint ?? deliveryReport ?? otherReport ?? bounceWithoutReport ?? unsubscription ?? automaticAnswer ?? reply
    }

    // MARK: The mail that it is about

    /// What was written to: by the envelope, and by the fields in which mail servers repeat the envelope's recipient.
    var recipients: [String] {
        let names = ["delivered-to", "x-original-to", "envelope-to", "original-recipient", "to"]
        return (recipient.map { [$0] } ?? []) + names.flatMap(header.values)
    }

    /// The reference in the address that the mail was sent to.
    var returnReference: MailReference? {
        first(in: recipients, onlyReturnAddresses: true)
    }

    /// The reference in the message IDs that the mail names. The last one of `References` is the latest.
    var answeredReference: MailReference? {
        first(in: header.values(of: "in-reply-to"))
            ?? header.values(of: "references").lazy.compactMap { MailReference.all(in: $0, key: key).last }.first
    }

    /// The header of the mail that a report contains.
    var original: MailHeader? {
        let types: Set = [
            "message/rfc822", "message/rfc2822", "message/global", "message/rfc822-headers", "message/global-headers",
            "text/rfc822-headers",
        ]
        return body.all.lazy.filter { types.contains($0.type) }.compactMap {
            parser.headers(in: $0.content, most: 1).first
        }
        .first
    }

    func first(in values: [String], onlyReturnAddresses: Bool = false) -> MailReference? {
        values.lazy.compactMap { MailReference.all(in: $0, onlyReturnAddresses: onlyReturnAddresses, key: key).first }
            .first
    }

    // MARK: The sender

    /// Bounces and automatic answers have no return path, so that nothing is returned to them.
    var hasEmptyReturnPath: Bool {
        header["return-path"].map { $0.filter { !"<> ".contains($0) }.isEmpty } ?? false
    }

    /// RFC 3834, and what programs did before it.
    private var automaticAnswer: InboundMail? {
        let submitted = header["auto-submitted"]?.lowercased().prefix { $0.isLetter || $0 == "-" }
        let precedence = header["precedence"]?.lowercased()
        let sender = header["from"].flatMap(parser.address)?.lowercased()
        let isAutomatic =
            submitted.map { $0 != "no" } == true || hasEmptyReturnPath
            || precedence.map { ["auto_reply", "bulk", "junk", "list"].contains($0) } == true
            || sender?.hasPrefix("mailer-daemon@") == true
            || header.fields.contains { field in
                ["x-auto-response-suppress", "x-autoreply", "x-autorespond"].contains(field.name)
                    || field.name.hasPrefix("list-")
            }
        return isAutomatic ? .automatic : nil
    }

    private var reply: InboundMail {
        guard
            let sender = (header.values(of: "from") + header.values(of: "return-path")).lazy.compactMap(parser.address)
                .first,
            sender.utf8.count <= EmailAddress.longest, sender.contains("@")
        else { return .unreadable(why: "it names no sender") }
        let texts = texts(of: body).lazy.map { ReplyText.written(in: $0) }
        // Some people write only a subject. That of an answer is ours.
        let subject = header["subject"].flatMap { $0.contains(":") ? nil : ReplyText.written(in: $0) }
        return .reply(
            returnReference ?? answeredReference,
            from: EmailAddress(sender)?.description ?? sender,
            text: texts.first { !$0.isEmpty } ?? subject ?? ""
        )
    }

    // MARK: Unsubscription

    /// `List-Unsubscribe: <mailto:unsubscribe+TOKEN@…>`, or a mail to `unsubscribe@…` with the token as its subject.
    private var unsubscription: InboundMail? {
        if let token = recipients.lazy.compactMap(Self.token).first { return .unsubscribe(token: token) }
        let isMeant = recipients.contains { $0.firstMatch(of: /(?:^|[\s<,"])unsubscribe@/.ignoresCase()) != nil }
        guard isMeant, let subject = header["subject"],
            let match = subject.wholeMatch(of: /(?:unsubscribe[\s:]+)?([A-Za-z0-9._~\-]{16,200})/.ignoresCase())
        else { return nil }
        return .unsubscribe(token: String(match.1))
    }

    static func token(inAddresses value: String) -> String? {
        value.firstMatch(of: /unsubscribe\+([A-Za-z0-9._~\-]{1,200})@/.ignoresCase()).map { String($0.1) }
    }

    // MARK: Text

    /// The texts that a mail program may show, in order, the plain one first. Attachments are no texts.
    func texts(of part: MIMEPart) -> [String] {
        guard !part.isAttachment else { return [] }
        switch part.type {
        case "text/plain": return [part.text]
        case "text/html": return [HTMLText.text(of: part.content)]
        case "multipart/alternative":
            return part.children.filter { $0.type == "text/plain" }.flatMap(texts)
                + part.children.filter { $0.type != "text/plain" }.flatMap(texts)
        default: return part.children.flatMap(texts)
        }
    }
}
