import Foundation

/// The dialog with one mail client (RFC 5321) as a value: from the bytes that the client sends, it computes what the
/// server does.
struct MailSession: Sendable {
    enum Action: Sendable, Equatable {
        case reply(MailReply)
        /// Wait before the next action; real milliseconds.
        case wait(milliseconds: Int64)
        /// Close the connection once the client has the replies.
        case finish
        /// Close the connection.
        case drop
    }

    static let (commandLimit, contentLineLimit) = (2048, 998)
    static let (recipientLimit, errorLimit) = (100, 20)

    private enum Input {
        case command
        case plainCredentials
        case loginUser
        case loginPassword(user: String)
        case content(IncomingMail)
    }

    private var lines = SMTPLines()
    private var input = Input.command
    private var hasGreeted = false
    private var isAuthenticated = false
    private var sender: String?
    private var recipients: [String] = []
    private var errors = 0
    private var actions: [Action] = []
    private(set) var isOver = false

    /// Performs what comes before the client's first command.
    mutating func begin(_ platform: inout MailPlatform) -> [Action] {
        _ = answer(.connect, .greeting, &platform)
        // A server that refuses a client has nothing more to say.
        if case .reply(let reply) = actions.last, !reply.isPositive { finish() }
        return takeActions()
    }

    mutating func receive(_ bytes: [UInt8], _ platform: inout MailPlatform, now: Int64) -> [Action] {
        var rest = bytes[...]
        while !isOver {
            let (limit, onlyCRLF) =
                if case .content = input { (Self.contentLineLimit + 1, true) } else { (Self.commandLimit, false) }
            guard let line = lines.next(from: &rest, limit: limit, onlyCRLF: onlyCRLF) else { break }
            take(line, &platform, now: now)
        }
        return takeActions()
    }

    private mutating func takeActions() -> [Action] {
        defer { actions = [] }
        return actions
    }

    private mutating func take(_ line: SMTPLines.Line, _ platform: inout MailPlatform, now: Int64) {
        if case .content(let mail) = input {
            // Moved out of `input`, so that appending copies nothing.
            input = .command
            return take(content: line, of: mail, &platform, now: now)
        }
        guard !line.isTooLong else { return fail(.lineTooLong) }
        guard line.endsWithCRLF else { return fail(.noCRLF) }
        if case .command = input {
            guard let command = SMTPCommand(line.bytes) else { return fail(.notASCII) }
            return take(command, &platform, now: now)
        }
        takeCredentials(line.bytes, &platform)
    }

    // MARK: Commands

    private mutating func take(_ command: SMTPCommand, _ platform: inout MailPlatform, now: Int64) {
        switch command.verb {
        case "EHLO", "HELO": greet(command, &platform)
        case "AUTH": authenticate(command.argument, &platform)
        case "MAIL": begin(command.argument, &platform)
        case "RCPT": addRecipient(command.argument, &platform, now: now)
        case "DATA": beginContent(command.argument, &platform)
        case "RSET":
            endMail()
            send(.ok)
        case "NOOP": send(.ok)
        case "VRFY": send(.cannotVerify)
        case "QUIT": send(.bye)
        case "STARTTLS": fail(.noTLS)
        default:
            guard !command.isHTTP else { return send(.webBrowser) }
            fail(.unknownCommand)
        }
    }

    private mutating func greet(_ command: SMTPCommand, _ platform: inout MailPlatform) {
        guard !command.argument.isEmpty else { return fail(.helloMissing) }
        let lines =
            command.verb == "HELO"
            ? ["sandbox"]
            : [
                "sandbox", "SIZE \(platform.sizeLimit)", "8BITMIME", "PIPELINING", "ENHANCEDSTATUSCODES",
                "AUTH PLAIN LOGIN",
            ]
        guard let code = answer(.ehlo, MailReply(250, lines), &platform), code < 300 else { return }
        hasGreeted = true
        endMail()
    }

    private mutating func begin(_ argument: String, _ platform: inout MailPlatform) {
        guard hasGreeted else { return fail(.helloFirst) }
        guard isAuthenticated || !platform.needsAuthentication else { return fail(.authenticationRequired) }
        guard sender == nil else { return fail(.nestedSender) }
        guard let path = SMTPPath(argument, after: "FROM:") else { return fail(.badSender) }
        var isTooBig = false
        for parameter in path.parameters {
            if let size = parameter.wholeMatch(of: /SIZE=([0-9]{1,20})/)?.1 {
                isTooBig = Int(size).map { $0 > platform.sizeLimit } ?? true
            } else if parameter.wholeMatch(of: /BODY=(7BIT|8BITMIME)|AUTH=.*/) == nil {
                return fail(.badParameter)
            }
        }
        // A fault may be for this sender only.
        sender = path.address
        let code = answer(.mail, isTooBig ? .mailTooBig : .senderOK, &platform)
        if !(code.map { $0 < 300 } ?? false) { sender = nil }
    }

    private mutating func addRecipient(_ argument: String, _ platform: inout MailPlatform, now: Int64) {
        guard let sender else { return fail(.senderFirst) }
        guard let path = SMTPPath(argument, after: "TO:"), !path.address.isEmpty else { return fail(.badRecipient) }
        guard path.parameters.isEmpty else { return fail(.badParameter) }
        guard recipients.count < Self.recipientLimit else { return fail(.tooManyRecipients) }
        let reply: MailReply =
            platform.isGreylisted(from: sender, to: path.address, now: now)
            ? .greylisted(seconds: platform.greylistSeconds) : .recipientOK
        guard let code = answer(.rcpt, reply, to: [path.address], &platform), code < 300 else { return }
        if !recipients.contains(path.address) { recipients.append(path.address) }
    }

    private mutating func beginContent(_ argument: String, _ platform: inout MailPlatform) {
        guard argument.isEmpty else { return fail(.noArgument) }
        guard !recipients.isEmpty else { return fail(sender == nil ? .senderFirst : .recipientFirst) }
        guard let code = answer(.data, .sendContent, to: recipients, &platform), code == 354 else { return }
        input = .content(IncomingMail(sizeLimit: platform.sizeLimit))
    }

    // MARK: The mail

    private mutating func take(
        content line: SMTPLines.Line,
        of mail: consuming IncomingMail,
        _ platform: inout MailPlatform,
        now: Int64
    ) {
        guard line.bytes != [UInt8(ascii: ".")] else { return end(mail, &platform, now: now) }
        let isFirst = mail.isEmpty
        mail.append(line)
        if isFirst, case .drop = platform.takeFault(at: .content, from: sender, to: recipients) { return drop() }
        input = .content(mail)
    }

    private mutating func end(_ mail: IncomingMail, _ platform: inout MailPlatform, now: Int64) {
        let fault = platform.takeFault(at: .end, from: sender, to: recipients)
        let isDelivered =
            switch fault {
            case .reply(_, let reply, let isStored): isStored ?? reply.isPositive
            case .drop(_, let isStored): isStored
            case .delay, .bounce, nil: true
            }
        if isDelivered, mail.flaw == nil, let sender {
            platform.deliver(mail.bytes, from: sender, to: recipients, now: now)
        }
        endMail()
        perform(fault, insteadOf: mail.flaw ?? .queued(platform.queueID))
    }

    private mutating func endMail() {
        sender = nil
        recipients = []
    }

    // MARK: Authentication (RFC 4954)

    private mutating func authenticate(_ argument: String, _ platform: inout MailPlatform) {
        guard hasGreeted else { return fail(.helloFirst) }
        guard !isAuthenticated else { return fail(.alreadyAuthenticated) }
        guard sender == nil else { return fail(.notDuringMail) }
        let words = argument.split(separator: " ")
        switch words.first?.uppercased() {
        case "PLAIN": input = .plainCredentials
        case "LOGIN": input = .loginUser
        default: return fail(.unknownMechanism)
        }
        guard words.count > 1 else { return askForCredentials() }
        // "=" is an empty first answer.
        takeCredentials(words[1] == "=" ? [] : Array(words[1].utf8), &platform)
    }

    private mutating func askForCredentials() {
        let prompt =
            switch input {
            case .loginUser: "VXNlcm5hbWU6"  // "Username:"
            case .loginPassword: "UGFzc3dvcmQ6"  // "Password:"
            default: ""
            }
        send(MailReply(334, prompt))
    }

    private mutating func takeCredentials(_ line: [UInt8], _ platform: inout MailPlatform) {
        let expected = input
        input = .command
        guard line != [UInt8(ascii: "*")] else { return fail(.authenticationCancelled) }
        guard let decoded = Data(base64Encoded: Data(line)) else { return fail(.notBase64) }
        switch expected {
        case .plainCredentials:
            let parts = decoded.split(separator: 0, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return fail(.notBase64) }
            endAuthentication(user: Self.text(parts[1]), password: Self.text(parts[2]), &platform)
        case .loginUser:
            input = .loginPassword(user: Self.text(decoded))
            askForCredentials()
        case .loginPassword(let user):
            endAuthentication(user: user, password: Self.text(decoded), &platform)
        case .command, .content:
            break
        }
    }

    private static func text(_ bytes: Data) -> String { String(decoding: bytes, as: UTF8.self) }

    private mutating func endAuthentication(user: String, password: String, _ platform: inout MailPlatform) {
        let isRight = platform.accepts(user: user, password: password)
        guard let code = answer(.auth, isRight ? .authenticated : .authenticationFailed, &platform) else { return }
        isAuthenticated = code < 300
    }

    // MARK: Replies

    /// Sends the reply, or what a fault has instead of it.
    ///
    /// - Returns: the code that was sent; nil if the connection is closed.
    private mutating func answer(
        _ stage: MailFault.Stage,
        _ reply: MailReply,
        to recipients: [String] = [],
        _ platform: inout MailPlatform
    ) -> Int? {
        perform(platform.takeFault(at: stage, from: sender, to: recipients), insteadOf: reply)
    }

    @discardableResult
    private mutating func perform(_ fault: MailFault.Kind?, insteadOf reply: MailReply) -> Int? {
        switch fault {
        case .reply(_, let reply, _): send(reply)
        case .drop: drop()
        case .delay(_, let milliseconds):
            actions.append(.wait(milliseconds: milliseconds))
            send(reply)
        case .bounce, nil: send(reply)
        }
        if isOver { return nil }
        if case .reply(_, let reply, _) = fault { return reply.code }
        return reply.code
    }

    private mutating func send(_ reply: MailReply) {
        actions.append(.reply(reply))
        if reply.endsConnection { finish() }
    }

    /// Refuses what the client should not have sent.
    private mutating func fail(_ reply: MailReply) {
        errors += 1
        send(reply)
        if errors >= Self.errorLimit, !isOver { send(.tooManyErrors) }
    }

    private mutating func finish() {
        guard !isOver else { return }
        actions.append(.finish)
        isOver = true
    }

    private mutating func drop() {
        actions.append(.drop)
        isOver = true
    }
}

/// A mail that is arriving. Above the limit it keeps nothing.
private struct IncomingMail: Sendable {
    let sizeLimit: Int
    private(set) var bytes: [UInt8] = []
    private(set) var isEmpty = true
    /// The reason why the mail will be refused.
    private(set) var flaw: MailReply?

    init(sizeLimit: Int) {
        self.sizeLimit = sizeLimit
    }

    mutating func append(_ line: SMTPLines.Line) {
        isEmpty = false
        let isStuffed = line.bytes.first == UInt8(ascii: ".")
        let content = line.bytes.dropFirst(isStuffed ? 1 : 0)
        if line.isTooLong || content.count > MailSession.contentLineLimit {
            flaw = flaw ?? .contentLineTooLong
        } else if content.contains(0x0a) || content.contains(0x0d) {
            flaw = flaw ?? .bareLineBreak
        } else if bytes.count + content.count + 2 > sizeLimit {
            flaw = flaw ?? .mailTooBig
        }
        guard flaw == nil else {
            bytes = []
            return
        }
        bytes += content
        bytes += [0x0d, 0x0a]
    }
}
