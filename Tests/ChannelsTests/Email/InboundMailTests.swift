import DripCore
import Foundation
import Testing

@testable import Channels

/// What mails mean.
@Suite struct InboundMailTests {
    private let reference = MailFixture.reference
    private let local = MailFixture.local

    private func meaning(_ text: String, recipient: String? = nil) -> InboundMail {
        MailFixture("", text).meaning(recipient: recipient)
    }

    private func refusal(_ meaning: Refusal.Meaning, _ code: String, _ message: String) -> Refusal {
        Refusal(meaning: meaning, code: code, message: message, retryAfter: nil)
    }

    // MARK: Bounces

    @Test func `an unknown user is the person's`() {
        let refusal = refusal(.person, "550 5.1.1", "550 5.1.1 User unknown")
        #expect(
            MailFixture.unknownUser.meaning()
                == .undelivered(reference, recipient: "person@provider.example", refusal: refusal)
        )
    }

    @Test func `an empty delivery status is read from the text, and its mail from its parts`() {
        let text = "550 5.1.1 The email account that you tried to reach does not exist."
        #expect(
            MailFixture.emptyStatus.meaning()
                == .undelivered(
                    reference,
                    recipient: "person@provider.example",
                    refusal: refusal(.person, "550 5.1.1", text)
                )
        )
        // It may be that it is only delayed.
        let delay = MailFixture.emptyStatus.text.replacing("(Failure)", with: "(Delay)").replacing(
            "550 5.1.1",
            with: "4.4.1"
        )
        #expect(meaning(delay) == .automatic)
        // Without one of ours in it, it is about somebody else's mail.
        #expect(meaning(MailFixture.emptyStatus.text.replacing(local, with: "000001.abcdef")) == .automatic)
        let onlyOriginal = MailFixture.emptyStatus.text.replacing("References: <\(local)", with: "References: <x")
            .replacing("In-Reply-To: <\(local)", with: "In-Reply-To: <x")
        #expect(meaning(onlyOriginal) == MailFixture.emptyStatus.meaning())
    }

    @Test func `a refusal for the sake of policy is never the person's`() throws {
        guard case .undelivered(reference, "person@gmail.example", let refusal) = MailFixture.policy.meaning() else {
            Issue.record("\(MailFixture.policy.meaning())")
            return
        }
        #expect(refusal.meaning == .page)
        #expect(refusal.code == "550 5.7.26")
    }

    @Test func `of several recipients the one that failed counts`() throws {
        let text =
            "552-5.2.2 The recipient's inbox is out of storage space. 552 5.2.2 Please direct them to clear space"
        #expect(
            MailFixture.mixed.meaning()
                == .undelivered(
                    reference,
                    recipient: "Alias@Provider.Example",
                    refusal: refusal(.mailboxFull, "552 5.2.2", text)
                )
        )
    }

    @Test(arguments: ["delayed", "relayed", "expanded", "delivered", "deliverable", "Delivered (x)", "", "failing"])
    func `another action is no bounce`(_ action: String) {
        #expect(MailFixture.delayed.meaning() == .automatic)
        let text = MailFixture.unknownUser.text.replacing("Action: failed", with: "Action: \(action)")
        #expect(meaning(text) == .automatic)
    }

    @Test(
        arguments: [
            ("5.1.1", "smtp; 550 5.1.1 x", Refusal.Meaning.person), ("5.1.10", "smtp;550 5.1.10 x", .person),
            ("5.4.310", "smtp; 550 x", .person), ("5.1.0", "smtp; 550 x", .person),
            ("5.0.0", "smtp; 550 5.1.1 x", .person),
            ("5.1.8", "smtp; 550 x", .page), ("5.7.515", "smtp; 550 5.7.515 x", .page),
            ("5.7.1", "smtp; 550 5.7.1 x", .message),
            ("5.0.0", "smtp; 552 mailbox full", .mailboxFull), ("4.2.2", "", .mailboxFull), ("4.4.1", "", .retry),
            ("4.7.28", "smtp; 421-4.7.28 x", .slowDown), ("5.3.4", "smtp; 552 5.3.4 x", .message),
            // Not known to be a refusal of the recipient.
            ("5.0.0", "smtp; 550 x", .message), ("5.0.0", "", .message), ("", "", .message),
        ]
    )
    func `the code decides`(_ status: String, _ diagnostic: String, _ expected: Refusal.Meaning) throws {
        let text = MailFixture.unknownUser.text.replacing("Status: 5.1.1", with: "Status: \(status)")
            .replacing("Diagnostic-Code: smtp; 550 5.1.1 User unknown", with: "Diagnostic-Code: \(diagnostic)")
        guard case .undelivered(reference, _, let refusal) = meaning(text) else {
            Issue.record("\(meaning(text))")
            return
        }
        #expect(refusal.meaning == expected, "\(refusal)")
    }

    @Test func `a server without enhanced codes says in the text what it was refused`() throws {
        let text = MailFixture.unknownUser.text.replacing("Status: 5.1.1", with: "Status: 5.0.0")
            .replacing("smtp; 550 5.1.1 User unknown", with: "smtp; 550 no such user")
            .replacing("550 5.1.1 User unknown", with: "550 no such user (in reply to RCPT TO command)")
        #expect(
            meaning(text)
                == .undelivered(
                    reference,
                    recipient: "person@provider.example",
                    refusal: refusal(.person, "550 5.0.0", "550 no such user")
                )
        )
    }

    @Test func `a forged bounce is ignored`() {
        let forged = "4711.0.0123456789abcdef.9b5a44aacc14a993"
        for fixture in [MailFixture.unknownUser, .mixed, .emptyStatus, .qmail, .exim] {
            #expect(meaning(fixture.text.replacing(local, with: forged)) == .automatic, "\(fixture)")
            #expect(InboundMail.read(fixture.bytes, key: Array("another key".utf8)) == .automatic, "\(fixture)")
        }
    }

    @Test func `a mail server may have changed the case of the address`() {
        #expect(
            meaning(MailFixture.mixed.text.replacing("bounce+\(local)", with: "BOUNCE+\(local.uppercased())"))
                == MailFixture.mixed.meaning()
        )
    }

    @Test func `the envelope's recipient is enough`() {
        let text = MailFixture.mixed.text.replacing("bounce+\(local)@", with: "x@")
        #expect(meaning(text) == .automatic)
        #expect(meaning(text, recipient: "bounce+\(local)@shop.example") == MailFixture.mixed.meaning())
    }

    @Test func `a bounce in plain text needs an empty return path and our address`() {
        let qmail = MailFixture.qmail.text
        let refusal = refusal(.person, "550", "Remote host said: 550 User unknown")
        #expect(meaning(qmail) == .undelivered(reference, recipient: "person@provider.example", refusal: refusal))
        // A person can write the same.
        let sent = qmail.replacing("Return-Path: <>", with: "Return-Path: <person@provider.example>")
            .replacing("From: MAILER-DAEMON@", with: "From: person@")
        guard case .reply(reference, "person@relay.example", _) = meaning(sent) else {
            Issue.record("\(meaning(sent))")
            return
        }
        let elsewhere = qmail.replacing("Delivered-To: bounce+\(local)@", with: "Delivered-To: hi@")
            .replacing("To: bounce+\(local)@", with: "To: hi@")
        #expect(meaning(elsewhere) == .automatic)
    }

    @Test func `Exim's bounce says at which stage it was refused`() {
        #expect(
            MailFixture.exim.meaning()
                == .undelivered(
                    reference,
                    recipient: "person@provider.example",
                    refusal: refusal(.message, "550 5.7.1", "550 5.7.1 Message rejected as spam")
                )
        )
    }

    @Test(
        arguments: [
            // A delay, an absence, and texts with numbers that are no codes.
            "Warning: your message to <person@provider.example> is delayed.\n451 4.7.1 try again later",
            "I am away. Write to boss@provider.example or call 0912 345 678.", "boss@provider.example 192.5.1.1 v5.1.1",
            "550 5.1.1 User unknown", "",
        ]
    )
    func `a text without a refusal near an address is no bounce`(_ body: String) {
        #expect(
            meaning("Return-Path: <>\nTo: bounce+\(local)@shop.example\nFrom: a@provider.example\n\n\(body)\n")
                == .automatic
        )
    }

    // MARK: Complaints

    @Test func `a complaint is about the mail in it`() {
        #expect(MailFixture.complaint.meaning() == .complaint(reference))
        let text = MailFixture.complaint.text
        let address = "<bounce+\(local)@shop.example>"
        let withoutReport = text.replacing("Original-Mail-From: \(address)", with: "X: y")
        #expect(meaning(withoutReport) == .complaint(reference))
        #expect(meaning(withoutReport.replacing("Return-Path: \(address)", with: "X: y")) == .complaint(reference))
        #expect(meaning(text.replacing("abuse\n", with: "fraud\n")) == .complaint(reference))
        #expect(meaning(text.replacing(local, with: "x")) == .unsubscribe(token: "TOKEN"))
    }

    @Test func `a complaint that names only the link is an unsubscription`() {
        #expect(MailFixture.oldComplaint.meaning() == .unsubscribe(token: "TOKEN"))
        let mailto = MailFixture.oldComplaint.text.replacing(
            "<https://shop.example/u/TOKEN?x=1>",
            with: "<https://shop.example/u/A>, <mailto:unsubscribe+B@shop.example>"
        )
        #expect(meaning(mailto) == .unsubscribe(token: "B"))
    }

    @Test(arguments: ["auth-failure", "not-spam"])
    func `a report in which nobody complains is ignored`(_ kind: String) {
        #expect(meaning(MailFixture.complaint.text.replacing("abuse\n", with: "\(kind)\n")) == .automatic)
    }

    // MARK: Unsubscriptions

    @Test func `the token of an unsubscription is in its address or its subject`() {
        #expect(MailFixture.unsubscription.meaning() == .unsubscribe(token: "TOKEN"))
        #expect(
            meaning("From: a@b.example\nTo: hi@b.example\n\nx", recipient: "Unsubscribe+a.b_C-d~e@shop.example")
                == .unsubscribe(token: "a.b_C-d~e")
        )
        let plain = "From: a@b.example\nTo: <unsubscribe@shop.example>\nSubject: "
        #expect(meaning(plain + "0123456789abcdef\n\nx") == .unsubscribe(token: "0123456789abcdef"))
        #expect(meaning(plain + "Unsubscribe 0123456789abcdef\n\nx") == .unsubscribe(token: "0123456789abcdef"))
        #expect(meaning(plain + "unsubscribe\n\nplease") == .reply(nil, from: "a@b.example", text: "please"))
        #expect(meaning(plain + "unsubscribe\n\n") == .reply(nil, from: "a@b.example", text: "unsubscribe"))
    }

    @Test func `a program may send it`() {
        let text = MailFixture.unsubscription.text
        #expect(meaning("Auto-Submitted: auto-generated\n" + text) == .unsubscribe(token: "TOKEN"))
        #expect(meaning("Return-Path: <>\n" + text) == .unsubscribe(token: "TOKEN"))
    }

    // MARK: Automatic answers

    @Test(arguments: [MailFixture.absence, .delayed, .outgoing])
    func `what no person has written is ignored`(_ fixture: MailFixture) {
        #expect(fixture.meaning() == .automatic)
    }

    @Test(
        arguments: [
            "Auto-Submitted: auto-replied (vacation)", "Auto-Submitted: AUTO-GENERATED; x=y",
            "X-Auto-Response-Suppress: All",
            "X-Autoreply: yes", "Precedence: auto_reply", "Precedence: bulk", "List-Id: <a.example>", "List-Post: <x>",
            "Return-Path: <>", "return-path:", "Content-Type: multipart/report; report-type=disposition-notification",
        ]
    )
    func `an automatic answer is ignored`(_ field: String) {
        #expect(meaning("\(field)\nFrom: a@b.example\nTo: hi@shop.example\n\nstop") == .automatic)
    }

    @Test(arguments: ["Auto-Submitted: no", "Auto-Submitted: No (a person)", "Precedence: normal", "Listen: x"])
    func `a person's mail is not`(_ field: String) {
        #expect(
            meaning("\(field)\nFrom: a@b.example\nTo: hi@shop.example\n\nstop")
                == .reply(nil, from: "a@b.example", text: "stop")
        )
    }

    // MARK: Replies

    @Test func `a person who says stop`() throws {
        guard case .reply(reference, "person@provider.example", let text) = MailFixture.stop.meaning() else {
            Issue.record("\(MailFixture.stop.meaning())")
            return
        }
        #expect(text.unicodeScalars.elementsEqual("D\u{1eeb}ng".unicodeScalars))
        #expect(OptOut.standard.reading(of: Phrase(text)) == .stop)
    }

    @Test(
        arguments: [
            ("text/plain; charset=windows-1258", "quoted-printable", "d=FD=CCng la=F2i"),
            ("text/plain; charset=\"Windows-1258\"", "base64", "ZP3Mbmcg\n bGHyaQ=="),
            ("text/plain; charset=utf-8", "quoted-printable", "du=CC=9B=CC=80ng la=CC=A3i"),
            ("text/html; charset=windows-1258", "quoted-printable", "<p>d=FD=CCng la=F2i</p>"),
            ("text/plain; charset=utf-8", "8bit", "dừng lại"), ("text/plain", "8bit", "dừng lại"),
            ("text/plain; charset=us-ascii", "8bit", "dừng lại"), ("text/plain; charset=nonsense", "8bit", "dừng lại"),
            ("text/plain; charset=\"utf-8//IGNORE\"", "8bit", "dừng lại"), ("nonsense", "nonsense", "dừng lại"),
        ]
    )
    func `Vietnamese comes out in NFC`(_ type: String, _ encoding: String, _ body: String) throws {
        let mail = """
            From: a@b.example
            MIME-Version: 1.0
            Content-Type: \(type)
            Content-Transfer-Encoding: \(encoding)

            \(body)
            """
        guard case .reply(nil, "a@b.example", let text) = meaning(mail) else {
            Issue.record("\(meaning(mail))")
            return
        }
        #expect(text.unicodeScalars.elementsEqual("d\u{1eeb}ng l\u{1ea1}i".unicodeScalars), "\(text)")
    }

    @Test func `the plain text comes before HTML, and attachments are not read`() {
        let mail = """
            From: "Lan, N." <Lan@Provider.Example>
            Content-Type: multipart/mixed; boundary=a

            --a
            Content-Type: text/plain
            Content-Disposition: attachment; filename=a.txt

            attached
            --a
            Content-Type: image/png
            Content-Transfer-Encoding: base64

            AAAA
            --a
            Content-Type: multipart/alternative; boundary=b

            --b
            Content-Type: text/html

            <p>html
            --b
            Content-Type: text/plain

            plain
            --b--
            --a--
            """
        #expect(meaning(mail) == .reply(nil, from: "Lan@provider.example", text: "plain"))
        let html = mail.replacing("\nplain\n", with: "\n> quoted\n")
        #expect(meaning(html) == .reply(nil, from: "Lan@provider.example", text: "html"))
    }

    @Test func `a mail without a text is one, too, and a subject of the person's own is its text`() {
        let picture = "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAAA"
        #expect(meaning("From: a@b.example\n\(picture)") == .reply(nil, from: "a@b.example", text: ""))
        #expect(
            meaning("From: a@b.example\nSubject: Re: Stop\n\(picture)") == .reply(nil, from: "a@b.example", text: "")
        )
        #expect(
            meaning("From: a@b.example\nSubject: =?utf-8?q?D=E1=BB=ABng?=\n\(picture)")
                == .reply(nil, from: "a@b.example", text: "Dừng")
        )
    }

    @Test func `the latest of our mails that it answers`() {
        let other = MailReference(enrollment: 1, part: 2, stepHash: 3)
        let id = other.messageID(domain: "shop.example", key: MailFixture.key)
        let mail = "From: a@b.example\nReferences: <\(local)@shop.example>\n \(id) <x@y.example>\n\nx"
        #expect(meaning(mail) == .reply(other, from: "a@b.example", text: "x"))
        #expect(
            meaning("In-Reply-To: <\(local)@shop.example>\n" + mail)
                == .reply(reference, from: "a@b.example", text: "x")
        )
    }

    @Test func `without a sender it cannot be read`() {
        #expect(meaning("Subject: x\n\nx") == .unreadable(why: "it names no sender"))
        #expect(meaning("From: group: a@b.example;\n\nx") == .unreadable(why: "it names no sender"))
        #expect(meaning("Return-Path: <a@b.example>\n\nx") == .reply(nil, from: "a@b.example", text: "x"))
    }
}
