import DripCore
import Foundation
import Testing

@testable import Channels

/// Mail as bytes.
@Suite struct MailMessageTests {
    private func message(
        from: String? = "Shop",
        to: String? = nil,
        subject: String = "Một tuần rồi, bạn ơi",
        fields: [MailMessage.Field] = [],
        text: String = "Chào bạn,\nShop gửi bạn bảng giá.\n",
        html: String? = "<p>Chào bạn</p>"
    ) throws -> MailMessage {
        MailMessage(
            from: Mailbox(name: from, address: try #require(EmailAddress("hi@shop.example"))),
            to: Mailbox(name: to, address: try #require(EmailAddress("lan@provider.example"))),
            subject: subject,
            date: Instant(milliseconds: 1_796_004_000_000),
            zone: try #require(TimeZone(identifier: "Asia/Ho_Chi_Minh")),
            messageID: "<1.abcdef@shop.example>",
            fields: fields,
            text: text,
            html: html
        )
    }

    private func written(_ message: MailMessage) throws -> String {
        String(decoding: try message.encoded().bytes, as: UTF8.self)
    }

    @Test func `text and HTML, with the fields in order`() throws {
        let mail = try message(
            fields: [
                MailMessage.Field("List-Unsubscribe", "<https://shop.example/p/u/TOKEN>"),
                MailMessage.Field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ]
        )
        #expect(
            try written(mail).replacing("\r\n", with: "\n") == """
                From: Shop <hi@shop.example>
                To: lan@provider.example
                Subject: =?UTF-8?B?TeG7mXQgdHXhuqduIHLhu5NpLCBi4bqhbiDGoWk=?=
                Date: Mon, 30 Nov 2026 09:00:00 +0700
                Message-ID: <1.abcdef@shop.example>
                MIME-Version: 1.0
                List-Unsubscribe: <https://shop.example/p/u/TOKEN>
                List-Unsubscribe-Post: List-Unsubscribe=One-Click
                Content-Type: multipart/alternative; boundary="=_8724148d03b79c25b18672ab"

                --=_8724148d03b79c25b18672ab
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                Ch=C3=A0o b=E1=BA=A1n,
                Shop g=E1=BB=ADi b=E1=BA=A1n b=E1=BA=A3ng gi=C3=A1.

                --=_8724148d03b79c25b18672ab
                Content-Type: text/html; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                <p>Ch=C3=A0o b=E1=BA=A1n</p>
                --=_8724148d03b79c25b18672ab--

                """
        )
        #expect(try written(mail) == written(mail))
    }

    @Test func `text alone is one part`() throws {
        let written = try written(message(subject: "Hello", html: nil))
        #expect(written.contains("Subject: Hello\r\n"))
        #expect(written.contains("Content-Transfer-Encoding: quoted-printable\r\n\r\nCh=C3=A0o"))
        #expect(!written.contains("multipart"))
    }

    @Test(arguments: ["a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\u{0}b", "a\u{85}b"])
    func `no text begins another header`(_ text: String) throws {
        #expect(throws: MailMessage.Flaw.self) { try message(subject: text).encoded() }
        #expect(throws: MailMessage.Flaw.self) { try message(from: text).encoded() }
        #expect(throws: MailMessage.Flaw.self) { try message(to: text).encoded() }
        #expect(throws: MailMessage.Flaw.self) {
            try message(fields: [MailMessage.Field("List-Id", text)]).encoded()
        }
    }

    @Test func `a long subject is split between characters, in lines of 78 at most`() throws {
        let subject = String(repeating: "Chào bạn, đã một tháng rồi 🎉 ", count: 12)
        let written = try written(message(subject: subject))
        let field = try #require(written.firstMatch(of: /Subject: (?:[^\r]|\r\n )*/)).output
        let lines = field.split(separator: "\r\n")
        #expect(lines.count > 5)
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
        let words = field.matches(of: /=\?UTF-8\?B\?([^?]*)\?=/).map { Data(base64Encoded: String($0.1)) ?? Data() }
        // Each is valid by itself.
        #expect(words.allSatisfy { String(bytes: $0, encoding: .utf8) != nil })
        #expect(String(decoding: words.reduce(Data(), +), as: UTF8.self) == subject)
    }

    @Test(
        arguments: [
            ("Shop ABC", "Shop ABC"), ("Shop, ABC", "\"Shop, ABC\""), ("A \"B\" \\C", "\"A \\\"B\\\" \\\\C\""),
            ("Bánh mì", "=?UTF-8?B?QsOhbmggbcOs?="), ("=?UTF-8?B?QQ==?=", "=?UTF-8?B?PT9VVEYtOD9CP1FRPT0/PQ==?="),
        ]
    )
    func `a name is an atom, in quotes, or encoded`(_ name: String, _ written: String) throws {
        #expect(try self.written(message(from: name)).hasPrefix("From: \(written) <hi@shop.example>\r\n"))
    }

    @Test(
        arguments: [
            ("", "\r\n"), ("a b \n", "a b=20\r\n\r\n"), ("a=b", "a=3Db\r\n"), (".\n..", "=2E\r\n=2E.\r\n"),
            ("From me", "=46rom me\r\n"), ("a\r\nb\rc", "a\r\nb\r\nc\r\n"), ("\ttab\t", "\ttab=09\r\n"),
            (String(repeating: "a", count: 76), String(repeating: "a", count: 76) + "\r\n"),
            (String(repeating: "a", count: 77), String(repeating: "a", count: 75) + "=\r\naa\r\n"),
            (String(repeating: "ạ", count: 9), String(repeating: "=E1=BA=A1", count: 8) + "=E1=\r\n=BA=A1\r\n"),
        ]
    )
    func `quoted-printable keeps lines short and ends visible`(_ text: String, _ encoded: String) {
        #expect(String(decoding: QuotedPrintable.encode(text), as: UTF8.self) == encoded)
    }

    @Test(arguments: ["a@b.vn", "lan.nguyen+x@mail.shop.example", "o'brien@x-y.co", "A_B@SHOP.example"])
    func `addresses that mail can be sent to`(_ text: String) {
        #expect(EmailAddress(text)?.description.lowercased() == text.lowercased())
    }

    @Test(
        arguments: [
            "", "a", "@b.vn", "a@", "a@b", "a b@c.vn", "a@b c.vn", ".a@b.vn", "a.@b.vn", "a..b@c.vn", "a@-b.vn",
            "a@b-.vn",
            "a@b..vn", "\"a b\"@c.vn", "a@[127.0.0.1]", "a@1.2.3.4", "a@b.vn\r\nRCPT TO:<x@y.vn>", "a@bánh.vn",
            "á@b.vn", "<a@b.vn>",
            "a,b@c.vn",
        ]
    )
    func `and those that it cannot`(_ text: String) {
        #expect(EmailAddress(text) == nil)
        #expect(EmailAddress(String(repeating: "a", count: 65) + "@b.vn") == nil)
        #expect(EmailAddress("a@" + String(repeating: "b.", count: 130) + "vn") == nil)
    }
}
