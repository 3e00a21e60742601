import Testing

@testable import DripCore

struct TextTemplateParsingTests {
    private func segments(_ text: String) throws -> [TextTemplate.Segment] {
        try TextTemplate(parsing: text).segments
    }

    private func errors(_ text: String) -> [String] {
        TextTemplate.Parsed(text).errors.map { "\($0.scalarOffset): \($0.what)" }
    }

    @Test func `variables, fallbacks, word lists and plain text`() throws {
        #expect(
            try segments(#"{{Chào|Xin chào}} {{ full_name , default: "bạn" }}, {{city}}!"#) == [
                .words(["Chào", "Xin chào"]), .literal(" "), .variable(name: "full_name", fallback: "bạn"),
                .literal(", "), .variable(name: "city", fallback: nil), .literal("!"),
            ]
        )
    }

    @Test func `text without braces is one piece, and no text is none`() throws {
        #expect(try segments("Chào } bạn { nhé }}") == [.literal("Chào } bạn { nhé }}")])
        #expect(try segments("") == [])
    }

    @Test func `a backslash before the braces makes them plain, and no other backslash is special`() throws {
        #expect(try segments(#"\{{city}} \n \\{{city}}"#) == [.literal(#"{{city}} \n \{{city}}"#)])
    }

    @Test func `a word list may hold an empty word, and quotation marks`() throws {
        #expect(try segments(#"{{ạ|}}{{"a"|b}}"#) == [.words(["ạ", ""]), .words([#""a""#, "b"])])
    }

    @Test func `a bar or braces within quotation marks belong to the fallback`() throws {
        #expect(
            try segments(#"{{city, default: "a|b }} {{c"}}"#) == [.variable(name: "city", fallback: "a|b }} {{c")]
        )
    }

    @Test func `names in Vietnamese are names in either form of Unicode`() throws {
        let (composed, decomposed) = ("{{th\u{e0}nh_ph\u{1ed1}}}", "{{tha\u{300}nh_pho\u{302}\u{301}}}")
        #expect(try segments(composed) == [.variable(name: "thành_phố", fallback: nil)])
        #expect(try segments(decomposed) == segments(composed))
    }

    @Test(arguments: [
        ("Chào {{full_name", "5: '{{' without '}}' before the end of the line or the next '{{'"),
        ("a {{city\n}} b", "2: '{{' without '}}' before the end of the line or the next '{{'"),
        (#"{{city, default: "bạn}}"#, "0: a quotation mark that is not closed"),
        ("{{}}", "0: '{{…}}' without a name"),
        ("{{ , default: \"a\"}}", "0: '{{…}}' without a name"),
        ("{{|}}", "0: a word list without words"),
        (
            "e\u{302}\u{301} {{full name}}",
            "4: 'full name' is neither a variable's name (letters, digits and '_') nor "
                + "a word list (words with '|' between)"
        ),
        (
            "{{1st}}",
            "0: '1st' is neither a variable's name (letters, digits and '_') nor a word list "
                + "(words with '|' between)"
        ),
        ("{{city, bạn}}", #"0: after 'city,' a fallback is expected: {{city, default: "…"}}"#),
        ("{{city, default: bạn}}", #"0: after 'city,' a fallback is expected: {{city, default: "…"}}"#),
        (#"{{city, default: "a" "b"}}"#, #"0: after 'city,' a fallback is expected: {{city, default: "…"}}"#),
    ])
    func `what is not understood, and where`(text: String, error: String) {
        #expect(errors(text) == [error])
        #expect(throws: TextTemplate.SyntaxError.self) { try TextTemplate(parsing: text) }
    }

    @Test func `all faults of a text are found, and what is right between them`() {
        let parsed = TextTemplate.Parsed("{{}} {{city}} {{Chào {{a|b}}|Xin chào}} {{x, y}}")
        #expect(parsed.errors.map(\.scalarOffset) == [0, 14, 40])
        #expect(parsed.openVariables == [TextTemplate.OpenVariable(name: "city", scalarOffset: 5)])
    }
}
