import TestSupport
import Testing

@testable import DripCore

/// What a message says about further messages.
@Suite struct OptOutReadingTests {
    @Test(arguments: [
        "STOP", " Stop. ", "Stop!!!", "STOPALL", "stop all", "opt out", "OPTOUT", "opt-out", "revoke", "quit", "cancel",
        "end",
        "unsubscribe", "Dừng", "DỪNG LẠI", "dừng gửi tin", "hủy", "huỷ", "hủy đăng ký", "tu choi", "TC", "ngừng",
        "/stop",
        "stop nhé, cảm ơn", "stop\u{200B}", "Dừng.", "dừng  nhận tin", "dừng\u{A0}nhận tin", "STOP\u{200D}",
        "Hủy Ðăng Ký",
        "hủy đăng kí", "huỷ đăng kí", "huy dang ky", "huy dang ki", "khong nhan tin", "dừng nhắn tin", "stop stop",
        "dừng dừng dừng", "Stop. Thank you", "stop please", "Please stop", "vui lòng dừng nhận tin", "xin hãy dừng",
        "shop ơi dừng nhắn tin nhé", "ＳＴＯＰ", "𝐒𝐓𝐎𝐏", "s\u{34F}top", "\u{202E}stop\u{202C}", "STOP 🙏", "Stop ❤️",
        "*stop*",
        "\"stop\"", "(stop)", "#stop", "stop :(", "STOP STOP STOP!!!", "dư\u{300}ng", "ngưng nhắn tin",
        "đừng nhắn nữa", "đừng nhắn tin cho tôi nữa", "Đừng nhắn tin cho mình nữa nhé", "em không muốn nhận tin nữa ạ",
        "không nhận tin nữa", "ko nhan tin nua", "tôi muốn dừng nhận tin", "thôi đừng nhắn nữa", "hủy hủy",
        "don't message me",
        "Don’t text me please", "stop, dừng", "ngung nhan tin", "dừng nhan tin", "từ chối nhận tin", "hủy theo dõi",
        "arrêt",
    ])
    func `nothing more`(text: String) {
        #expect(OptOut.standard.reading(of: Phrase(text)) == .stop)
    }

    @Test(arguments: [
        "dung", "Huy", "huy", "HUY!", "thoi", "thôi", "Thôi ạ", "Please stopppp", "Stpo", "STOP 12345", "S T O P",
        "s.t.o.p",
        "🛑", "🛑!", "dung nhan tin cho toi nua", "dung nhan tin", "dung lai", "dừngggg", "stop?", "hủy nhé",
        "hủy giúp em",
        "cancel please", "huy bo", "dừng được không", "em dừng", "I want to stop", "unsubcribe", "STOOOOP",
        "stop start", "ngung",
        "dung dung",
    ])
    func `unclear`(text: String) {
        #expect(OptOut.standard.reading(of: Phrase(text)) == .ask)
    }

    @Test(arguments: [
        "START", "start.", "Unstop", "nhận tin", "Nhận tin nhé", "đăng ký nhận tin", "dang ky nhan tin", "đăng kí lại",
        "muốn nhận tin", "Bắt đầu",
    ])
    func `messages again`(text: String) {
        #expect(OptOut.standard.reading(of: Phrase(text)) == .resume)
    }

    @Test(arguments: [
        "Đúng", "dùng", "Dũng", "hủy đơn hàng 123 giúp em", "hủy 123", "We have got to STOP this bill", "nonstop",
        "Em tên Dung",
        "Em tên Huy ạ", "anh Huy", "Huy ạ", "dung ạ", "dung roi", "", " ", "!!!", "?", "❤️", "dừng ở đâu vậy shop",
        "don't stop",
        "xin chào", "shop", "Shop?", "step", "top", "thôi để em xem", "không", "ok", "cảm ơn shop", "12345", "nhan tin",
        "start?", "Huyền", "the end of the story", "dừng đèn đỏ", "stop smoking tips", "\u{200B}", "🛒",
        "Chào shop, mình cần tư vấn",
        "bus stop", "stop " + String(repeating: "nhé ", count: 20),
    ])
    func `nothing about them`(text: String) {
        #expect(OptOut.standard.reading(of: Phrase(text)) == OptOut.Reading.none)
    }

    @Test func `words of the configuration`() {
        let more = OptOut.standard.adding(["thôi", "Đủ rồi", "🛑", "đừng làm phiền tôi"])
        let texts = ["thôi", "đủ rồi nhé", "🛑", "STOP", "du roi", "thoi", "dung lam phien toi", "huy"]
        #expect(texts.map { more.reading(of: Phrase($0)) } == [.stop, .stop, .stop, .stop, .stop, .ask, .ask, .ask])
        let own = OptOut.only(["thôi", "không cần nữa"])
        #expect(
            ["Thôi!", "khong can nua", "thôiiii", "STOP", "huy", "🛑", "START"].map { own.reading(of: Phrase($0)) }
                == [.stop, .stop, .ask, .none, .none, .none, .resume]
        )
    }

    @Test func `which words a message can say`() {
        #expect(["dừng", "🛑", "một hai ba"].allSatisfy(OptOut.isPhrase))
        let long = String(repeating: "a ", count: 13)
        #expect(!["", "\u{200B}", long, String(repeating: "a", count: 2000)].contains(where: OptOut.isPhrase))
    }

    @Test(arguments: ["stop ", "s", "s ", "dừng", "🛑", "\u{301}", "o\u{300}"])
    func `a text of any length`(piece: String) {
        let text = String(repeating: piece, count: 100_000)
        _ = OptOut.standard.reading(of: Phrase(text, mostScalars: Phrase.longestMessage))
    }
}
