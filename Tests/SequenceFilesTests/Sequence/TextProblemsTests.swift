import DripCore
import Testing

@testable import SequenceFiles

/// What `dripd check` says about texts: at which line and column of the file, in every way that YAML writes a text.
struct TextProblemsTests {
    @Test func `a fault in a block is found at its line and column`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: |
                  {{Chào|Xin chào}} bạn,
                  hôm nay {{a b}} và {{city

                    thụt vào {{x, defalt: "a"}}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:8:15: error: 'a b' is neither a variable's name (letters, digits and '_') nor a word list (words with '|' between)
                a.yaml:8:26: error: '{{' without '}}' before the end of the line or the next '{{'
                a.yaml:10:18: error: after 'x,' a fallback is expected: {{x, default: "…"}}
                """#
        )
    }

    @Test func `a fault in a folded block`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: >-
                  Một hai
                  ba {{}}

                  bốn \{{ năm {{ | }}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:8:10: error: '{{…}}' without a name
                a.yaml:10:19: error: a word list without words
                """#
        )
    }

    @Test func `a fault in a quoted line`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: "Chào \"bạn\", {{city, default: bạn}} nhé {{9a}}"
            """#
        #expect(
            problems(file) == #"""
                a.yaml:6:26: error: after 'city,' a fallback is expected: {{city, default: "…"}}
                a.yaml:6:53: error: '9a' is neither a variable's name (letters, digits and '_') nor a word list (words with '|' between)
                """#
        )
    }

    @Test func `a fault in an unquoted line behind Vietnamese letters`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: Chào bạn {{full name}}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:6:20: error: 'full name' is neither a variable's name (letters, digits and '_') nor a word list (words with '|' between); did you mean '{{full_name, default: "bạn"}}'?
                """#
        )
    }

    @Test func `a fault in a text over several lines without quotes`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: Chào bạn
                  nhé {{full name}}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:7:11: error: 'full name' is neither a variable's name (letters, digits and '_') nor a word list (words with '|' between); did you mean '{{full_name, default: "bạn"}}'?
                """#
        )
    }

    @Test func `a quotation mark that is not closed, and braces within braces`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: |
                  {{city, default: "bạn}}
                  {{Chào {{full_name, default: "bạn"}}|Xin chào}}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:7:7: error: a quotation mark that is not closed
                a.yaml:8:7: error: '{{' without '}}' before the end of the line or the next '{{'
                """#
        )
    }

    // MARK: White space at the ends

    @Test(arguments: ["|", "|+", "|-", ">", ">+"])
    func `what is not sent does not count`(style: String) throws {
        for (count, problem) in [
            (640, ""),
            (
                641,
                "a.yaml:6:11: error: the text can be 641 characters long: Messenger takes 640 in a text with buttons"
            ),
        ] {
            let file =
                "sequence: a\nstart: [manual]\nsteps:\n  - step: x\n    after: 1 h\n    text: \(style)\n      "
                + String(repeating: "a", count: count) + "\n\n    buttons:\n      - {title: B, stop: true}\n"
            #expect(problems(file) == problem)
        }
    }

    @Test(arguments: [
        #""   a  ""#, #""\n\ta\n \n""#, "|\n      a\n\n\n", #""a\u00A0""#, #""a\r\n""#, "a",
    ])
    func `white space at the ends of a text is none of it`(text: String) throws {
        let file = "sequence: a\nstart: [manual]\nsteps:\n  - step: x\n    after: 1 h\n    text: \(text)\n"
        let step = try #require(SequenceReader(bytes: Array(file.utf8), path: "a.yaml").sequence?.steps.first)
        let template = try #require(step.variants.first?.text)
        #expect(template.longestScalars(variableScalars: 0) == 1)
        #expect(step.body(seed: 0, variantSeed: 0) { _ in nil }.parts == [.text("a", buttons: [])])
    }

    @Test func `a text that differs by its final line break alone is the same text`() throws {
        func sequence(_ text: String) throws -> DripSequence {
            let file = "sequence: a\nstart: [manual]\nsteps:\n  - step: x\n    after: 1 h\n    text: \(text)\n"
            return try #require(SequenceReader(bytes: Array(file.utf8), path: "a.yaml").sequence)
        }
        let (before, after) = (try sequence("|\n      Chào {{bạn|chị}} \n"), try sequence("|-\n      Chào {{bạn|chị}}"))
        #expect(before.hash != after.hash)
        #expect(before.steps == after.steps)
    }

    @Test func `a variable that can be empty is warned about once, where it first stands`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: |
                  Chào {{full_name}}, {{full_name}} ơi!
                  Ở {{city}} trời có đẹp không, {{fullname}}?
            """#
        #expect(
            problems(file) == #"""
                a.yaml:7:12: warning: 'full_name' can be empty: Facebook withholds names from some apps; write {{full_name, default: "bạn"}}
                a.yaml:8:9: warning: 'city' can be empty; write {{city, default: "…"}}
                a.yaml:8:37: warning: 'fullname' can be empty; write {{fullname, default: "…"}}; did you mean 'full_name'?
                """#
        )
    }

    @Test func `a text of nothing`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: "  "
            """#
        #expect(
            problems(file) == #"""
                a.yaml:6:11: error: 'text' is empty
                """#
        )
    }

    @Test func `a text that begins with braces without quotes`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: {{full_name}}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:6:11: error: a text that begins with '{{' must be in quotes or below 'text: |'
                """#
        )
    }

    @Test func `a text that begins with braces without quotes and goes on`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: {{full_name}} ơi
            """#
        #expect(
            problems(file) == #"""
                a.yaml:6:11: error: a text that begins with '{{' must be in quotes or below 'text: |'
                """#
        )
    }

    @Test func `a step that sends nothing`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
            """#
        #expect(
            problems(file) == #"""
                a.yaml:4:5: error: this step sends nothing: give it a text, images, a video, a sound, a file or cards
                """#
        )
    }
}
