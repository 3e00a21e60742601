/// A reply of the mail server (RFC 5321, section 4.2).
package struct MailReply: Sendable, Equatable {
    /// RFC 5321, section 4.5.3.1.5 has 512 bytes with code and line break.
    private static let lineLimit = 500
    private static let linesLimit = 20

    package let code: Int
    /// The text of each line, without the code.
    private let lines: [String]

    init(_ code: Int, _ lines: [String]) {
        self.code = code
        self.lines = lines
    }

    init(_ code: Int, _ line: String) {
        self.init(code, [line])
    }

    /// - Parameter text: such as `550 5.1.1 User unknown`. Further lines follow after a line feed each; they may repeat
    ///   the code.
    package init(_ text: String) throws(ControlError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard (1...Self.linesLimit).contains(lines.count),
            lines.allSatisfy({ $0.utf8.count <= Self.lineLimit && $0.utf8.allSatisfy { (0x20...0x7e).contains($0) } })
        else {
            throw .invalid("a reply has at most \(Self.linesLimit) lines of at most \(Self.lineLimit) ASCII characters")
        }
        guard let match = lines[0].wholeMatch(of: /([2-5][0-9][0-9])(?:[ -](.*))?/), let code = Int(match.1) else {
            throw .invalid("a reply begins with a code from 200 to 599, such as 550 5.1.1 User unknown")
        }
        let more = lines.dropFirst().map { line in
            line.hasPrefix("\(code) ") || line.hasPrefix("\(code)-") ? line.dropFirst(4) : line
        }
        self.init(code, [match.2.map(String.init) ?? ""] + more.map(String.init))
    }

    /// Whether the client may go on.
    var isPositive: Bool { code < 400 }

    /// Whether the server closes the connection after this reply.
    var endsConnection: Bool { code == 221 || code == 421 }

    var bytes: [UInt8] {
        lines.enumerated().flatMap { index, line in
            Array("\(code)\(index < lines.count - 1 ? "-" : " ")\(line)\r\n".utf8)
        }
    }
}

extension MailReply {
    static let greeting = MailReply(220, "sandbox ESMTP; nothing leaves this machine")
    static let tooManyConnections = MailReply(421, "4.7.0 Too many connections")
    static let tooManyErrors = MailReply(421, "4.7.0 Too many errors")
    static let webBrowser = MailReply(421, "4.7.0 This is a mail server, not a web server")
    static let ok = MailReply(250, "2.0.0 Ok")
    static let bye = MailReply(221, "2.0.0 Bye")
    static let cannotVerify = MailReply(252, "2.0.0 Send a mail to see")
    static let senderOK = MailReply(250, "2.1.0 Ok")
    static let recipientOK = MailReply(250, "2.1.5 Ok")
    static let sendContent = MailReply(354, "End the mail with <CR><LF>.<CR><LF>")
    static let authenticated = MailReply(235, "2.7.0 Authentication successful")
    static let authenticationFailed = MailReply(535, "5.7.8 Authentication failed")
    static let authenticationCancelled = MailReply(501, "5.7.0 Authentication cancelled")
    static let authenticationRequired = MailReply(530, "5.7.0 Authentication required")
    static let unknownMechanism = MailReply(504, "5.5.4 The mechanisms are PLAIN and LOGIN")
    static let notBase64 = MailReply(501, "5.5.2 This is not base64")
    static let unknownCommand = MailReply(500, "5.5.1 Unknown command")
    static let noTLS = MailReply(502, "5.5.1 The sandbox has no TLS: it listens on this machine only")
    static let notASCII = MailReply(500, "5.5.2 A command is printable ASCII")
    static let noCRLF = MailReply(500, "5.5.2 A command ends with <CR><LF>")
    static let lineTooLong = MailReply(500, "5.5.2 Line too long")
    static let helloMissing = MailReply(501, "5.5.4 The name of the client is missing")
    static let helloFirst = MailReply(503, "5.5.1 EHLO first")
    static let alreadyAuthenticated = MailReply(503, "5.5.1 Already authenticated")
    static let nestedSender = MailReply(503, "5.5.1 A mail has been begun already")
    static let senderFirst = MailReply(503, "5.5.1 MAIL first")
    static let recipientFirst = MailReply(503, "5.5.1 RCPT first")
    static let notDuringMail = MailReply(503, "5.5.1 Not within a mail")
    static let badSender = MailReply(501, "5.1.7 Write MAIL FROM:<address>")
    static let badRecipient = MailReply(501, "5.1.3 Write RCPT TO:<address>")
    static let badParameter = MailReply(555, "5.5.4 Unknown parameter")
    static let noArgument = MailReply(501, "5.5.4 This command has no argument")
    static let tooManyRecipients = MailReply(452, "4.5.3 Too many recipients")
    static let mailTooBig = MailReply(552, "5.3.4 Message too big")
    static let contentLineTooLong = MailReply(554, "5.6.0 A line has more than 998 bytes")
    static let bareLineBreak = MailReply(554, "5.6.0 A <CR> or <LF> is alone")

    static func queued(_ id: String) -> MailReply { MailReply(250, "2.0.0 Ok: queued as \(id)") }

    static func greylisted(seconds: Int64) -> MailReply {
        MailReply(451, "4.7.1 Greylisted, please try again in \(seconds) seconds")
    }
}
