import ArgumentParser
import Channels
import ControlAPI
import Crypto
import DripCore
import Foundation

struct MailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail",
        abstract: "Take a mail that has come for the shop: a bounce, a complaint, an unsubscription or a reply.",
        usage: "dripd mail [<options>] < message",
        discussion: """
            Reads one mail from the standard input, as a mail server passes it to a program, and tells the daemon what it means. \
            A bounce makes the step try the person's next channel. A complaint or an unsubscription ends mail and promotion. \
            A person's answer counts as a reply, and pauses their sequences. Automatic answers, and mail that has nothing to do \
            with dripd, have no effect.

            In Postfix's master.cf, as a user who may use the control socket:

              dripd unix - n n - 4 pipe
                flags=R user=dripd-mail:dripd-control null_sender=
                argv=/usr/bin/dripd mail --recipient ${original_recipient}

            docs/channels/email.md says how mail gets there.

            Exit codes: 0 it was taken, or has no effect; 1 it cannot be read; 75 the daemon cannot be reached or cannot take \
            it now, and the mail server should try again.
            """
    )

    @Option(help: ArgumentHelp("The envelope's recipient, if the mail server names it.", valueName: "address"))
    var recipient: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var control: ControlOptions

    /// sysexits.h: the mail server keeps the mail and tries again.
    private static let tryAgain = ExitCode(75)

    func run() async throws {
        let limits = MailLimits()
        let mail = try FileHandle.standardInput.read(upToCount: limits.bytes + 1) ?? Data()
        let key: MailKey = try await Self.reach { try await control.client.get("/mail/key") }
        guard let report = try report(of: Array(mail), key: Array(key.key)) else {
            return try show(MailOutcome(effect: .nothing, why: "it asks for nothing"))
        }
        try show(try await Self.reach { try await control.client.post("/mail", report) })
    }

    /// Asks the daemon. Whatever fails, the mail server must keep the mail: with any other exit code it would return the mail to
    /// its sender, and a person's stop would be lost.
    private static func reach<Answer>(_ ask: () async throws -> Answer) async throws -> Answer {
        do {
            return try await ask()
        } catch {
            try? Output(descriptor: STDERR_FILENO).line("Error: \(ErrorDescription.words(error))")
            throw tryAgain
        }
    }

    /// Returns what the mail asks for; nil if nothing.
    private func report(of mail: [UInt8], key: [UInt8]) throws -> MailReport? {
        let digest = SHA256.hash(data: mail).prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        func report(_ kind: MailReport.Kind, about reference: MailReference?) -> MailReport {
            var report = MailReport(kind: kind, key: digest)
            report.about = reference.map {
                MailReport.Sent(enrollment: $0.enrollment, part: $0.part, stepHash: $0.stepHash)
            }
            return report
        }
        switch InboundMail.read(mail, recipient: recipient, key: key) {
        case .undelivered(let reference, _, let refusal):
            var undelivered = report(.undelivered, about: reference)
            undelivered.meaning = refusal.meaning.rawValue
            (undelivered.code, undelivered.message) = (refusal.code, refusal.message)
            return undelivered
        case .complaint(let reference): return report(.complaint, about: reference)
        case .unsubscribe(let token):
            var unsubscription = report(.unsubscribe, about: nil)
            unsubscription.token = token
            return unsubscription
        case .reply(let reference, let from, let text):
            var reply = report(.reply, about: reference)
            (reply.from, reply.text) = (from, text)
            return reply
        case .automatic: return nil
        case .unreadable(let why): throw Failure("the mail cannot be read: \(why)")
        }
    }

    private func show(_ outcome: MailOutcome) throws {
        guard !json else { return try JSONOutput.print(outcome) }
        let sentence =
            switch outcome.effect {
            case .undelivered: "undelivered: the step tries the person's next channel"
            case .unsubscribed: "unsubscribed: no more mail of care, and no promotion"
            case .replied: "a reply: recorded, and the person's sequences pause"
            case .nothing: "no effect: \(outcome.why ?? "")"
            }
        try Output.standard.line(sentence)
    }
}
