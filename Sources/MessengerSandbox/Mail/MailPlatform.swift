/// The mail server's state and rules as a value: mailboxes, faults, greylisting. ``MailSession`` is a dialog with a
/// client; ``MailSandbox`` and ``SMTPServer`` perform the I/O.
struct MailPlatform: Sendable {
    static let (mailLimit, mailBytesLimit) = (10_000, 64 << 20)
    static let (bounceLimit, bounceBytesLimit) = (10_000, 16 << 20)
    static let greylistLimit = 10_000
    static let greylistSecondsLimit: Int64 = 7 * 86_400
    /// What an entry takes beside its content.
    private static let entryBytes = 1000

    let user: String?
    let password: String?
    let sizeLimit: Int
    private(set) var mails = RecentEntries<ReceivedMail>(countLimit: mailLimit, byteLimit: mailBytesLimit)
    private(set) var bounces = RecentEntries<MailBounce>(countLimit: bounceLimit, byteLimit: bounceBytesLimit)
    private var faults = CountedQueue<MailFault>()
    /// How long the first mail of a sender to a recipient is put off; 0 if it is not.
    private(set) var greylistSeconds: Int64 = 0
    /// When each sender first wrote to each recipient; milliseconds since 1970.
    private var firstAttempts: [Correspondence: Int64] = [:]
    private let run: UInt64

    private struct Correspondence: Hashable {
        let sender: String
        let recipient: String
    }

    /// - Parameter run: a number that is unique to this run; queue ids are made from it.
    init(_ configuration: MailConfiguration, run: UInt64) {
        user = configuration.user
        password = configuration.password
        sizeLimit = configuration.sizeLimit
        self.run = run
    }

    mutating func inject(_ fault: MailFault) throws(ControlError) {
        try fault.validate()
        try faults.append(fault, count: fault.count, skip: fault.skip)
    }

    mutating func clearFaults() {
        faults.removeAll()
    }

    /// Starts or ends greylisting. Every sender is unknown again.
    mutating func setGreylisting(seconds: Int64) throws(ControlError) {
        guard (0...Self.greylistSecondsLimit).contains(seconds) else {
            throw .invalid("greylist_seconds must be from 0 to \(Self.greylistSecondsLimit)")
        }
        greylistSeconds = seconds
        firstAttempts = [:]
    }

    // MARK: For the dialog

    var needsAuthentication: Bool { user != nil }

    func accepts(user: String, password: String) -> Bool {
        guard let required = self.user else { return true }
        return user == required && password == self.password
    }

    mutating func takeFault(at stage: MailFault.Stage, from sender: String?, to recipients: [String]) -> MailFault.Kind?
    {
        faults.take { $0.applies(to: stage, from: sender, to: recipients) }?.kind
    }

    /// Whether a mail of this sender to this recipient comes too early.
    mutating func isGreylisted(from sender: String, to recipient: String, now: Int64) -> Bool {
        guard greylistSeconds > 0 else { return false }
        let key = Correspondence(sender: sender.lowercased(), recipient: recipient.lowercased())
        if let first = firstAttempts[key] { return now - first < greylistSeconds * 1000 }
        if firstAttempts.count >= Self.greylistLimit { firstAttempts = [:] }
        firstAttempts[key] = now
        return true
    }

    /// Puts a mail into the mailboxes, or returns it to its sender.
    mutating func deliver(_ raw: [UInt8], from sender: String, to recipients: [String], now: Int64) {
        for recipient in recipients {
            if case .bounce(let reason) = takeBounce(from: sender, to: recipient) {
                bounce(raw, from: sender, to: recipient, reason, now: now)
                if reason.action == .failed { continue }
            }
            mails.append(bytes: raw.count + Self.entryBytes) { number in
                ReceivedMail(
                    number: number,
                    at: now,
                    envelopeFrom: sender,
                    mailbox: recipient.lowercased(),
                    raw: raw
                )
            }
        }
    }

    /// The id of the next accepted mail.
    var queueID: String { "\(String(run, radix: 36, uppercase: true))-\(mails.lastNumber + bounces.lastNumber)" }

    private mutating func takeBounce(from sender: String, to recipient: String) -> MailFault.Kind? {
        faults.take { $0.applies(to: nil, from: sender, to: [recipient]) }?.kind
    }

    /// A mail without a sender is never returned (RFC 5321, section 6.1).
    private mutating func bounce(
        _ raw: [UInt8],
        from sender: String,
        to recipient: String,
        _ reason: MailBounce.Reason,
        now: Int64
    ) {
        guard !sender.isEmpty else { return }
        let size = min(MailContent(raw).header.count, MailBounce.headerLimit) + 2 * Self.entryBytes
        bounces.append(bytes: size) { number in
            MailBounce(number: number, at: now, of: raw, from: sender, to: recipient, reason)
        }
    }
}
