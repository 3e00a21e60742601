import Testing

@testable import dripd

struct TextWidthTests {
    @Test(arguments: [
        ("", 0),
        ("Lan", 3),
        ("Nguyễn Thị Bưởi", 15),
        // The same accents as marks of their own.
        ("Bu\u{31B}o\u{31B}\u{309}i", 4),
        ("田中", 4),
        ("ｶﾅ", 2),
        ("Ａ１", 4),
        ("한국", 4),
        // Korean written letter by letter.
        ("\u{1112}\u{1161}\u{11AB}", 2),
        ("、。", 4),
        ("😀", 2),
        ("👍🏽", 2),
        ("👩‍👩‍👧‍👦", 2),
        ("🇻🇳", 2),
        ("❤️", 2),
        // Without the mark that makes an emoji of it.
        ("❤", 1),
        ("1️⃣", 2),
        ("🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", 2),
        ("ไทย", 3),
        ("ที่", 1),
        ("café", 4),
        ("𠀀", 2),
        ("…—–×", 4),
        ("█░", 2),
    ])
    func `cells of a terminal`(_ text: String, _ width: Int) {
        #expect(TextWidth.of(text) == width)
    }

    @Test(arguments: [
        ("Lan", 3, "Lan"), ("Nguyễn", 4, "Ngu…"), ("田中さん", 8, "田中さん"), ("田中さん", 7, "田中さ…"),
        ("田中さん", 6, "田中…"), ("Lan", 1, "…"), ("Lan", 0, ""), ("👩‍👩‍👧‍👦👍", 3, "👩‍👩‍👧‍👦…"),
    ])
    func `a cut is between characters, and ends with an ellipsis`(_ text: String, _ width: Int, _ cut: String) {
        #expect(text.cut(to: width) == cut)
    }
}
