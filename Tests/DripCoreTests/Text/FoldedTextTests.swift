import Testing

@testable import DripCore

/// What counts and what does not where texts are compared that people typed.
@Suite struct FoldedTextTests {
    @Test(arguments: [
        ("Đã share", "đã share"), ("ĐÃ SHARE", "đã share"), ("\u{110}a\u{303} share", "đã share"),
        ("Đã  share", "đã share"), ("Đã\u{A0}share", "đã share"), (" \tĐã \n share\u{3000}", "đã share"),
        ("Đã share\u{200B}", "đã share"), ("\u{202A}Đã share\u{202C}", "đã share"), ("Đã sh\u{AD}are", "đã share"),
        ("Ðã share", "đã share"), ("Ɖã share", "đã share"), ("ðã share", "đã share"),
        ("ＳＴＯＰ", "stop"), ("𝐒𝐭𝐨𝐩", "stop"), ("STOP\u{200D}", "stop"), ("st\u{FEFF}op", "stop"), ("s\u{34F}top", "stop"),
        ("hoà", "hòa"), ("hòa", "hòa"), ("hoa\u{300}", "hòa"), ("huỷ", "hủy"), ("HUỶ", "hủy"), ("thuý", "thúy"),
        ("khoẻ", "khỏe"), ("ký", "kí"), ("LÝ", "lí"), ("mỹ", "mĩ"), ("quý", "quí"), ("quí", "quí"), ("hùynh", "hùynh"),
        ("huỳnh", "hùynh"), ("❤️", "❤"), ("❤", "❤"), ("I’m in", "i'm in"), ("“a”", "\"a\""), ("a–b", "a-b"),
        ("wait…", "wait..."), ("１２３", "123"), ("", ""), ("   ", ""), ("\u{200B}\u{FE0F}", ""), ("\u{2800}", ""),
        ("ﬁne", "fine"), ("İ", "i\u{307}"), ("ạ\u{301}", "ạ\u{301}"),
        ("e\u{302}\u{301}", "ế"), ("du\u{31B}\u{300}ng", "dừng"),
    ])
    func `case, form, spaces, what shows nothing and where a tone stands do not count`(text: String, folded: String) {
        #expect(String(decoding: FoldedText(text, mostScalars: 100).bytes, as: UTF8.self) == folded)
    }

    @Test(arguments: [
        ("đúng", "dùng"), ("dừng", "dung"), ("hủy", "huy"), ("Đã share", "Da share"), ("ma", "mà"), ("my", "mi"),
        ("c#", "c"), ("+1", "1"), ("a b", "ab"), ("đã", "dã"),
    ])
    func `letters and their marks do`(left: String, right: String) {
        #expect(Phrase(left) != Phrase(right))
    }

    @Test(arguments: [
        "Đã share!", "\"Đã share\"", "(đã share)", "Đã share...", "- Đã share -", "Đã share ?!", "*Đã share*",
    ])
    func `punctuation around a phrase does not`(text: String) {
        #expect(Phrase(text) == Phrase("Đã share"))
        #expect(Phrase(text).hashValue == Phrase("Đã share").hashValue)
    }

    @Test(arguments: [
        ("❤️", "đẹp ❤ quá", true), ("❤", "❤️❤️", true), ("Đã share", "mình ĐÃ  SHARE rồi", true),
        ("Đã share!", "đã share", true),
        ("Đã\u{A0}share", "Ðã share ạ", true), ("C#", "học C ở đâu", false), (":D", "đẹp dã man", false),
        ("!", "!", true),
        ("!", "a", false), ("\u{200B}", "bất kỳ", false), ("đúng", "dùng thử", false), ("aab", "aaaab", true),
    ])
    func `what a comment contains`(keyword: String, comment: String, isContained: Bool) {
        #expect(Phrase(keyword).isContained(in: Phrase(comment)) == isContained)
    }

    @Test func `without marks`() {
        #expect(FoldedText.withoutMarks("hủy đăng kí Đ") == "huy dang ki D")
    }

    @Test func `what is longer is cut, and equals nothing`() {
        let long = Phrase(String(repeating: "a", count: 2000), mostScalars: 1000)
        #expect(long.folded.isCut && long.folded.bytes.count == 1000)
        #expect(long != long)
        #expect(!Phrase(String(repeating: " ", count: 5000) + "stop", mostScalars: 10).folded.isCut)
    }

    /// Normalisation sorts a row of marks, which takes its length squared.
    @Test func `a row of marks is bounded before it is normalised`() {
        let marks = String(repeating: "\u{301}\u{323}", count: 200_000)
        let folded = FoldedText("stop" + marks, mostScalars: 1000)
        #expect(!folded.isCut && folded.bytes.count < 20)
        #expect(FoldedText(String(repeating: "\u{FDFA}", count: 50_000), mostScalars: 1000).isCut)
    }
}
