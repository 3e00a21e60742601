import Testing

@testable import WebServer

@Suite struct MarkupTests {
    @Test(arguments: [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        (#"" onfocus="alert(1)"#, "&quot; onfocus=&quot;alert(1)"),
        ("' onfocus='alert(1)", "&#39; onfocus=&#39;alert(1)"),
        ("&lt;", "&amp;lt;"),
        // A quote and the accent after it are one character.
        ("\"\u{301} onfocus=alert(1)", "&quot;\u{301} onfocus=alert(1)"),
        ("<\u{338}b>", "&lt;\u{338}b&gt;"),
        ("a\nb\r\nc\td\u{0}", "a b  c d "),
        ("\u{202E}moc.live\u{202C} \u{2067}x\u{2069}", "moc.live x"),
        ("Mỹ phẩm 🌸", "Mỹ phẩm 🌸"),
    ])
    func `interpolated text is only text`(text: String, html: String) {
        let markup: Markup = "<p title=\"\(text)\">\(text)</p>"
        #expect(markup.html == "<p title=\"\(html)\">\(html)</p>")
    }

    @Test func `interpolated markup stays markup`() {
        let name: Markup = "<b>\("<i>")</b>"
        #expect(("<p>\(name)</p>" as Markup).html == "<p><b>&lt;i&gt;</b></p>")
    }

    @Test func `a part that is not there leaves no empty line`() {
        #expect(Markup.lines(["<a>", nil, "<b>"]).html == "<a>\n<b>")
    }
}
