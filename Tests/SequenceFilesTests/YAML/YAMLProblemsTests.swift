import Testing

@testable import SequenceFiles

/// What is said about files that are not YAML, or are more of YAML than is needed.
struct YAMLProblemsTests {
    @Test func `a colon in a text`() {
        let file = #"""
            sequence: a
            title: Chào: bạn
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:12: error: a ': ' within a text: put the text in quotes (or the line is indented too far)
                """#
        )
    }

    @Test func `a space is missing behind a colon`() {
        let file = #"""
            sequence: a
            title:Chào
            start: [manual]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:1: error: a space is missing after ':'
                """#
        )
    }

    @Test func `a colon is missing`() {
        let file = #"""
            sequence: a
            steps
              - step: x
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:1: error: the ':' after the key is missing
                """#
        )
    }

    @Test func `a quotation mark is not closed`() {
        let file = #"""
            sequence: a
            title: "Chào
            start: [manual]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:8: error: the quotation mark that opens here is not closed
                """#
        )
    }

    @Test func `text behind a closed quotation mark`() {
        let file = #"""
            sequence: a
            title: "Chào" bạn
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:15: error: neither 'key: value' nor part of the text above: is the ':' missing, or the indentation wrong?
                """#
        )
    }

    @Test func `braces in a text have no part in a fault further down`() {
        let file = #"""
            sequence: a
            steps:
              - step: x
                text: |
                  {{Chào|Xin chào}} bạn
                  Tên: {{full_name}}
               after: 1 h
            """#
        #expect(
            problems(file) == #"""
                a.yaml:7:4: error: the indentation fits neither the list's entries ('- ') nor the keys of the one above
                """#
        )
    }

    @Test func `a bracket is not closed`() {
        let file = #"""
            sequence: a
            start: [manual
            steps:
              - step: x
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:8: error: the list that begins here with '[' needs ',' between its entries and ']'
                """#
        )
    }

    @Test func `a brace is not closed`() {
        let file = #"""
            sequence: a
            late: {after: 1 h
            steps:
              - step: x
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:7: error: the mapping that begins here with '{' needs ',' between its keys and '}'
                """#
        )
    }

    @Test func `an entry that is indented differently`() {
        let file = #"""
            sequence: a
            steps:
              - step: x
               after: 1 h
            """#
        #expect(
            problems(file) == #"""
                a.yaml:4:4: error: the indentation fits neither the list's entries ('- ') nor the keys of the one above
                """#
        )
    }

    @Test func `a line of a block that stands too far left`() {
        let file = #"""
            sequence: a
            steps:
              - step: x
                text: |
                  Chào
               bạn
                after: 1 h
            """#
        #expect(
            problems(file) == #"""
                a.yaml:6:4: error: the indentation fits neither the list's entries ('- ') nor the keys of the one above
                """#
        )
    }

    @Test func `a list among keys`() {
        let file = #"""
            sequence: a
            - step: x
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:1: error: neither 'key: value' nor part of the text above: is the ':' missing, or the indentation wrong?
                """#
        )
    }

    @Test func `a sign that cannot begin a text`() {
        let file = #"""
            sequence: a
            title: @shop
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:8: error: a text cannot begin with this character: put it in quotes
                """#
        )
    }

    @Test func `an escape that is none`() {
        let file = #"""
            sequence: a
            title: "a\q"
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:10: error: an unknown escape: in double quotes '\' must be written '\\'
                """#
        )
    }

    @Test func `a text that begins with an asterisk`() {
        let file = #"""
            sequence: a
            title: *Chào* bạn
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:8: error: a text that begins with '*' or '&' must be in quotes
                """#
        )
    }

    @Test func `anchors, aliases, tags and merge keys are refused, each at its place`() {
        let file = #"""
            sequence: &x a
            title: !!str a
            late: &y {after: 1 h, then: skip}
            <<: *y
            start: [manual]
            steps:
              - step: b
                after: 1 h
                text: *x
            """#
        #expect(
            problems(file) == #"""
                a.yaml:1:11: error: anchors ('&name') and aliases ('*name') are not supported: write the value out; a text that begins with '&' or '*' must be in quotes
                a.yaml:2:8: error: tags ('!name') are not supported; a text that begins with '!' must be in quotes
                a.yaml:3:7: error: anchors ('&name') and aliases ('*name') are not supported: write the value out; a text that begins with '&' or '*' must be in quotes
                a.yaml:4:1: error: merge keys ('<<') are not supported: write the keys out
                """#
        )
    }

    @Test func `keys that are no words`() {
        let file = #"""
            sequence: a
            ? [b]
            : c
            start: [manual]
            steps: [{step: x, after: 1 h, text: x}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:3: error: a key must be one word, not a list or a mapping
                """#
        )
    }

    @Test func `a second document`() {
        let file = #"""
            sequence: a
            ---
            sequence: b
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:1: error: a second document: one file holds one
                """#
        )
    }

    @Test func `a key that stands twice does not hide what else is wrong`() {
        let file = #"""
            sequence: a
            title: a
            title: b
            "title": c
            late: {after: 1 h, then: skip, after: 2 h}
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: |
                  text: a
                text: b
                stop: true
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:1: error: duplicate key 'title'; the first is on line 2
                a.yaml:4:1: error: duplicate key 'title'; the first is on line 2
                a.yaml:5:32: error: duplicate key 'after'; the first is on line 5
                a.yaml:12:5: error: duplicate key 'text'; the first is on line 10
                a.yaml:13:5: error: 'stop' does not belong in a step but at the top of the file
                """#
        )
    }

    @Test func `nothing but a comment`() {
        let file = #"""
            # sequence: a
            """#
        #expect(
            problems(file) == #"""
                a.yaml:1:1: error: the file is empty
                """#
        )
    }

    @Test func `nothing but the mark of a document`() {
        let file = #"""
            ---
            """#
        #expect(
            problems(file) == #"""
                a.yaml:1:1: error: the file is empty
                """#
        )
    }
}
