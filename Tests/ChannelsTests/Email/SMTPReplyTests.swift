import DripCore
import Testing

@testable import Channels

/// What a mail server's refusal means.
@Suite struct SMTPReplyTests {
    @Test func `a reply of several lines, with its enhanced code`() throws {
        let reply = try #require(
            SMTPReply(lines: ["550-5.1.1 The email account that you tried to reach", "550 5.1.1 does not exist."])
        )
        #expect(
            (reply.code, reply.enhanced, reply.text) == (
                550, "5.1.1", "The email account that you tried to reach does not exist."
            )
        )
        #expect(SMTPReply(lines: ["250"])?.code == 250)
        for lines in [[], [""], ["25"], ["abc"], ["550-not the end"], ["99 x"], ["1000 x"]] {
            #expect(SMTPReply(lines: lines) == nil, "\(lines)")
        }
    }

    @Test(
        arguments: [
            (.recipient, "550 5.1.1 <person@provider.example>: Recipient address rejected: User unknown", .person),
            (.recipient, "550 unknown user", .person), (.recipient, "550 5.4.310 DNS domain does not exist", .person),
            (.recipient, "450 4.2.0 <person@provider.example>: Greylisted, please try again in 300 seconds", .retry),
            (.recipient, "550 5.1.7 Invalid sender address", .page), (.recipient, "550 5.1.8 Bad sender", .page),
            (.recipient, "552 5.2.2 Mailbox full", .mailboxFull), (.recipient, "452 4.2.2 over quota", .mailboxFull),
            (.recipient, "451 4.7.1 Temporarily deferred due to user complaints", .slowDown),
            (.sender, "421 4.7.28 Gmail has detected an unusual rate of mail", .slowDown),
            (.sender, "530 5.7.0 Must issue a STARTTLS command first", .page),
            (.sender, "550 sender refused", .page), (.sender, "451 try again", .retry),
            (.authentication, "535 5.7.8 Error: authentication failed", .page),
            (.authentication, "454 4.7.0 later", .slowDown),
            (.connect, "554 5.7.1 blocked", .page), (.connect, "421 busy", .slowDown),
            (.end, "550 5.7.26 This mail is unauthenticated", .page),
            (.end, "550 5.7.1 Message rejected as spam", .message),
            (.end, "550 5.7.515 Access denied, sending domain does not meet the required authentication level", .page),
            (.end, "552 5.3.4 Message too big", .message), (.end, "554 no", .message), (.end, "451 later", .retry),
        ] as [(SMTPStage, String, Refusal.Meaning)]
    )
    func `whose refusal it is`(_ stage: SMTPStage, _ line: String, _ meaning: Refusal.Meaning) throws {
        #expect(Refusal(try #require(SMTPReply(lines: [line])), to: stage).meaning == meaning)
    }

    @Test func `the stage of each command`() {
        let stages = [
            "EHLO our.host", "STARTTLS", "AUTH PLAIN xyz", "MAIL FROM:<a@b.vn>", "RCPT TO:<c@d.vn>", "DATA", "QUIT",
        ].map(SMTPStage.init(command:))
        #expect(stages == [.hello, .startTLS, .authentication, .sender, .recipient, .data, nil])
    }
}
