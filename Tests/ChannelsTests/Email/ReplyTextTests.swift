import DripCore
import Foundation
import Testing

@testable import Channels

/// What a person has written, without what their mail program adds.
@Suite struct ReplyTextTests {
    @Test(
        arguments: [
            ("", ""), ("  Dừng \n\n", "Dừng"), ("a\n\n\n\nb", "a\n\nb"), ("a\r\nb\rc", "a\nb\nc"),
            ("Dừng\n\nOn Mon, Nov 30, 2026, Shop <hi@shop.example> wrote:\n> Xin chào\n>\n> Bạn", "Dừng"),
            ("Dừng\n\nOn Mon, Nov 30, 2026 at 9:00 AM Shop\n<hi@shop.example> wrote:\n\n> Xin chào", "Dừng"),
            ("Dừng\n\nVào 09:00, Th 2, 30 thg 11, 2026 Shop <hi@shop.example>\nđã viết:\n\n> Xin chào", "Dừng"),
            // The mark of a quote is missing, as in text made of HTML.
            ("Dừng\nVào 30 thg 11, 2026 Shop đã viết:\nXin chào\nBạn", "Dừng"),
            // Below the quote.
            ("On Mon, Nov 30, 2026, Shop wrote:\n> Giá 100\n\nĐắt quá\n-- \nLan", "Đắt quá"),
            ("> Bạn khoẻ không?\nKhoẻ\n> Mua gì?\nGiày", "Khoẻ\nGiày"),
            ("On Monday I wrote:\nhello", "On Monday I wrote:\nhello"), ("Vào shop mua", "Vào shop mua"),
            ("Dừng\n--\nLan\n0912 345 678", "Dừng"), ("Dừng\n-- \nLan", "Dừng"),
            ("Dừng\n\n-----Original Message-----\nFrom: Shop", "Dừng"),
            ("Dừng\n\n________________________________\nFrom: Shop", "Dừng"),
            ("Dừng\n\nFrom: Shop <hi@shop.example>\nSent: Monday\nTo: Lan\nSubject: Xin chào\n\nBạn", "Dừng"),
            ("Dừng\n\n*Từ:* Shop\n*Đã gửi:* Thứ Hai\n*Tới:* Lan\n\nBạn", "Dừng"),
            ("From: the heart\nthanks", "From: the heart\nthanks"),
            ("Dừng\n\nSent from my iPhone", "Dừng"), ("Dừng\n\nĐã gửi từ iPhone của tôi", "Dừng"),
            ("Dừng\n\nGet Outlook for iOS", "Dừng"), ("Được gửi từ điện thoại Samsung", ""),
            ("Hàng gửi đâu?\nGửi từ Hà Nội nhé", "Hàng gửi đâu?\nGửi từ Hà Nội nhé"),
            ("a\u{0}b\u{1b}[31mc\u{feff}\u{9b}d", "ab[31mcd"), ("\u{7f}", ""),
        ]
    )
    func `quotes and signatures are left out`(_ text: String, _ written: String) {
        #expect(ReplyText.written(in: text) == written)
        // Telephones of some makers write decomposed Vietnamese.
        let composed = ReplyText.written(in: text.decomposedStringWithCanonicalMapping)
        #expect(composed.unicodeScalars.elementsEqual(written.unicodeScalars))
    }

    @Test func `a long text is cut, and read in bounded time`() {
        #expect(ReplyText.written(in: String(repeating: "a", count: 30_000)).unicodeScalars.count == 20_000)
        #expect(ReplyText.written(in: String(repeating: "a\u{301}", count: 100_000)).unicodeScalars.count == 20_000)
        for line in [
            "On 1\n", "On 1 wrote:\n\n\n\n>\n", ">\n", "From: a\nTo: b\n", "a \u{300}\n", "\n", "-- a\n", "_\n",
        ] {
            _ = ReplyText.written(in: String(repeating: line, count: 500_000 / line.utf8.count))
        }
    }

    @Test(
        arguments: [
            ("<p>D&#7915;ng</p>", "Dừng"), ("<div>D&#x1EEB;ng l&#X1ea1;i</div>", "Dừng lại"),
            ("Ch&agrave;o b&#7841;n, c&oacute; &lt;3 &amp; &quot;x&quot;&nbsp;y", "Chào bạn, có <3 & \"x\" y"),
            ("a<br>b<BR/>c<p>d</p>e", "a\nb\nc\nd\ne"), ("a\n  b\t c", "a b c"),
            ("<html><head><title>T</title><style>p{a:b}</style></head><body>x<script>if(a<b){}</script>y</body>", "xy"),
            ("Dừng<blockquote>a<blockquote>b</blockquote>c</blockquote>", "Dừng"), ("a</blockquote>b", "a\nb"),
            ("a<!-- x > <b> -->b<!DOCTYPE x>c<?xml y?>d", "abcd"), ("<a title=\"a > b\" href='>'>x</a>", "x"),
            ("<p title=it's>x</p>", "x"),
            ("1 < 2 & 3 &unknown; &#; &#x110000; &#55296; &;", "1 < 2 & 3 &unknown; &#; &#x110000; &#55296; &;"),
            ("a<b", "a"), ("<", "<"), ("&", "&"), ("<!--", ""), ("a<blockquote>b", "a"), ("<style>a", ""),
        ]
    )
    func `the text of HTML`(_ html: String, _ text: String) {
        #expect(ReplyText.written(in: HTMLText.text(of: Array(html.utf8))) == text)
    }

    @Test func `HTML is read in bounded time`() {
        for piece in [
            "<a", "<", "&", "<a href=\"", "<!--", "<blockquote>", "<style>", "<p>", "&amp", "<a>", " ", "\u{300}",
        ] {
            let html = String(repeating: piece, count: 200_000 / piece.utf8.count)
            _ = ReplyText.written(in: HTMLText.text(of: Array(html.utf8)))
        }
    }
}
