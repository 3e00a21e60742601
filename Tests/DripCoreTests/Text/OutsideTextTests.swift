import Testing

@testable import DripCore

/// What is kept of a text that a stranger wrote.
@Suite struct OutsideTextTests {
    @Test(arguments: [
        ("", 3, ""), ("abc", 3, "abc"), ("abcd", 3, "abc"), ("Nguyễn Thị Lan", 100, "Nguyễn Thị Lan"), ("ềệ", 1, "ề"),
        ("a👨‍👩‍👧b", 4, "a👨‍👩"),
    ])
    func `a text is cut by scalars`(text: String, most: Int, kept: String) {
        #expect(OutsideText.bounded(text, scalars: most) == kept)
    }

    @Test(arguments: ["\u{301}\u{323}", "\u{F73}", "e\u{301}\u{323}", "\u{20D0}", "\u{E0100}\u{301}"])
    func `of marks in a row thirty are kept at most`(piece: String) {
        let text = "a" + String(repeating: piece, count: 50_000) + "b"
        let kept = OutsideText.bounded(text, scalars: 4_000)
        var (marks, most) = (0, 0)
        for scalar in kept.unicodeScalars {
            marks = scalar.isMark ? marks + 1 : 0
            most = max(most, marks)
        }
        #expect(most <= 30)
        #expect(kept.unicodeScalars.count <= 4_000)
    }

    @Test func `what follows marks that were left out is kept`() {
        let text = "stop" + String(repeating: "\u{301}", count: 100) + " now"
        #expect(OutsideText.bounded(text, scalars: 1_000) == "stop" + String(repeating: "\u{301}", count: 30) + " now")
    }

    @Test(arguments: [
        (" Lan ", "Lan"), ("", ""), (" \n\u{3000}", ""),
        ("N\u{1b}[2J\u{202e}guyen\u{2069}", "N [2Jguyen"), ("Lan\nAnh\u{0}", "Lan Anh"), ("علي\u{200f}", "علي\u{200f}"),
        (String(repeating: "a", count: 5_000), String(repeating: "a", count: 100)),
        (String(repeating: "ề", count: 150), String(repeating: "ề", count: 100)),
        (String(repeating: "👨‍👩‍👧", count: 150), String(repeating: "👨‍👩‍👧", count: 80)),
        (String(repeating: "e\u{323}\u{302}", count: 150), String(repeating: "e\u{323}\u{302}", count: 100)),
        (String(repeating: " ", count: 10_000) + "Lan", ""),
    ])
    func `a name is cut between two characters`(name: String, kept: String) {
        #expect(OutsideText.name(name) == kept)
    }

    @Test(arguments: ["👨\u{200D}", "🇻", "\u{1100}", "a\u{301}", "\u{200B}"])
    func `a name has a bound, whatever one character of it has`(piece: String) {
        let name = OutsideText.name(String(repeating: piece, count: 50_000))
        #expect(name.unicodeScalars.count <= 400)
        #expect(name.count <= 100)
    }

    @Test(arguments: [
        ("<b>&'\"", "&lt;b&gt;&amp;&#39;&quot;"), ("&amp;", "&amp;amp;"), ("Chào 🌸", "Chào 🌸"), ("", ""),
        // One character, and two scalars.
        ("\"\u{301}", "&quot;\u{301}"), ("<\u{338}", "&lt;\u{338}"), ("&\u{20DD}", "&amp;\u{20DD}"),
    ])
    func `text is escaped for markup by scalars`(text: String, escaped: String) {
        #expect(text.escapedForMarkup.unicodeScalars.elementsEqual(escaped.unicodeScalars))
    }

    @Test(arguments: [
        ("a\nb\r\n\tc", "a b   c"), ("\u{202E}abc\u{202C}", "abc"), ("\u{85}", " "), ("Lan", "Lan"),
    ])
    func `a single line turns no text after it`(text: String, line: String) {
        #expect(OutsideText.singleLine(text) == line)
    }
}
