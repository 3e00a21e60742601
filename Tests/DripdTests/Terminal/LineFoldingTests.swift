import Testing

@testable import dripd

struct LineFoldingTests {
    @Test(arguments: [
        ("short", "short"),
        ("Error: nobody is known as this at all", "Error: nobody is known as this\n  at all"),
        ("people   12, enrollments under way 4 of 12", "people   12, enrollments under\n         way 4 of 12"),
        ("  09:15  hello  sent in the 24-hour window", "  09:15  hello  sent in the\n                24-hour window"),
        ("     │ Xin chào chị Lan, cảm ơn chị đã nhắn", "     │ Xin chào chị Lan, cảm\n     │ ơn chị đã nhắn"),
        // A command is copied as a whole.
        ("paused  2: `dripd people resume` or stop", "paused  2:\n        `dripd people resume`\n        or stop"),
        ("an open quotation ` in a longer line of it", "an open quotation ` in a\n  longer line of it"),
        // Nothing is between these but their own edges.
        ("田中さんは何も書いていないので待ちます", "田中さんは何も書いていないので\n  待ちます"),
        // An address cut in two is none.
        (
            "link  https://m.me/1577703145783617?ref=tiktok-tool", "link\nhttps://m.me/1577703145783617?ref=tiktok-tool"
        ),
    ])
    func `a line is folded between words, and goes on below its text`(_ line: String, _ folded: String) {
        #expect(LineFolding.lines(line, columns: 30).joined(separator: "\n") == folded)
    }

    @Test func `without a terminal, and on one that is too narrow, nothing is folded`() {
        let line = String(repeating: "word ", count: 100)
        #expect(LineFolding.lines(line, columns: nil) == [line])
        #expect(LineFolding.lines(line, columns: 10) == [line])
    }

    @Test func `what sets off a piece takes no cells, and what is too long is cut`() {
        let line = StyledLine([
            ("day 12", .dim), ("  Khách A  ", .plain), ("gets", .green), ("  Xin\u{1B} chào", .plain),
        ])
        #expect(line.text(columns: nil, hasColour: false) == #"day 12  Khách A  gets  Xin\u{1B} chào"#)
        #expect(
            line.text(columns: 20, hasColour: true)
                == "\u{1B}[2mday 12\u{1B}[0m  Khách A  \u{1B}[32mge…\u{1B}[0m"
        )
    }
}
