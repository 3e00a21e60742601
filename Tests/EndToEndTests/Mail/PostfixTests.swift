import Channels
import ControlAPI
import DripCore
import DripEngine
import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// The real binary and a real Postfix, configured as docs/channels/email.md says.
@Suite(Postfix.isPossible, .timeLimit(.minutes(3))) struct PostfixTests {
    /// Three steps within a day, so that Messenger stays open: mail comes first.
    private static let day = """
        sequence: day
        title: A day
        start: [first_message]
        via: [email, messenger]
        steps:
          - {step: hello, after: 15 min, text: Xin chào, ask: {email: {text: "Để lại e-mail nhé."}}}
          - {step: noon, after: 6 h, text: Buổi trưa, email: {subject: Buổi trưa}}
          - {step: night, after: 12 h, text: Buổi tối, email: {subject: Buổi tối}}
        """

    private static func dayShop(by submission: MailShop.Submission) async throws -> MailShop {
        try await MailShop(sequences: ["day.yaml": day], scale: 3600, by: submission)
    }

    @Test func `a month: two messages on Messenger, and three mails that Postfix delivers, each once`() async throws {
        let sequence = Program.project.appending(path: "Sequences/cham-soc.yaml")
        let mail = try await MailShop(
            sequences: ["cham-soc.yaml": try String(contentsOf: sequence, encoding: .utf8)],
            scale: 60_000,
            by: .startTLS
        )
        // So late that Messenger is open for the second message, and closed for the third.
        try await mail.comes("1001", leaving: "lan@khach.example", after: .hours(12))
        let received = try await mail.postfix.mails(of: "lan", count: 3).map(MailContent.init)
        let person = try await mail.person("1001") { $0.enrollments.first?.endedAt != nil }
        let deliveries = try #require(person.enrollments.first).deliveries
        #expect(deliveries.map(\.step) == ["chao", "ngay-1", "tuan-1", "ngay-15", "thang-1"])
        #expect(deliveries.allSatisfy { $0.state == "sent" && $0.attempts == 1 }, "\(deliveries)\n\(mail.shop.log)")
        #expect(mail.messages(to: "1001") == ["chao", "ngay-1"])
        #expect(
            received.map { $0.decodedField("Subject") } == [
                "Bảng chọn sản phẩm cho bạn", "Bạn dùng thấy thế nào?", "Tròn một tháng bạn biết đến shop",
            ]
        )
        #expect(Set(received.map { $0.field("Message-ID") }).count == 3)
        #expect(received.allSatisfy { $0.field("Return-Path")?.hasPrefix("<bounce+") == true })
        // By TLS, from an account.
        #expect(received.allSatisfy { $0.field("Received")?.contains("with ESMTPSA") == true })
        #expect(await mail.shop.end(SIGTERM) == 0)
        #expect(try mail.postfix.mails(of: "lan").count == 3)
    }

    private struct SignedMail: Encodable {
        let records: [String: String]
        let mails: [String]
        let now: Int64
    }

    @Test(
        .enabled("needs Python with dkim, nacl: Scripts/install-needs tests") { await Python.has(["dkim", "nacl"]) }
    )
    func `the signature of a delivered mail holds, by dkimpy`() async throws {
        let mail = try await Self.dayShop(by: .tls)
        try await mail.comes("1001", leaving: "lan@khach.example")
        let delivered = try await mail.postfix.mails(of: "lan", count: 1)[0]
        let changed = String(decoding: delivered, as: UTF8.self).replacing("To: lan@", with: "To: tan@")
        #expect(Array(changed.utf8) != delivered)
        let input = SignedMail(
            records: ["drip._domainkey.shop.example.": try await mail.signatureRecord()],
            mails: [delivered, Array(changed.utf8)].map { Data($0).base64EncodedString() },
            // The mail was signed on the shop's clock.
            now: mail.shop.clock.now().milliseconds / 1000
        )
        let verified: [Bool] = try await Python.run(Python.dkimVerifier, modules: ["dkim", "nacl"], input)
        #expect(verified == [true, false])
        #expect(await mail.shop.end(SIGTERM) == 0)
    }

    @Test func `the button of a delivered mail ends mail and promotion at once, and a look at its link nothing`()
        async throws
    {
        let mail = try await Self.dayShop(by: .tls)
        try await mail.comes("1001", leaving: "lan@khach.example")
        let delivered = MailContent(try await mail.postfix.mails(of: "lan", count: 1)[0])
        #expect(delivered.field("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click")
        let field = try #require(delivered.field("List-Unsubscribe"))
        let link = String(try #require(field.wholeMatch(of: /<(http:.*)>/)).1)
        let transport = try CurlTransport(userAgent: "mail provider")

        let before: ConsentReport = try await mail.shop.ask("people", "consent", "1001")
        #expect(try await transport.send(HTTPRequest(method: .get, url: link)).status == 200)
        #expect(try await mail.shop.ask("people", "consent", "1001", as: ConsentReport.self) == before)

        let press = HTTPRequest(
            method: .post,
            url: link,
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
            body: Array("List-Unsubscribe=One-Click".utf8)
        )
        #expect(try await transport.send(press).status == 200)
        let after: ConsentReport = try await mail.shop.ask("people", "consent", "1001")
        let added = after.records.dropFirst(before.records.count)
        #expect(added.map(\.kind) == ["withdrawn", "withdrawn"])
        #expect(added.map(\.channel) == ["email", nil])
        #expect(added.map(\.purpose) == ["care", "promotion"])
        #expect(Set(added.map(\.at)).count == 1)
        // The rest of the day comes on Messenger.
        let person = try await mail.person("1001") { $0.enrollments.first?.endedAt != nil }
        #expect(person.enrollments.first?.deliveries.map(\.channel) == ["messenger", "email", "messenger"])
        await transport.shutdown()
        #expect(await mail.shop.end(SIGTERM) == 0)
        #expect(try mail.postfix.mails(of: "lan").count == 1)
    }

    /// The server of later.example refuses only after Postfix has accepted the mail: then Postfix returns it.
    @Test(arguments: [("an@khach.example", false), ("binh@later.example", true)])
    func `a mail to nobody closes the address, and the step goes another way`(
        address: String,
        isReturned: Bool
    ) async throws {
        let mail = try await Self.dayShop(by: .startTLS)
        try await mail.comes("1001", leaving: address)
        let person = try await mail.person("1001") { $0.enrollments.first?.endedAt != nil }
        let closed = try #require(person.addresses.first { $0.channel == "email" })
        #expect(closed.unreachable?.hasPrefix("550 5.1.1 ") == true, "\(closed)\n\(mail.postfix.log)")
        let deliveries = try #require(person.enrollments.first).deliveries
        #expect(deliveries.map(\.state) == ["sent", "sent", "sent"])
        #expect(deliveries.map(\.channel) == ["messenger", "messenger", "messenger"])
        #expect(deliveries.map { $0.refusals?.map(\.channel) ?? [] } == [[], ["email"], []])
        #expect(mail.messages(to: "1001") == ["hello", "noon", "night"])
        let log = mail.postfix.log
        #expect(log.contains(/postfix\/pipe.*relay=dripd,.*status=sent/) == isReturned, "\(log)")
        #expect(await mail.shop.end(SIGTERM) == 0)
    }

    @Test func `a stop word in answer to a mail stops everything, and the team gets the answer, too`() async throws {
        let mail = try await Self.dayShop(by: .tls)
        try await mail.comes("1001", leaving: "lan@khach.example")
        let delivered = MailContent(try await mail.postfix.mails(of: "lan", count: 1)[0])
        let answer = Self.answer("Dừng lại", to: delivered)
        try await mail.postfix.take(answer, from: "lan.moi@khach.example", to: "care@shop.example")
        let person = try await mail.person("1001") { $0.enrollments.first?.endedAt != nil }
        #expect(person.enrollments.first?.endReason == "stopped", "\(person)\n\(mail.postfix.log)")
        #expect(person.consent.map(\.kind) == [.stopped])
        #expect(person.enrollments.first?.deliveries.filter { $0.state == "sent" }.map(\.step) == ["hello", "noon"])
        #expect(try await mail.postfix.mails(of: "care", count: 1).count == 1)
        #expect(await mail.shop.end(SIGTERM) == 0)
    }

    @Test func `an answer stays in Postfix's queue until dripd may be told`() async throws {
        let mail = try await MailShop(sequences: ["day.yaml": Self.day], scale: 3600, by: .tls, admittingPostfix: false)
        try await mail.comes("1001", leaving: "lan@khach.example")
        let delivered = MailContent(try await mail.postfix.mails(of: "lan", count: 1)[0])
        let answer = Self.answer("Dừng lại", to: delivered)
        try await mail.postfix.take(answer, from: "lan.moi@khach.example", to: "care@shop.example")
        let refused = try await mail.postfix.says(/postfix\/pipe.*relay=dripd,.*status=([a-z]+) (.*)/)
        #expect(refused.1 == "deferred")
        #expect(refused.2.contains("permission denied"), "\(refused.2)")

        #expect(await mail.shop.end(SIGTERM) == 0)
        try mail.admitPostfix()
        try await mail.start()
        try await mail.postfix.tryAgain()
        let person = try await mail.person("1001") { $0.enrollments.first?.endedAt != nil }
        #expect(person.enrollments.first?.endReason == "stopped", "\(person)\n\(mail.postfix.log)")
        #expect(await mail.shop.end(SIGTERM) == 0)
    }

    /// As a phone writes it: above the mail, which it quotes.
    private static func answer(_ text: String, to mail: MailContent) -> String {
        """
        From: Lan <lan.moi@khach.example>
        To: Shop ABC <care@shop.example>
        Subject: Re: =?utf-8?q?Bu=E1=BB=95i_tr=C6=B0a?=
        In-Reply-To: \(mail.field("Message-ID") ?? "")
        Message-ID: <answer@khach.example>
        Date: Tue, 1 Dec 2026 09:00:00 +0700
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit

        \(text)

        Vào Th 3, 1 thg 12, 2026 Shop ABC <care@shop.example> đã viết:
        > Buổi trưa

        """
    }
}
