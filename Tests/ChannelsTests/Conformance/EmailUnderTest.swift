import Channels
import CryptoExtras
import DripCore
import Foundation
import TestSupport
import Testing

extension ChannelUnderTest {
    static let email = ChannelUnderTest(
        rules: .email,
        values: [
            "subject": "Một tuần rồi, Lan ơi", "text": "Chào Lan,\n\nShop gửi bạn bảng giá mới.", "button": "Bảng giá",
            "link": "https://shop.example/gia", "from_name": "Áo Dài Huế", "identity": "Áo Dài Huế\n1 Lê Lợi, Huế",
        ],
        open: { port, values, now in
            let channel = EmailChannel(
                transport: try CurlMailTransport(connections: 1),
                accounts: ["shop": try MailParties.account(values, port: port)],
                links: MailParties.links,
                referenceKey: MailParties.referenceKey,
                zone: .hoChiMinh,
                now: { now }
            )
            // Each message is sent on the transport's only thread, which answers when it is done with it.
            return OpenChannel(channel: channel) {}
        },
        message: { values, key in
            let content = ChannelMessage(
                channel: .email,
                fields: values.filter { ["subject", "text"].contains($0.key) },
                buttons: [Button(title: values["button"] ?? "", action: .url(values["link"] ?? ""))],
                purpose: .care
            )
            return OutgoingMessage(
                part: MessagePart(.ofChannel(content)),
                person: MailParties.person,
                recipient: .person(MailParties.recipient),
                key: key
            )
        },
        step: { values in
            Step(
                id: "ngay-3",
                after: Offset(3, .day),
                via: [.email],
                channels: [
                    .email: values.filter { ["subject", "text"].contains($0.key) }
                        .mapValues { TextTemplate(segments: [.literal($0)]) }
                ]
            )
        },
        accepting: MailPeer().script,
        cuttingTheSecond: MailPeer(reactions: [.end: .close()], untouched: 1).script,
        answers: MailAnswers.all,
        faults: MailFaults.all,
        limits: [Limit(value: "subject", scalars: 200), Limit(value: "text", scalars: 20_000)],
        fields: [
            HostileField(
                name: "subject",
                mayRefuse: HostileText.hasControl,
                isIntact: { read, text in HostileText.same(read["subject"], text) }
            ),
            HostileField(
                name: "from_name",
                mayRefuse: HostileText.hasControl,
                isIntact: { read, text in HostileText.same(read["from_name"], text) }
            ),
            HostileField(
                name: "text",
                isIntact: { read, text in
                    HostileText.begins(read["plain"], HostileText.unified(text) + "\n\nBảng giá: ")
                        && HostileText.contains(HostileText.words(read["html"]), HostileText.words(text + " Bảng giá"))
                }
            ),
            HostileField(name: "button", isIntact: { read, text in MailParties.shows(read, text) }),
            HostileField(
                name: "link",
                isIntact: { read, text in
                    HostileText.contains(read["plain"], "\n\nBảng giá: " + HostileText.unified(text) + "\n\n-- \n")
                        && HostileText.contains(read["targets"], HostileText.unified(text))
                }
            ),
            HostileField(name: "identity", isIntact: { read, text in MailParties.shows(read, text) }),
        ],
        secrets: MailParties.secrets,
        read: { received in try await MailParties.read(received.map(ReceivedMail.init)) },
        identity: { [$0["message_id"], $0["sender"]] }
    )
}

/// The shop that sends and the person who gets the mail.
enum MailParties {
    static let recipient = "lan.secret@provider.example"
    static let referenceKey = Array("referenceKey0123456789abcdef".utf8)
    static let links = PublicLinks(
        base: "https://care.shop.example",
        key: Data(repeating: 7, count: PublicLinks.keyBytes)
    )
    static let signingKey = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }
    private static let (user, password) = ("smtpUser0123456789", "smtpPassword0123456789")

    static let secrets = [
        user, password, "referenceKey0123456789abcdef", recipient, "lan.secret",
        Data("\0\(user)\0\(password)".utf8).base64EncodedString(), "PRIVATE KEY", "/p/u/", "/p/c/",
    ]

    static let person = Person(
        id: PersonID(rawValue: 1),
        address: Address(
            id: AddressID(rawValue: 1),
            account: Account(id: AccountID(rawValue: 1), channel: .email, externalID: "shop"),
            externalID: recipient
        )
    )

    /// - Parameter values: with `tls`, the server must offer TLS.
    static func account(_ values: [String: String], port: Int) throws -> EmailAccount {
        EmailAccount(
            from: Mailbox(name: values["from_name"], address: try #require(EmailAddress("care@shop.example"))),
            server: MailServer(
                url: "smtp://127.0.0.1:\(port)/shop.example",
                user: user,
                password: password,
                isPlain: values["tls"] == nil
            ),
            signer: try DKIMSigner(
                domain: "shop.example",
                selector: "drip",
                key: try signingKey.get().pkcs8PEMRepresentation
            ),
            bounceDomain: "bounces.shop.example",
            identity: values["identity"]
        )
    }

    /// Whether both forms of a mail have a text. HTML makes one space of all white space.
    static func shows(_ read: [String: String], _ text: String) -> Bool {
        HostileText.contains(read["plain"], HostileText.unified(text))
            && HostileText.contains(HostileText.words(read["html"]), HostileText.words(text))
    }

    /// Reads mails by an independent implementation, and checks what a mail of the shop has besides its texts.
    static func read(_ received: [ReceivedMail]) async throws -> [[String: String]] {
        let mails = received.map { Data($0.bytes).base64EncodedString() }
        let read: [[String: String]] = try await Python.run(Python.mailReader, modules: ["email"], mails)
        try #require(read.count == received.count)
        return zip(received, read).map { mail, read in
            var values = read
            var problems = [read["problems"]].compactMap(\.self)
            if mail.recipients != ["RCPT TO:<\(recipient)>"] { problems.append("recipients: \(mail.recipients)") }
            if mail.sender.wholeMatch(of: /MAIL FROM:<bounce\+[a-z0-9.]+@bounces\.shop\.example>.*/) == nil {
                problems.append("sender: \(mail.sender)")
            }
            values["sender"] = mail.sender.prefix { $0 != ">" }.description
            let expected = ["from": "care@shop.example", "to": recipient, "fields": fields]
            problems += expected.filter { read[$0.key] != $0.value }.map { "\($0.key): \(read[$0.key] ?? "none")" }
            let tags = Set((read["tags"] ?? "").split(separator: "\n").map(String.init))
            if !tags.isSubset(of: Self.tags) { problems.append("tags: \(tags.subtracting(Self.tags).sorted())") }
            if !problems.isEmpty { values["problems"] = problems.joined(separator: "; ") }
            return values
        }
    }

    private static let fields = """
        auto-submitted content-type date dkim-signature feedback-id from list-id list-unsubscribe list-unsubscribe-post \
        message-id mime-version subject to
        """

    /// Each with its attributes.
    private static let tags: Set = [
        "html lang", "head", "meta charset", "meta name content", "body style", "div style", "p", "p style", "br",
        "a href", "a href style",
    ]
}

/// Replies of mail servers to each command. Sources: RFC 5321, RFC 3463, and what Postfix, Gmail and Microsoft say.
private enum MailAnswers {
    static let all: [PlatformAnswer] =
        [
            row(.greeting, "554 5.7.1 blocked", .refused(.page, code: "554 5.7.1")),
            row(.greeting, "421 4.3.2 busy", .refused(.slowDown, code: "421 4.3.2")),
            row(.hello, "550 5.7.1 go away", .refused(.page, code: "550 5.7.1")),
            row(.hello, "421 4.3.2 shutting down", .refused(.slowDown, code: "421 4.3.2")),
            row(.authentication, "535 5.7.8 Error: authentication failed", .refused(.page, code: "535 5.7.8")),
            row(.authentication, "454 4.7.0 Temporary authentication failure", .refused(.slowDown, code: "454 4.7.0")),
        ] + sender + recipient + [
            row(.data, "554 5.5.1 Error: no valid recipients", .refused(.message, code: "554 5.5.1")),
            row(
                .data,
                "451 4.3.0 queue file write error",
                .refused(.retry, code: "451 4.3.0", retryAfter: .minutes(5))
            ),
            row(.data, "421 4.4.2 timeout exceeded", .refused(.slowDown, code: "421 4.4.2")),
        ] + end

    private static let sender = [
        row(
            .sender,
            "421 4.7.28 Gmail has detected an unusual rate of mail",
            .refused(.slowDown, code: "421 4.7.28")
        ),
        row(.sender, "530 5.7.0 Must issue a STARTTLS command first", .refused(.page, code: "530 5.7.0")),
        row(.sender, "550 5.1.1 unknown user", .refused(.page, code: "550 5.1.1")),
        row(.sender, "550 5.7.1 sender refused", .refused(.page, code: "550 5.7.1")),
        row(.sender, "452 4.3.1 Insufficient system storage", .refused(.retry, code: "452 4.3.1")),
        row(.sender, "552 message size exceeds the limit", .refused(.message, code: "552")),
    ]

    private static let recipient = [
        row(
            .recipient,
            "550 5.1.1 <x@provider.example>: Recipient address rejected: User unknown",
            .refused(.person, code: "550 5.1.1")
        ),
        row(.recipient, "550-5.1.1 The account\r\n550 5.1.1 does not exist.", .refused(.person, code: "550 5.1.1")),
        row(.recipient, "550 unknown user", .refused(.person, code: "550")),
        row(.recipient, "550 5.4.310 DNS domain does not exist", .refused(.person, code: "550 5.4.310")),
        row(.recipient, "552 5.2.2 Mailbox full", .refused(.mailboxFull, code: "552 5.2.2")),
        row(.recipient, "452 4.2.2 over quota", .refused(.mailboxFull, code: "452 4.2.2")),
        row(
            .recipient,
            "450 4.2.0 <x@provider.example>: Greylisted, please try again in 300 seconds",
            .refused(.retry, code: "450 4.2.0", retryAfter: .minutes(5))
        ),
        row(
            .recipient,
            "451 4.7.1 Greylisting in action, please come back later",
            .refused(.retry, code: "451 4.7.1", retryAfter: .minutes(5))
        ),
        row(
            .recipient,
            "451 4.7.1 Temporarily deferred due to user complaints",
            .refused(.slowDown, code: "451 4.7.1")
        ),
        row(.recipient, "421 4.7.0 try again later", .refused(.slowDown, code: "421 4.7.0")),
        row(.recipient, "550 5.1.8 Sender's domain not found", .refused(.page, code: "550 5.1.8")),
        row(.recipient, "554 5.7.1 Relay access denied", .refused(.page, code: "554 5.7.1")),
        row(
            .recipient,
            "553 5.7.1 <care@shop.example>: Sender address rejected: not owned by user",
            .refused(.page, code: "553 5.7.1")
        ),
        // Policy is never about the person.
        row(.recipient, "550 5.7.1 Service unavailable; client host blocked", .refused(.message, code: "550 5.7.1")),
    ]

    private static let end = [
        row(.end, "250", .accepted), row(.end, "250 Ok", .accepted),
        row(.end, "250-2.0.0 one\r\n250 2.0.0 two", .accepted),
        row(.end, "550 5.7.26 This mail is unauthenticated", .refused(.page, code: "550 5.7.26")),
        row(.end, "550 5.7.1 Message rejected as spam", .refused(.message, code: "550 5.7.1")),
        row(.end, "550 5.7.515 Access denied, sending domain", .refused(.page, code: "550 5.7.515")),
        row(.end, "552 5.3.4 Message too big", .refused(.message, code: "552 5.3.4")),
        row(.end, "554 no", .refused(.message, code: "554")),
        row(.end, "451 4.3.0 later", .refused(.retry, code: "451 4.3.0", retryAfter: .minutes(5))),
        row(.end, "421 4.7.0 closing", .refused(.slowDown, code: "421 4.7.0")),
    ]

    private static func row(_ stage: MailPeer.Stage, _ reply: String, _ outcome: ExpectedOutcome) -> PlatformAnswer {
        PlatformAnswer(
            text: "\(stage.rawValue): \(reply)",
            script: MailPeer(reactions: [stage: .reply(reply)]).script,
            outcome: outcome,
            received: stage == .end ? 1 : 0
        )
    }
}

private enum MailFaults {
    static let all: [Fault] =
        [Fault(name: "nothing listens", script: nil, outcome: .unsent, received: 0)]
        + [MailPeer.Stage.greeting, .hello, .authentication, .sender, .recipient, .data].map { stage in
            fault("cut instead of the answer to \(stage.rawValue)", [stage: .close()], .unsent)
        } + [
            fault("cut within the greeting", [.greeting: .close(after: "22")], .unsent),
            fault("not a mail server", [.greeting: .close(after: "SSH-2.0-OpenSSH_9.2\r\n")], .unsent),
            fault("cut within the capabilities", [.hello: .close(after: "250-mail.example\r\n")], .unsent),
            fault("cut within the go-ahead", [.data: .close(after: "35")], .unsent),
            // The server has all but the end, and cannot prove that it threw it away.
            fault("cut within the message", [.body: .close()], .inDoubt),
            fault("cut after the message", [.end: .close()], .inDoubt, received: 1),
            fault("cut within the answer: 2", [.end: .close(after: "2")], .inDoubt, received: 1),
            fault("cut within the answer: a line", [.end: .close(after: "250-2.0.0 Ok\r\n")], .inDoubt, received: 1),
            fault("no answer, but other words", [.end: .close(after: "taken\r\n")], .inDoubt, received: 1),
            fault("another go-ahead after the message", [.end: .reply("354 go on")], .inDoubt, received: 1),
            fault("a farewell after the message", [.end: .reply("221 2.0.0 Bye")], .inDoubt, received: 1),
            fault("cut instead of the farewell", [.quit: .close()], .accepted, received: 1),
            fault(
                "a refusal, and then one of the farewell",
                [.recipient: .reply("550 5.1.1 unknown"), .quit: .reply("421 4.7.0 too many errors")],
                .refused(.person, code: "550 5.1.1")
            ),
            fault(
                "a refusal, and then an unusual farewell",
                [.recipient: .reply("550 5.1.1 unknown"), .quit: .reply("250 2.0.0 Bye")],
                .refused(.person, code: "550 5.1.1")
            ),
            Fault(
                name: "no TLS where it is required",
                script: MailPeer().script,
                outcome: .unsent,
                received: 0,
                values: ["tls": "required"]
            ),
            Fault(
                name: "TLS is refused where it is required",
                script: MailPeer(
                    reactions: [.startTLS: .reply("454 4.7.0 no")],
                    extensions: ["STARTTLS", "AUTH PLAIN"]
                ).script,
                outcome: .refused(.slowDown, code: "454 4.7.0"),
                received: 0,
                values: ["tls": "required"]
            ),
        ]

    private static func fault(
        _ name: String,
        _ reactions: [MailPeer.Stage: MailPeer.Reaction],
        _ outcome: ExpectedOutcome,
        received: Int = 0
    ) -> Fault {
        Fault(name: name, script: MailPeer(reactions: reactions).script, outcome: outcome, received: received)
    }
}
