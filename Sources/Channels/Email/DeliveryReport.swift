import DripCore
import Foundation

/// Reports about mails of ours: complaints (RFC 5965) and bounces (RFC 3464), and bounces without the form of a report.
extension ReceivedMail {
    // MARK: Complaints

    var complaint: InboundMail? {
        let part = body.all.first { $0.type == "message/feedback-report" }
        guard part != nil || body.reportType == "feedback-report" else { return nil }
        let report = part.flatMap { parser.headers(in: $0.content, most: 1).first }
        // In these nobody complains: the domain's signatures failed, or the person has said that the mail is no spam.
        let kind = report?["feedback-type"]?.lowercased() ?? ""
        guard !["auth-failure", "not-spam"].contains(kind) else { return .automatic }
        let original = original
        let named = [report?["original-mail-from"], original?["return-path"], original?["message-id"]]
        if let reference = first(in: named.compactMap(\.self)) { return .complaint(reference) }
        // The provider may have removed every address; the link remains.
        return original?["list-unsubscribe"].flatMap(Self.token(inLinks:)).map { .unsubscribe(token: $0) } ?? .automatic
    }

    /// Returns the token in `List-Unsubscribe`: of its address, or the last part of its link.
    private static func token(inLinks value: String) -> String? {
        token(inAddresses: value)
            ?? value.firstMatch(of: /<https?:\/\/[^>\s?#]*\/([A-Za-z0-9._~\-]{1,200})(?:[?#][^>\s]*)?>/.ignoresCase())
            .map { String($0.1) }
    }

    // MARK: Bounces

    var deliveryReport: InboundMail? {
        let types: Set = ["message/delivery-status", "message/global-delivery-status"]
        let parts = body.all.filter { types.contains($0.type) }
        guard !parts.isEmpty || body.reportType == "delivery-status" else { return nil }
        let recipients = parts.flatMap { parser.headers(in: $0.content) }.filter { $0["action"] != nil }
        // Gmail may leave the part empty. Then only the text says why.
        guard !recipients.isEmpty else {
            return header["x-failed-recipients"] == nil ? .automatic : textReport ?? .automatic
        }
        // Others: delayed, relayed, expanded, delivered, and Postfix's `deliverable`.
        let failed = recipients.first { $0["action"]?.lowercased().prefix { $0.isLetter } == "failed" }
        guard let failed else { return .automatic }
        return undelivered(Self.address(failed["original-recipient"] ?? failed["final-recipient"]), refusal(in: failed))
    }

    /// A report about something else, such as a receipt of reading.
    var otherReport: InboundMail? {
        let isReport = body.type == "multipart/report" || body.type == "message/disposition-notification"
        return isReport ? .automatic : nil
    }

    /// Some mail servers write bounces as plain text, in a form of their own. Only a mail without a return path, to a
    /// return address of ours, can be one.
    var bounceWithoutReport: InboundMail? {
        hasEmptyReturnPath && returnReference != nil ? textReport : nil
    }

    /// - Returns: `.automatic` if it names no mail of ours.
    private func undelivered(_ recipient: String?, _ refusal: Refusal) -> InboundMail {
        let original = original
        let reference =
            returnReference
            ?? first(in: [original?["message-id"], original?["return-path"]].compactMap(\.self)) ?? answeredReference
        return reference.map { .undelivered($0, recipient: recipient, refusal: refusal) } ?? .automatic
    }

    /// Returns the address in a value such as `rfc822; person@provider.example`.
    private static func address(_ value: String?) -> String? {
        guard let value else { return nil }
        let address = (value.split(separator: ";", maxSplits: 1).last ?? "").filter { !"<>".contains($0) }
        let text = String(address).trimmed
        return text.contains("@") && text.utf8.count <= EmailAddress.longest ? text : nil
    }

    // MARK: What a bounce means

    private func refusal(in recipient: MailHeader) -> Refusal {
        let diagnostic = recipient["diagnostic-code"].map { value in
            // `smtp; 550 5.1.1 User unknown`
            String(value.split(separator: ";", maxSplits: 1).last ?? "").trimmed
        }
        let said = diagnostic.map(BounceCode.init) ?? BounceCode("")
        let status = BounceCode(recipient["status"] ?? "").enhanced
        // The server that wrote the report knows less than the one that refused the mail.
        let enhanced = status.flatMap { $0.hasSuffix(".0.0") ? nil : $0 } ?? said.enhanced ?? status
        return Self.refusal(
            BounceCode(code: said.code, enhanced: enhanced),
            saying: diagnostic ?? "",
            stage: SMTPStage(notification: notification.joined(separator: "\n"))
        )
    }

    /// A bounce that is only a text: the code near an address.
    private var textReport: InboundMail? {
        let lines = notification
        var found: (address: String, code: BounceCode, text: String)?
        for (index, line) in lines.enumerated() {
            guard let match = line.firstMatch(of: /[^\s<>"():,;]+@[A-Za-z0-9.\-]+/) else { continue }
            let near = lines[max(0, index - 3)..<min(lines.count, index + 6)]
            guard let text = near.first(where: { BounceCode($0).isRefusal }) else { continue }
            found = (String(match.0), BounceCode(text), text)
            break
        }
        guard let found, !found.code.isTemporary || !isAboutDelay else { return nil }
        let failed = header["x-failed-recipients"]?.split(separator: ",").first.map { String($0).trimmed }
        let refusal = Self.refusal(
            found.code,
            saying: found.text.trimmed,
            stage: SMTPStage(notification: lines.joined(separator: "\n"))
        )
        return undelivered(Self.address(failed ?? found.address), refusal)
    }

    /// Whether the server will try again: then the mail is not undelivered.
    private var isAboutDelay: Bool {
        let text = ([header["subject"] ?? ""] + notification).joined(separator: "\n").lowercased()
        let phrases = ["delay", "warning", "be retried", "being retried", "will retry", "keep trying", "still trying"]
        return phrases.contains { text.contains($0) }
    }

    /// The lines that the server has written for people, without the mail that it returns.
    private var notification: [String] {
        let text = texts(of: body).joined(separator: "\n")
        let lines = text.split(maxSplits: 200, omittingEmptySubsequences: false, whereSeparator: \.isNewline).prefix(
            200
        )
        return lines.prefix { !$0.hasPrefix("---") }.map { String(decoding: $0.utf8.prefix(1_000), as: UTF8.self) }
    }

    private static func refusal(_ code: BounceCode, saying text: String, stage: SMTPStage?) -> Refusal {
        // "Other undefined status" is none.
        let enhanced = code.enhanced.flatMap { $0.hasSuffix(".0.0") ? nil : $0 }
        let stage = stage ?? (enhanced?.hasPrefix("5.1.") == true ? .recipient : .end)
        let reply = SMTPReply(code: code.code ?? (code.isTemporary ? 450 : 550), enhanced: enhanced, text: text)
        return Refusal(
            meaning: Refusal.meaning(of: reply, to: stage),
            code: [code.code.map(String.init), code.enhanced].compactMap(\.self).joined(separator: " "),
            message: String(text.prefix(300)),
            retryAfter: nil
        )
    }
}

/// The codes in a line of a bounce. Numbers of IP addresses and versions are none.
private struct BounceCode {
    /// Of SMTP, such as 550.
    let code: Int?
    /// Of RFC 3463, such as `5.1.1`.
    let enhanced: String?

    init(code: Int?, enhanced: String?) {
        (self.code, self.enhanced) = (code, enhanced)
    }

    init(_ line: String) {
        code = line.firstMatch(of: /(?:^|[\s:;(])(421|45[0-2]|55[0-4])(?:[\s\-]|$)/).flatMap { Int($0.1) }
        enhanced = line.firstMatch(of: /(?:^|[\s:;(#\-])([45]\.[0-7]\.\d{1,3})(?:[\s:;,)\]]|$)/).map { String($0.1) }
    }

    var isRefusal: Bool { enhanced != nil || code != nil }

    var isTemporary: Bool { enhanced?.hasPrefix("4") ?? code.map { $0 < 500 } ?? false }
}

extension SMTPStage {
    /// The stage at which the mail was refused, as mail servers tell people: "in reply to RCPT TO command" (Postfix),
    /// "after RCPT TO" (Exim), "does not like recipient" (qmail).
    fileprivate init?(notification: String) {
        let text = notification.lowercased()
        let phrases: [(SMTPStage, [String])] = [
            (.recipient, ["rcpt to", "does not like recipient"]),
            (.end, ["end of data", "failed after i sent the message"]),
            (.sender, ["mail from", "sender was rejected"]),
        ]
        guard let stage = phrases.first(where: { $0.1.contains { text.contains($0) } })?.0 else { return nil }
        self = stage
    }
}
