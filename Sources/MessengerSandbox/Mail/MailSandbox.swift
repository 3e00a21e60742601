import Synchronization

/// The sandbox's mail server: a ``MailPlatform`` guarded by a lock, with the clock and the tasks that wait for mail.
package final class MailSandbox: Sendable {
    /// The most mails and bounces in one answer, and their bytes. The next call continues after the last of them.
    package static let (entriesPerAnswer, bytesPerAnswer) = (1000, 8 << 20)

    let configuration: MailConfiguration?
    private let now: @Sendable () -> Int64
    private let news = ChangeSignal()
    private let platform: Mutex<MailPlatform>
    private let boundPort = Mutex<Int?>(nil)

    /// - Parameter configuration: nil if there is no mail server.
    init(_ configuration: MailConfiguration?, run: UInt64, now: @escaping @Sendable () -> Int64) {
        self.configuration = configuration
        self.now = now
        platform = Mutex(MailPlatform(configuration ?? MailConfiguration(host: "", port: 0), run: run))
    }

    /// The port on which the server listens; nil while it does not.
    package internal(set) var port: Int? {
        get { boundPort.withLock { $0 } }
        set { boundPort.withLock { $0 = newValue } }
    }

    /// Returns mails with a number above `number`, oldest first, of one mailbox or of all.
    package func mails(after number: Int, in mailbox: String? = nil) -> [ReceivedMail] {
        let mailbox = mailbox?.lowercased()
        return platform.withLock {
            $0.mails.entries(after: number, count: Self.entriesPerAnswer, bytes: Self.bytesPerAnswer) {
                mailbox == nil || $0.mailbox == mailbox
            }
        }
    }

    /// Like ``mails(after:in:)``, but waits up to `patience` for the first mail. Cancellation ends the wait.
    package func mails(after number: Int, in mailbox: String? = nil, within patience: Duration) async -> [ReceivedMail]
    {
        await news.wait(within: patience) { !self.mails(after: number, in: mailbox).isEmpty }
        return mails(after: number, in: mailbox)
    }

    /// Returns the mail with this number, if it is still stored.
    package func mail(_ number: Int) -> ReceivedMail? {
        platform.withLock { $0.mails[number] }
    }

    /// Returns bounces with a number above `number`, oldest first.
    package func bounces(after number: Int) -> [MailBounce] {
        platform.withLock {
            $0.bounces.entries(after: number, count: Self.entriesPerAnswer, bytes: Self.bytesPerAnswer)
        }
    }

    /// Like ``bounces(after:)``, but waits up to `patience` for the first bounce. Cancellation ends the wait.
    package func bounces(after number: Int, within patience: Duration) async -> [MailBounce] {
        await news.wait(within: patience) { !self.bounces(after: number).isEmpty }
        return bounces(after: number)
    }

    /// Returns the bounce with this number, if it is still stored.
    package func bounce(_ number: Int) -> MailBounce? {
        platform.withLock { $0.bounces[number] }
    }

    package func inject(_ fault: MailFault) throws(ControlError) {
        try change { (platform, _) throws(ControlError) in try platform.inject(fault) }
    }

    package func clearFaults() {
        change { (platform, _) in platform.clearFaults() }
    }

    /// Puts off the first mail of each sender to each recipient, by the sandbox's clock. 0 ends that.
    package func setGreylisting(seconds: Int64) throws(ControlError) {
        try change { (platform, _) throws(ControlError) in try platform.setGreylisting(seconds: seconds) }
    }

    package var greylistSeconds: Int64 { platform.withLock { $0.greylistSeconds } }

    // MARK: For the server

    func begin(_ session: inout MailSession) -> [MailSession.Action] {
        change { (platform, _) in session.begin(&platform) }
    }

    func receive(_ bytes: [UInt8], in session: inout MailSession) -> [MailSession.Action] {
        change { (platform, now) in session.receive(bytes, &platform, now: now) }
    }

    private func change<Result, Failure>(
        _ body: (inout MailPlatform, Int64) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { news.notify() }
        return try platform.withLock { (platform) throws(Failure) in try body(&platform, now()) }
    }
}
