import DripCore
import Foundation
import TestSupport
import Testing

@testable import Channels

/// No mail does harm, whatever it contains.
@Suite struct InboundMailLimitsTests {
    private func read(_ text: String, limits: MailLimits = MailLimits()) -> InboundMail {
        InboundMail.read(Array(text.utf8), key: MailFixture.key, limits: limits)
    }

    private func reply(_ text: String) -> InboundMail {
        .reply(nil, from: "a@b.example", text: text)
    }

    @Test func `a mail that is too large is not read`() {
        let mail = Array("From: a@b.example\n\nx".utf8)
        #expect(
            InboundMail.read(mail + Array(repeating: 0x61, count: 10_000_000), key: [])
                == .unreadable(why: "it is larger than 10000000 bytes")
        )
        #expect(InboundMail.read(mail, key: []) == reply("x"))
    }

    @Test(arguments: ["", "\n", "x", "no header\n\nx", "\u{0}", "From a", "From a\n", "From "])
    func `what is no mail`(_ text: String) {
        guard case .unreadable = read(text) else {
            Issue.record("\(read(text))")
            return
        }
    }

    @Test func `long header values are cut, and the others are read`() {
        let long = String(repeating: "x", count: 3_000_000)
        #expect(read("Subject: \(long)\nX: y\nFrom: a@b.example\n\nx") == reply("x"))
        let address = "<bounce+\(MailFixture.local)@shop.example>"
        let space = String(repeating: " ", count: 9_000)
        #expect(
            read("From: a@b.example\nTo:\(space)\(address)\n\nx")
                == .reply(MailFixture.reference, from: "a@b.example", text: "x")
        )
        #expect(read("From: a@b.example\nTo:\(space)\(space)\(address)\n\nx") == reply("x"))
        #expect(read("From: \(long)@b.example\n\nx") == .unreadable(why: "it names no sender"))
    }

    @Test func `addresses in groups in groups do not overflow the stack`() {
        let groups = String(repeating: "a:b,", count: 1_000_000)
        #expect(read("From: a@b.example\nTo: \(groups)\nCc: \(groups)\n\nx") == reply("x"))
        for length in [10, 100, 249, 250, 1_000_000] {
            _ = read("From: \(String(repeating: "a:b,", count: length))\n\nx")
            _ = read("From: \(String(repeating: "::(a<,", count: length))\n\nx")
        }
        let original = "Content-Type: message/rfc822\n\nTo: \(groups)\n\nx"
        #expect(read("From: a@b.example\n\(original)") == reply(""))
    }

    /// - Parameter inner: the innermost part.
    private func nested(_ depth: Int, _ inner: String) -> String {
        let parts = (0..<depth).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }
        return "From: a@b.example\n" + parts.joined() + inner
    }

    @Test func `parts that are nested too deep are left out`() {
        #expect(read(nested(19, "\nstop")) == reply("stop"))
        #expect(read(nested(20, "\nstop")) == reply(""))
        #expect(read(nested(5_000, "\nstop")) == reply(""))
        let messages = String(repeating: "Content-Type: message/rfc822\n\n", count: 50_000)
        #expect(read("From: a@b.example\n\(messages)") == reply(""))
    }

    @Test func `parts after the 100th are left out`() {
        func mail(_ before: Int) -> String {
            let parts = String(repeating: "--b\nContent-Type: image/png\n\nx\n", count: before)
            return "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n\(parts)--b\n\nstop\n--b--"
        }
        #expect(read(mail(98)) == reply("stop"))
        #expect(read(mail(99)) == reply(""))
        #expect(read(mail(9_000)) == reply(""))
        #expect(read(mail(10_000)) == .unreadable(why: "it has too many parts or header fields"))
        #expect(
            read(String(repeating: "a:\n", count: 200_000))
                == .unreadable(why: "it has too many parts or header fields")
        )
        #expect(
            read(String(repeating: "a\t :\n", count: 200_000))
                == .unreadable(why: "it has too many parts or header fields")
        )
    }

    @Test func `the limits can be lower`() {
        var limits = MailLimits()
        limits.depth = 1
        limits.content = 3
        #expect(read("From: a@b.example\n\nstop", limits: limits) == reply("sto"))
        #expect(read(nested(1, "\nstop"), limits: limits) == reply(""))
        limits.headerFields = 1
        #expect(read("X: y\nFrom: a@b.example\n\nstop", limits: limits) == .unreadable(why: "it names no sender"))
    }

    @Test func `a truncated mail is read as far as it goes`() {
        for fixture in MailFixture.all {
            for length in stride(from: 0, to: fixture.bytes.count, by: 5) {
                check(
                    InboundMail.read(Array(fixture.bytes.prefix(length)), key: MailFixture.key),
                    "\(fixture), \(length)"
                )
            }
        }
        let bounce = MailFixture.mixed.text
        #expect(read(bounce.replacing("--B5--", with: "")) == MailFixture.mixed.meaning())
    }

    @Test func `zeros are left out of texts`() {
        #expect(read("From: a@b.example\n\nst\u{0}op") == reply("stop"))
        #expect(read("From: a@b.example\nX\u{0}: y\nSubject: a\u{0}b\n\nstop") == reply("stop"))
    }

    @Test func `boundaries that are long or odd`() {
        let long = String(repeating: "b", count: 6_000)
        for boundary in ["\"\"", "\" \"", "\"--\"", "\"\(long)\"", "=?utf-8?q?a?=", "\"a\\\"b\""] {
            for line in ["--", "----", "-- ", "--\(long)", "--\(long)--", "--a"] {
                let mail =
                    "From: a@b.example\nContent-Type: multipart/mixed; boundary=\(boundary)\n\n\(line)\n\nx\n\(line)\n"
                check(read(mail), mail)
                check(read(mail + String(repeating: "y", count: 10_000)), mail)
            }
        }
    }

    @Test func `damaged mails are read, and none is taken for another's`() {
        let fixtures = MailFixture.all.map(\.bytes)
        for seed in 0..<2_000 as Range<UInt64> {
            var damage = Damage(seed: seed)
            var mail = damage.damaged(fixtures[Int(seed) % fixtures.count])
            // Two in one: headers and boundaries in places where they do not belong.
            if seed % 3 == 0 { mail += damage.damaged(fixtures[Int(seed / 3) % fixtures.count]) }
            check(InboundMail.read(mail, key: MailFixture.key), "seed \(seed)")
        }
    }

    @Test func `random bytes are read`() {
        for seed in 0..<300 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            let bytes = (0..<2_000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            check(InboundMail.read(bytes, key: MailFixture.key), "seed \(seed)")
            let body = Array("From: a@b.example\nContent-Type: text/html; charset=utf-16\n\n".utf8) + bytes
            check(InboundMail.read(body, key: MailFixture.key), "seed \(seed)")
        }
    }

    /// What must hold for the meaning of every mail that is made of the fixtures.
    private func check(_ meaning: InboundMail, _ comment: String) {
        switch meaning {
        case .undelivered(let reference, let recipient, let refusal):
            #expect(reference == MailFixture.reference, "\(comment)")
            #expect(recipient.map { $0.utf8.count <= 254 } ?? true, "\(comment)")
            #expect(refusal.message.utf8.count <= 2_000, "\(comment)")
        case .complaint(let reference): #expect(reference == MailFixture.reference, "\(comment)")
        case .unsubscribe(let token): #expect((1...200).contains(token.utf8.count), "\(comment)")
        case .reply(let reference, let sender, let text):
            #expect(reference == nil || reference == MailFixture.reference, "\(comment)")
            #expect(sender.contains("@") && sender.utf8.count <= 254, "\(comment)")
            #expect(text.unicodeScalars.count <= 20_000, "\(comment)")
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" }, "\(comment)")
        case .automatic, .unreadable: break
        }
    }

    @Test func `every thread may read mails, also those with little stack`() async {
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for fixture in MailFixture.all { #expect(fixture.meaning() == fixture.meaning()) }
                }
            }
        }
        let deep = nested(3_000, "\nstop")
        let groups = "From: \(String(repeating: "a:", count: 490))\n\nx"
        await withCheckedContinuation { continuation in
            let thread = Thread {
                for mail in [deep, groups] { _ = InboundMail.read(Array(mail.utf8), key: []) }
                continuation.resume()
            }
            thread.stackSize = 512 * 1_024
            thread.start()
        }
    }
}
