import Channels
import DripCore
import Foundation
import Testing

@testable import MessengerSandbox

/// What arrived, as tests and people see it; mail by dripd's own writer and sender.
@Suite(.timeLimit(.minutes(5)))
struct MailboxTests {
    private static func message(
        subject: String = "[QC] Xin chào",
        text: String = "Xin chào Lan,\n.\nFrom the shop = ạ!\n",
        html: String? = "<p>Xin chào <b>Lan</b></p>"
    ) throws -> MailMessage {
        MailMessage(
            from: Mailbox(name: "Tiệm Hoa", address: try #require(EmailAddress("hi@shop.example"))),
            to: Mailbox(name: nil, address: try #require(EmailAddress("lan@example.com"))),
            subject: subject,
            date: Instant(milliseconds: TestPlatform.start),
            zone: .gmt,
            messageID: "<000001.abcdef@shop.example>",
            fields: [
                MailMessage.Field(
                    "List-Unsubscribe",
                    "<https://shop.example/u/TOKEN>, <mailto:stop+TOKEN@shop.example>"
                ),
                MailMessage.Field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ],
            text: text,
            html: html
        )
    }

    private static func submission(to server: LiveServer, _ bytes: [UInt8]) throws -> MailSubmission {
        MailSubmission(
            server: MailServer(url: "smtp://127.0.0.1:\(try #require(server.sandbox.mail.port))", isPlain: true),
            sender: "bounce+1.abc@shop.example",
            recipient: try #require(EmailAddress("lan@example.com")),
            bytes: bytes
        )
    }

    @Test func `a mail of dripd is listed, decoded`() async throws {
        try await LiveServer.run { server, _ in
            let bytes = try Self.message().encoded().bytes
            let answer = await (try CurlMailTransport()).submit(try Self.submission(to: server, bytes))
            guard case .accepted(let reply) = answer else {
                Issue.record("\(answer)")
                return
            }
            #expect(reply.text == "Ok: queued as 7-1")
            let list = try await server.get("/sandbox/mail?mailbox=lan@example.com")
            let json = try JSON(bytes: Array(list.utf8.drop { $0 != UInt8(ascii: "[") }))
            let mail = try #require(json.array?.first)
            #expect(mail["number"]?.integer == 1)
            #expect(mail["at"]?.integer == TestPlatform.start)
            #expect(mail["mailbox"]?.string == "lan@example.com")
            #expect(mail["envelope_from"]?.string == "bounce+1.abc@shop.example")
            #expect(mail["from"]?.string == "Tiệm Hoa <hi@shop.example>")
            #expect(mail["to"]?.string == "lan@example.com")
            #expect(mail["subject"]?.string == "[QC] Xin chào")
            #expect(mail["message_id"]?.string == "<000001.abcdef@shop.example>")
            #expect(
                mail["list_unsubscribe"]?.string
                    == "<https://shop.example/u/TOKEN>, <mailto:stop+TOKEN@shop.example>"
            )
            #expect(mail["list_unsubscribe_post"]?.string == "List-Unsubscribe=One-Click")
            #expect(mail["text"]?.string == "Xin chào Lan,\n.\nFrom the shop = ạ!\n")
            #expect(mail["html"]?.string == "<p>Xin chào <b>Lan</b></p>")
            #expect(mail["raw"]?.string == String(decoding: bytes, as: UTF8.self))
            #expect(try await server.get("/sandbox/mail?mailbox=minh@example.com").hasSuffix("[]"))
            #expect(try await server.get("/sandbox/mail?after=1").hasSuffix("[]"))
            let raw = try await server.get("/sandbox/mail/1")
            #expect(raw.contains("Content-Type: message/rfc822\r\n"))
            #expect(raw.utf8.elementsEqual(raw.utf8.prefix(raw.utf8.count - bytes.count) + bytes))
            #expect(try await server.get("/sandbox/mail/2").hasPrefix("HTTP/1.1 404 "))
            #expect(try await server.get("/sandbox/mail/x").hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test func `dripd sees refusals, lost answers and lost connections for what they are`() async throws {
        try await LiveServer.run { server, _ in
            let transport = try CurlMailTransport(connections: 1)
            let submission = try Self.submission(to: server, try Self.message().encoded().bytes)
            func answer(_ kind: MailFault.Kind) async throws -> MailAnswer {
                try server.sandbox.mail.inject(MailFault(kind: kind))
                return await transport.submit(submission)
            }
            func refusal(_ stage: MailFault.Stage, _ reply: String) async throws -> String? {
                let answer = try await answer(.reply(stage, try MailReply(reply)))
                guard case .refused(let refusal) = answer else { return "\(answer)" }
                return refusal.code
            }
            let unknown = try await refusal(.rcpt, "550 5.1.1 User unknown")
            #expect(unknown == "550 5.1.1")
            #expect(try await refusal(.mail, "421 4.7.28 Slow down") == "421 4.7.28")
            #expect(try await refusal(.end, "550 5.7.26 Unauthenticated") == "550 5.7.26")
            for kind in [MailFault.Kind.drop(.end), .drop(.end, isStored: true), .drop(.content)] {
                guard case .inDoubt = try await answer(kind) else {
                    Issue.record("\(kind) is not in doubt")
                    continue
                }
            }
            for stage in [MailFault.Stage.mail, .rcpt] {
                guard case .unsent = try await answer(.drop(stage)) else {
                    Issue.record("\(stage) is not unsent")
                    continue
                }
            }
            #expect(server.sandbox.mail.mails(after: 0).count == 1)
            guard case .accepted = await transport.submit(submission) else {
                Issue.record("not accepted")
                return
            }
        }
    }

    @Test(arguments: [
        ("Hello", "plain"), ("Xin chào " + String(repeating: "Bưởi Năm Roi ngon quá ạ ", count: 9), "a\nb"),
        ("=?UTF-8?B?not really", "= =3D =\n=\n"), ("🌸", String(repeating: "ạ😀 ", count: 200)), ("", ""),
    ])
    func `what dripd's writer encodes is decoded`(subject: String, text: String) throws {
        for html in [nil, "<p>\(text)</p>"] {
            let mail = MailContent(try Self.message(subject: subject, text: text, html: html).encoded().bytes)
            #expect(mail.decodedField("Subject") == subject)
            #expect(mail.text == (html == nil ? text + "\n" : text))
            #expect(mail.html == html)
        }
    }

    @Test(arguments: [
        ("=?utf-8?q?Xin_ch=C3=A0o?=", "Xin chào"), ("=?UTF-8?B?WGlu?= =?UTF-8?B?IGNow6Bv?=", "Xin chào"),
        ("a =?UTF-8?Q?b?= c", "a b c"), ("=?koi8-r?B?WGlu?=", "=?koi8-r?B?WGlu?="), ("=?UTF-8?X?a?=", "=?UTF-8?X?a?="),
        // A character that is split between two words shows.
        ("=?UTF-8?Q?=C3?= =?UTF-8?Q?=A0?=", "\u{FFFD}\u{FFFD}"),
    ])
    func `a field's encoded words are decoded`(value: String, decoded: String) {
        #expect(MailContent(Array("Subject: \(value)\r\n\r\n".utf8)).decodedField("subject") == decoded)
    }

    @Test(arguments: [
        "", "\r\n", ":", "\r\n\r\n\r\n", " folded into nothing\r\n",
        "Content-Type: multipart/alternative\r\n\r\n--\r\n",
        "Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n--a\r\n--a--",
        "Content-Type: multipart/alternative; boundary=a\r\n\r\n--a",
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n*",
        "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=", "=?UTF-8?B?", "\u{0}",
    ])
    func `a mail without form is still a mail`(raw: String) {
        for end in 0...raw.utf8.count {
            let mail = ReceivedMail(
                number: 1,
                at: 0,
                envelopeFrom: "",
                mailbox: "b@example.com",
                raw: Array(raw.utf8.prefix(end))
            )
            #expect(!mail.json.bytes.isEmpty)
        }
    }

    @Test func `base64 is decoded, and other encodings are left`() {
        let mail = MailContent(
            Array("Content-Type: text/html\r\nContent-Transfer-Encoding: BASE64\r\n\r\nWGluIGNo\r\nw6Bv\r\n".utf8)
        )
        #expect(mail.html == "Xin chào")
        #expect(mail.text == nil)
        #expect(MailContent(Array("\r\nXin chào".utf8)).text == "Xin chào")
    }

    @Test func `a mail bounces later, to the sender of its envelope`() async throws {
        try await LiveServer.run { server, _ in
            _ = try await server.post(
                "/sandbox/mail/faults",
                #"{"kind":"bounce","to":"lan@example.com","status":"5.1.1","diagnostic":"550 5.1.1 User unknown"}"#
            )
            let bytes = try Self.message().encoded().bytes
            let transport = try CurlMailTransport()
            guard case .accepted = await transport.submit(try Self.submission(to: server, bytes)) else {
                Issue.record("not accepted")
                return
            }
            #expect(server.sandbox.mail.mails(after: 0).isEmpty)
            let bounce = try #require(await server.sandbox.mail.bounces(after: 0, within: .seconds(60)).first)
            #expect(bounce.to == "bounce+1.abc@shop.example")
            #expect(bounce.recipient == "lan@example.com")
            let text = String(decoding: bounce.raw, as: UTF8.self)
            let boundary = try #require(text.firstMatch(of: /boundary="([^"]+)"/)?.1)
            let header = String(decoding: MailContent(bytes).header, as: UTF8.self)
            #expect(
                text == """
                    Return-Path: <>
                    Delivered-To: bounce+1.abc@shop.example
                    From: Mail Delivery System <MAILER-DAEMON@mx.sandbox.example>
                    To: bounce+1.abc@shop.example
                    Subject: Undelivered Mail Returned to Sender
                    Date: Thu, 7 Apr 2016 01:11:27 +0000
                    Message-ID: <bounce-1.1459991487970@mx.sandbox.example>
                    Auto-Submitted: auto-replied
                    MIME-Version: 1.0
                    Content-Type: multipart/report; report-type=delivery-status; boundary="\(boundary)"

                    --\(boundary)
                    Content-Type: text/plain; charset=us-ascii

                    <lan@example.com>: host mx.sandbox.example said: 550 5.1.1 User unknown

                    --\(boundary)
                    Content-Type: message/delivery-status

                    Reporting-MTA: dns; mx.sandbox.example
                    Arrival-Date: Thu, 7 Apr 2016 01:11:27 +0000

                    Original-Recipient: rfc822;lan@example.com
                    Final-Recipient: rfc822; lan@example.com
                    Action: failed
                    Status: 5.1.1
                    Remote-MTA: dns; mx.sandbox.example
                    Diagnostic-Code: smtp; 550 5.1.1 User unknown

                    --\(boundary)
                    Content-Type: text/rfc822-headers


                    """.replacing("\n", with: "\r\n") + header + "\r\n--\(boundary)--\r\n"
            )
            #expect(header.contains("Message-ID: <000001.abcdef@shop.example>\r\n"))
            let list = try await server.get("/sandbox/mail/bounces")
            #expect(list.contains(#"[{"number":1,"at":1459991487970,"to":"bounce+1.abc@shop.example","#))
            #expect(try await server.get("/sandbox/mail/bounces/1").hasSuffix(text))
            #expect(try await server.get("/sandbox/mail/bounces/2").hasPrefix("HTTP/1.1 404 "))
            // The fault is used up.
            _ = await transport.submit(try Self.submission(to: server, bytes))
            #expect(server.sandbox.mail.mails(after: 0).count == 1)
        }
    }

    @Test func `a delayed mail arrives, and a mail without a sender never returns`() async throws {
        try await LiveServer.run { server, _ in
            let mail = server.sandbox.mail
            try mail.inject(MailFault(kind: .bounce(MailBounce.Reason(action: .delayed, status: "4.4.1"))))
            try mail.inject(MailFault(kind: .bounce(MailBounce.Reason(status: "5.2.2"))))
            try await MailClient.runGreeted(server) { (client) async throws in
                #expect(try await client.mail() == "250 2.0.0 Ok: queued as 7-2")
                #expect(try await client.mail(from: "")?.hasPrefix("250 2.0.0 Ok") == true)
            }
            #expect(mail.mails(after: 0).map(\.envelopeFrom) == ["shop@shop.example"])
            let bounces = mail.bounces(after: 0).map { String(decoding: $0.raw, as: UTF8.self) }
            #expect(bounces.count == 1)
            #expect(bounces[0].contains("Action: delayed\r\nStatus: 4.4.1\r\n"))
            #expect(bounces[0].contains("smtp; 450 4.4.1 The mail cannot be delivered\r\n"))
        }
    }

    @Test func `a long poll is answered as soon as there is a mail`() async throws {
        try await LiveServer.run { server, _ in
            async let polled = server.get("/sandbox/mail?after=0&wait=60")
            async let bounced = server.get("/sandbox/mail/bounces?after=0&wait=60")
            try server.sandbox.mail.inject(MailFault(kind: .bounce(MailBounce.Reason(status: "5.1.1"))))
            try await MailClient.runGreeted(server) { (client) async throws in
                _ = try await client.mail("Subject: returned\r\n")
                _ = try await client.mail("Subject: at last\r\n")
            }
            #expect(try await polled.contains(#""subject":"at last""#))
            #expect(try await bounced.contains(#""status":"5.1.1""#))
        }
    }

    @Test(arguments: ["/mail", "/push"])
    func `the pages are documents that load nothing from elsewhere, and write no markup`(path: String) async throws {
        try await LiveServer.run { server, _ in
            let page = try await server.get(path)
            #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(page.contains("Content-Security-Policy: default-src 'none';"))
            for sink in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", " src=", "<link", ".href",
            ] {
                #expect(!page.contains(sink))
            }
            #expect(try await server.get("/").contains(#"<a href="\#(path)">"#))
        }
    }

    @Test func `a mail that a browser opens runs no script`() async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                _ = try await client.mail("Content-Type: text/html\r\n\r\n<script>alert(1)</script>")
            }
            let raw = try await server.get("/sandbox/mail/1")
            #expect(raw.contains("Content-Security-Policy: default-src 'none'; sandbox\r\n"))
            #expect(raw.contains("X-Content-Type-Options: nosniff\r\n"))
            #expect(raw.contains("Content-Disposition: attachment;"))
        }
    }
}
