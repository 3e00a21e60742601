package import DripCore

/// A complete reply of a mail server (RFC 5321, section 4.2), with its enhanced code (RFC 3463) if it has one.
package struct SMTPReply: Hashable, Sendable {
    package let code: Int
    /// Such as `5.1.1`.
    package let enhanced: String?
    /// The text of all lines, without the codes.
    package let text: String

    init(code: Int, enhanced: String?, text: String) {
        (self.code, self.enhanced, self.text) = (code, enhanced, text)
    }

    /// - Parameter lines: the lines of one reply; the last one has a space or nothing after its code.
    /// - Returns: nil if the lines are not a complete reply.
    package init?(lines: [String]) {
        guard let last = lines.last, let code = Self.code(last), last.dropFirst(3).first != "-" else { return nil }
        let texts = lines.map { String($0.dropFirst(4)) }
        enhanced =
            texts.lazy.compactMap { $0.prefixMatch(of: /[245]\.\d{1,3}\.\d{1,3}(?=\s|$)/).map { String($0.0) } }.first
        self.code = code
        let prefix = enhanced
        text = texts.map { text in
            prefix.flatMap { text.hasPrefix($0) ? String(text.dropFirst($0.count)) : nil } ?? text
        }.map(\.trimmed).joined(separator: " ")
    }

    private static func code(_ line: String) -> Int? {
        guard line.utf8.count >= 3, let code = Int(line.prefix(3)), (200...599).contains(code) else { return nil }
        return code
    }
}

/// The command that a reply answers.
package enum SMTPStage: String, Hashable, Sendable {
    case connect
    case hello
    case startTLS = "starttls"
    case authentication = "auth"
    case sender = "mail"
    case recipient = "rcpt"
    case data
    /// The end of the message: only now the server takes it, or refuses it.
    case end

    /// The stage of a command that libcurl sent.
    package init?(command: String) {
        let word = command.prefix { $0.isLetter }
        // The continuation of AUTH is base64, and may begin like a command.
        guard command.dropFirst(word.count).first.map({ $0 == " " || $0.isNewline }) ?? true else { return nil }
        switch word.uppercased() {
        case "EHLO", "HELO": self = .hello
        case "STARTTLS": self = .startTLS
        case "AUTH": self = .authentication
        case "MAIL": self = .sender
        case "RCPT": self = .recipient
        case "DATA": self = .data
        default: return nil
        }
    }
}

extension Refusal {
    /// Returns what a refusal of a mail server means. Sources: RFC 3463; Google, "SMTP errors and codes"; Microsoft, "550 5.7.515".
    ///
    /// A refusal for the sake of policy is never the person's: the address stays open.
    package init(_ reply: SMTPReply, to stage: SMTPStage) {
        let meaning = Self.meaning(of: reply, to: stage)
        self.init(
            meaning: meaning,
            code: [String(reply.code), reply.enhanced].compactMap(\.self).joined(separator: " "),
            message: reply.text,
            // A server that greylists takes nothing before.
            retryAfter: meaning == .retry && [450, 451].contains(reply.code) ? .minutes(5) : nil
        )
    }

    static func meaning(of reply: SMTPReply, to stage: SMTPStage) -> Meaning {
        switch stage {
        // 4yz: the server, or its directory of users, is not well.
        case .connect, .hello, .startTLS, .authentication: return reply.code < 500 ? .slowDown : .page
        case .sender, .recipient, .data, .end: break
        }
        let text = reply.text.lowercased()
        if reply.code >= 500, refusalsOfSender.contains(where: { text.contains($0) }) { return .page }
        switch (stage, reply.enhanced.flatMap { meanings[$0] }) {
        // The recipient is not named yet, so it is the sender.
        case (.sender, .person?): return .page
        case (_, .slowDown?) where text.contains("greylist") || text.contains("graylist"): return .retry
        case (_, let known?): return known
        case (_, nil): break
        }
        switch (reply.code, reply.enhanced) {
        case (421, _): return .slowDown
        case (530, _), (535, _), (538, _): return .page
        // The message's size is announced with the sender (RFC 1870).
        case (552, _): return stage == .sender ? .message : .mailboxFull
        case (400..<500, _): return .retry
        case (_, let code?) where code.hasPrefix("5.1.") && stage == .recipient: return .person
        case (_, let code?) where code.hasPrefix("5.7.") && stage == .sender: return .page
        case (_, nil) where stage == .recipient: return .person
        case _ where stage == .sender: return .page
        default: return .message
        }
    }

    private static let meanings: [String: Meaning] = [
        "5.1.1": .person, "5.1.2": .person, "5.1.3": .person, "5.1.6": .person, "5.1.10": .person, "5.2.1": .person,
        "5.4.310": .person,
        // The sender's address, not the recipient's.
        "5.1.7": .page, "5.1.8": .page,
        "4.2.2": .mailboxFull, "5.2.2": .mailboxFull,
        "4.2.0": .retry,
        "4.7.0": .slowDown, "4.7.1": .slowDown, "4.7.27": .slowDown, "4.7.28": .slowDown, "4.7.32": .slowDown,
        "5.7.25": .page, "5.7.26": .page, "5.7.27": .page, "5.7.28": .page, "5.7.29": .page, "5.7.30": .page,
        "5.7.515": .page, "5.7.8": .page,
        "5.3.4": .message,
    ]

    /// What servers say after the recipient although it is about the sender. Postfix does so by default.
    private static let refusalsOfSender = [
        "sender address rejected", "relay access denied", "relaying denied", "relay not permitted", "unable to relay",
    ]
}
