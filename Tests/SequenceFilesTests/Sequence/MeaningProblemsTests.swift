import DripCore
import Testing

@testable import SequenceFiles

/// Files that are right by their form, and mean something else than their author thinks.
struct MeaningProblemsTests {
    // MARK: Variables as other programs write them

    @Test(arguments: [
        (
            #"Chào {{ first_name | default: "bạn" }}, shop gửi bạn"#, 5, #"{{ first_name | default: "bạn" }}"#,
            #"{{first_name, default: "bạn"}}"#
        ),
        ("Chào {{full_name|bạn}} ơi", 5, "{{full_name|bạn}}", #"{{full_name, default: "bạn"}}"#),
        ("{{ user.first_name | upcase }}", 0, "{{ user.first_name | upcase }}", #"{{first_name, default: "bạn"}}"#),
        ("A {{name|anh chị}}", 2, "{{name|anh chị}}", #"{{full_name, default: "anh chị"}}"#),
        ("{{Chào|Hi}} {{bạn | default: 'x'}}", 12, "{{bạn | default: 'x'}}", #"{{first_name, default: "x"}}"#),
        ("{{anh|last_name}}", 0, "{{anh|last_name}}", #"{{last_name, default: "bạn"}}"#),
    ])
    func `a word list that was meant as a variable`(text: String, offset: Int, braces: String, way: String) {
        let content = String(braces.dropFirst(2).dropLast(2)).trimmed
        #expect(
            problems(Self.block(text))
                == "a.yaml:7:\(offset + 7): error: '{{\(content)}}' is a list of words, and each person gets "
                + "one of them: write a variable with a fallback as \(way)"
        )
    }

    @Test(arguments: [
        ("Chào {first_name}!", 5, "{first_name}", "{", "first_name"),
        ("Chào #{FULL_NAME}", 6, "{FULL_NAME}", "{", "full_name"),
        ("${last name}", 1, "{last name}", "{", "last_name"), ("A {name}", 2, "{name}", "{", "full_name"),
        ("%first_name% ơi", 0, "%first_name%", "%", "first_name"), ("[first_name]", 1, "first_name", "", "first_name"),
        ("<<full_name>>", 2, "full_name", "", "full_name"), ("Chào {tên}", -1, "", "", ""),
    ])
    func `a variable in other brackets`(text: String, offset: Int, written: String, bracket: String, name: String) {
        guard offset >= 0 else {
            #expect(
                problems(Self.block(text))
                    == #"a.yaml:7:12: warning: people would get '{tên}' unchanged: write the variable as {{first_name, default: "bạn"}}"#
            )
            return
        }
        #expect(
            problems(Self.block(text))
                == "a.yaml:7:\(offset + 7): error: people would get '\(written)' unchanged: write the "
                + "variable as {{\(name), default: \"bạn\"}}"
        )
    }

    @Test func `a condition of Liquid`() {
        let said = problems(
            Self.block("{% if first_name != blank %}Chào {{first_name, default: \"b\"}}{% else %}Chào{% endif %}")
        )
        let cause =
            "'{% … %}' is another program's syntax, and people would get it unchanged: set 'only_if' to choose who gets a "
            + "step, and write a variable with a fallback as {{first_name, default: \"bạn\"}}"
        #expect(
            said == [7, 68, 82].map { "a.yaml:7:\($0): error: \(cause)" }.joined(separator: "\n")
        )
    }

    @Test(arguments: [
        ("{{first name}}", "first name", "first_name"), ("{{ {first_name} }}", "{first_name", "first_name"),
        ("{{user.full_name}}", "user.full_name", "full_name"),
        ("{{first_name ?? 'bạn'}}", "first_name ?? 'bạn'", "first_name"),
    ])
    func `braces that are not understood say what was meant`(text: String, content: String, name: String) {
        #expect(
            problems(Self.block(text)).hasSuffix("; did you mean '{{\(name), default: \"bạn\"}}'?"),
            "\(problems(Self.block(text)))"
        )
    }

    @Test(arguments: ["{{page_user_name}}", "{{FIRST_NAME, default: \"a\"}}", "{{customer_name}}"])
    func `a variable that only another program fills`(text: String) {
        let said = problems(Self.block(text))
        #expect(said.hasPrefix("a.yaml:7:7: warning: no person has a variable '"), "\(said)")
        #expect(said.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        "{{Chào|Xin chào|Hi}} bạn", "{{Zalo|email}} cho shop", "{{Email|Zalo}} hay {{tên|họ tên}}",
        #"Viết \{{first_name}} hay \{{a|default: "b"}}"#,
        "Giảm 50% hôm nay, 20% ngày mai", "Nhắn [tên] và <sđt>", "https://example.com/?first_name=x", "{Ưu đãi} {1}",
        #"{{first_name, default: "bạn"}}"#, #"{{city, default: "Huế"}}"#, "tên của bạn, name, e-mail", "{{a|b}}{",
        "100%",
    ])
    func `texts that are as they are meant`(text: String) {
        #expect(problems(Self.block(text)) == "")
    }

    @Test func `a title of a button has no variables, in whatever brackets`() {
        let file = """
            sequence: a
            start: [manual]
            steps:
              - {step: x, after: 1 h, text: x, buttons: [{title: "Chào {name}", stop: true}]}
            """
        #expect(
            problems(file)
                == #"a.yaml:4:54: error: variables work only in 'text', and people would get '{name}' unchanged: write "#
                + #"the variable as {{full_name, default: "bạn"}}"#
        )
    }

    @Test func `a version that was in force stays usable`() {
        let bytes = Array(Self.block("Chào {{full_name|bạn}}").utf8)
        #expect(SequenceFolder.sequence(of: bytes, path: "a.yaml") != nil)
        #expect(SequenceReader(bytes: bytes, path: "a.yaml").sequence == nil)
    }

    // MARK: Comments

    @Test func `a text that ends at a hashtag`() {
        let file = """
            sequence: a
            title: Mùa hè #1
            start:
              - message: Đã share #minigame
              - ref: abc  #zalo
            steps:
              - step: x
                after: 15 min # einmal
                text: Đặng kèm
                  hashtag #minigame và số nhà #12
                only_if: {tag: vip} #vip
            """
        func said(_ place: String, _ word: String) -> String {
            "a.yaml:\(place): warning: the text ends before '#\(word)', which is a comment to YAML: put the text in quotes, or "
                + "write the comment as '# \(word)'"
        }
        #expect(
            problems(file)
                == [
                    said("2:15", "1"), said("4:23", "minigame"), said("5:15", "zalo"), said("10:15", "minigame"),
                ].joined(separator: "\n")
        )
    }

    @Test(arguments: ["text: 'Giá #1'", "text: Giá# 1#2", "text: |\n      Giá #1", "text: Giá # 1", "text: \"a\" #b"])
    func `a hash that cuts nothing off`(line: String) {
        #expect(problems(Self.step(line)) == "")
    }

    @Test func `a hashtag within braces`() {
        #expect(
            problems("sequence: a\nstart: [manual]\nsteps:\n  - {step: x, after: 1 h, text: Giá #1}\n")
                == "a.yaml:4:37: error: YAML reads everything from '#' on as a comment: put the text in quotes"
        )
    }

    // MARK: Characters

    @Test(arguments: [
        ("“Đã share”", "U+201C (left double quotation mark)"), ("Đã share”", "U+201D (right double quotation mark)"),
        ("‘Đã share’", "U+2018 (left single quotation mark)"),
        ("«Đã share»", "U+00AB (left-pointing double angle quotation mark)"),
        ("„Đã share“", "U+201E (double low-9 quotation mark)"),
    ])
    func `quotation marks of a word processor around a phrase`(phrase: String, mark: String) {
        #expect(
            problems("sequence: a\nstart:\n  - message: \(phrase)\nsteps:\n  - {step: x, after: 1 h, text: x}\n")
                == "a.yaml:3:14: error: 'message' begins or ends with \(mark), which YAML takes as part of the text: write \" or "
                + "leave it out"
        )
    }

    @Test(arguments: [
        ("Đã\u{200B} share", "U+200B (zero width space)"),
        ("\u{202A}Đã share\u{202C}", "U+202A (left-to-right embedding)"),
        ("Đã share\u{AD}", "U+00AD (soft hyphen)"), ("Đã share\u{200D}", "U+200D (zero width joiner)"),
        ("Đã\u{2060} share", "U+2060 (word joiner)"), ("Đã\u{3164}share", "U+3164 (hangul filler)"),
    ])
    func `characters in a phrase that nobody types`(phrase: String, name: String) {
        #expect(
            problems("sequence: a\nstart:\n  - message: [x, \(phrase)]\nsteps:\n  - {step: x, after: 1 h, text: x}\n")
                == "a.yaml:3:18: error: a message holds \(name), which people do not type: delete it"
        )
    }

    @Test(arguments: ["❤️", "👩‍👧 mẹ và bé", "Đã share 👍🏽", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "Tôi muốn “combo” nhé", "chị Lan's"])
    func `emoji and marks within a phrase are as people type them`(phrase: String) {
        #expect(
            problems("sequence: a\nstart:\n  - message: \(phrase)\nsteps:\n  - {step: x, after: 1 h, text: x}\n") == ""
        )
    }

    @Test func `ids, refs and tags name what cannot be seen in them`() {
        let file = """
            sequence: a
            start:
              - ref: “abc”
              - tag: vip\u{200B}
              - frist_message\u{200B}
            steps:
              - {step: x\u{200B}, after: 1 h, text: x}
            """
        #expect(
            problems(file) == """
                a.yaml:3:10: error: '“abc”' cannot be a link's ref: Messenger takes letters (a-z), digits, '-', '_' and '='; it \
                holds U+201C (left double quotation mark); did you mean 'abc'?
                a.yaml:4:10: error: 'vip\u{200B}' is not a tag: use letters, digits, '-' and '_', at most 64 characters; it \
                holds U+200B (zero width space); did you mean 'vip'?
                a.yaml:5:5: error: unknown start 'frist_message\u{200B}'; it holds U+200B (zero width space); did you mean \
                'first_message'?
                a.yaml:7:12: error: 'x\u{200B}' is not an identity: use letters (a-z), digits and '-', at most 64 characters; \
                it holds U+200B (zero width space); did you mean 'x'?
                """
        )
    }

    @Test func `spaces of a web page in the indentation`() {
        let space = "\u{A0}\u{A0}\u{A0}\u{A0}"
        #expect(
            problems("sequence: a\nstart: [manual]\nsteps:\n  - step: x\n    after: 15 min\n\(space)text: Xin chào\n")
                .contains(
                    "a.yaml:6:1: error: 'text' is indented by U+00A0 (no-break space): YAML takes plain spaces only"
                )
        )
        #expect(
            problems("sequence: a\nstart: [manual]\nsteps:\n  - step: x\n    after: 15 min\n\(space)Xin chào\n")
                .contains("U+00A0 (no-break space) in the indentation: YAML takes plain spaces only")
        )
    }

    @Test func `quotation marks of a word processor around a text`() {
        #expect(
            problems(Self.step("text: “Chào bạn”"))
                == "a.yaml:6:11: warning: people would get the quotation marks too: U+201C (left double quotation mark) is not one "
                + "of YAML's; write \" or leave them out"
        )
        #expect(problems(Self.step("text: '“Chào bạn”'")) == "")
    }

    // MARK: Line breaks

    @Test(arguments: [
        ("text: Chào bạn\\nShop có quà", "6:19", "\\n"), ("text: 'Chào\\tbạn'", "6:16", "\\t"),
        ("text: |\n      Chào\n      bạn\\nơi", "8:10", "\\n"), ("text: Chào<br>bạn", "6:15", "<br>"),
    ])
    func `a line break that people see as a backslash`(line: String, place: String, sign: String) {
        #expect(
            problems(Self.step(line))
                == "a.yaml:\(place): warning: people would get '\(sign)' unchanged: start a new line "
                + "below 'text: |', or put the text in double quotes with \\n"
        )
    }

    @Test(arguments: [#"text: "Chào\nbạn""#, #"text: "Viết \\n""#, #"text: C:\Music\"#])
    func `a backslash that is meant`(line: String) {
        #expect(problems(Self.step(line)) == "")
    }

    // MARK: Lengths

    @Test func `a text that fits only where the person has no name`() {
        let buttons = "\n    buttons: [{title: Xem, url: \"https://example.com\"}]"
        let name = #"{{full_name, default: "bạn"}}"#
        let long = String(repeating: "a", count: 636)
        #expect(
            problems(Self.block(name + long) + buttons)
                == "a.yaml:6:11: warning: the text is 660 characters long with a name of 24: Messenger takes 640 in a text with "
                + "buttons, and the step fails for people with long names"
        )
        #expect(problems(Self.block(name + String(repeating: "a", count: 615)) + buttons) == "")
        #expect(problems(Self.block(name + long)) == "")
    }

    /// A file whose text is in its seventh line, after six spaces.
    private static func block(_ text: String) -> String {
        step("text: |\n      \(text)")
    }

    private static func step(_ line: String) -> String {
        "sequence: a\nstart: [manual]\nsteps:\n  - step: x\n    after: 1 h\n    \(line)\n"
    }
}
