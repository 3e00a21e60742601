import DripCore
import Testing

@testable import Channels

/// What became of a message, by what the server said.
@Suite struct SMTPDialogTests {
    /// - Parameter lines: `>` begins what dripd sends, `<` what the server sends.
    private func answer(_ lines: String..., failure: String? = nil) -> MailAnswer {
        var dialog = SMTPDialog()
        for line in lines {
            if line.hasPrefix("> ") {
                dialog.sends(String(line.dropFirst(2)))
            } else {
                dialog.receives(String(line.dropFirst(2)))
            }
        }
        return dialog.answer(failure: failure)
    }

    @Test func `it is taken once the server has said so after the message`() throws {
        let reply = try #require(SMTPReply(lines: ["250 2.0.0 Ok: queued as ABC123"]))
        #expect(
            answer(
                "< 220 mail.example",
                "> EHLO x",
                "< 250-mail.example",
                "< 250 SIZE 100",
                "> MAIL FROM:<a@b.vn>",
                "< 250 2.1.0 Ok",
                "> RCPT TO:<c@d.vn>",
                "< 250 2.1.5 Ok",
                "> DATA",
                "< 354 go on",
                "< 250 2.0.0 Ok: queued as ABC123"
            ) == .accepted(reply)
        )
    }

    @Test func `it is in doubt if the connection ends after the message, and only then`() {
        let start = [
            "< 220 x", "> EHLO x", "< 250 x", "> MAIL FROM:<a@b.vn>", "< 250 Ok", "> RCPT TO:<c@d.vn>", "< 250 Ok",
            "> DATA",
        ]
        func after(_ lines: [String]) -> MailAnswer {
            var dialog = SMTPDialog()
            for line in start + lines {
                if line.hasPrefix("> ") {
                    dialog.sends(String(line.dropFirst(2)))
                } else {
                    dialog.receives(String(line.dropFirst(2)))
                }
            }
            return dialog.answer(failure: "cut")
        }
        #expect(after(["< 354 go on"]) == .inDoubt(why: "cut"))
        #expect(after(["< 354 go on", "< 250-not the end"]) == .inDoubt(why: "cut"))
        #expect(after(["< 354 go on", "< 354 go on"]) == .inDoubt(why: "cut"))
        #expect(after(["< 354 go on", "< 221 closing"]) == .inDoubt(why: "cut"))
        #expect(after([]) == .unsent(why: "cut"))
        #expect(after(["< 35"]) == .unsent(why: "cut"))
    }

    @Test func `a refusal is one, whatever libcurl calls it`() throws {
        let unknown = answer(
            "< 220 x",
            "> EHLO x",
            "< 250 x",
            "> MAIL FROM:<a@b.vn>",
            "< 250 Ok",
            "> RCPT TO:<c@d.vn>",
            "< 550 5.1.1 unknown",
            failure: "RCPT failed: 550"
        )
        #expect(unknown == .refused(Refusal(meaning: .person, code: "550 5.1.1", message: "unknown", retryAfter: nil)))
        let spam = answer("< 220 x", "> DATA", "< 354 go on", "< 550 5.7.1 spam", failure: "Weird server reply")
        #expect(spam == .refused(Refusal(meaning: .message, code: "550 5.7.1", message: "spam", retryAfter: nil)))
        #expect(
            answer("< 554 no", failure: "Weird server reply")
                == .refused(Refusal(meaning: .page, code: "554", message: "no", retryAfter: nil))
        )
    }

    /// Measured with libcurl 7.88.1: it sends QUIT after a refused recipient, and waits for the answer.
    @Test func `the answer to QUIT says nothing about the message`() {
        let unknown = answer(
            "> RCPT TO:<c@d.vn>",
            "< 550 5.1.1 unknown",
            "> QUIT",
            "< 221 2.0.0 Bye",
            failure: "RCPT failed: 550"
        )
        #expect(unknown == .refused(Refusal(meaning: .person, code: "550 5.1.1", message: "unknown", retryAfter: nil)))
        #expect(answer("> QUIT", "< 221 2.0.0 Bye", failure: "cut") == .unsent(why: "cut"))
        for farewell in ["250 2.0.0 Bye", "421 4.7.0 too many errors", "500 5.5.2 unknown command"] {
            let refused = answer("> RCPT TO:<c@d.vn>", "< 550 5.1.1 unknown", "> QUIT", "< \(farewell)", failure: "550")
            #expect(refused == unknown, "\(farewell)")
        }
        // The continuation of AUTH is base64.
        #expect(
            answer("> AUTH PLAIN", "< 334 ", "> QUITAAAA", "< 535 no", failure: "Login denied")
                == .refused(Refusal(meaning: .page, code: "535", message: "no", retryAfter: nil))
        )
    }

    @Test func `without a word of the server it was not sent`() {
        #expect(answer(failure: "Could not resolve host") == .unsent(why: "Could not resolve host"))
        #expect(answer("< garbage", failure: "Weird server reply") == .unsent(why: "Weird server reply"))
    }
}
