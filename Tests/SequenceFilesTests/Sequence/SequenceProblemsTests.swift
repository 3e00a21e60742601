import Testing

@testable import SequenceFiles

/// What `dripd check` says about the keys at the top of a sequence file.
struct SequenceProblemsTests {
    @Test func `a key that is misspelt is named together with the one that was meant`() {
        let file = #"""
            sequence: a
            titel: Chào
            start: [manual]
            stpes:
              - step: x
            QUIET: 21:30-08:00
            colour: red
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:1: error: unknown key 'titel' in a sequence; did you mean 'title'?
                a.yaml:4:1: error: unknown key 'stpes' in a sequence; did you mean 'steps'?
                a.yaml:6:1: error: unknown key 'QUIET' in a sequence; did you mean 'quiet'?
                a.yaml:7:1: error: unknown key 'colour' in a sequence
                """#
        )
    }

    @Test func `keys that must be there are asked for`() {
        let file = #"""
            title: Chăm sóc
            """#
        #expect(
            problems(file) == #"""
                a.yaml:1:1: error: a sequence needs 'sequence'
                a.yaml:1:1: error: a sequence needs 'start'
                a.yaml:1:1: error: a sequence needs 'steps'
                """#
        )
    }

    @Test func `a step of nothing but a mistake still lacks its keys`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - text: Chào
              - {}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:4:5: error: a step needs 'after'
                a.yaml:4:5: error: a step needs 'step'
                a.yaml:5:5: error: a step needs 'after'
                a.yaml:5:5: error: a step needs 'step'
                a.yaml:5:5: error: this step sends nothing: give it a text, images, a video, a sound, a file or cards
                """#
        )
    }

    @Test func `keys without a value are said to be empty`() {
        let file = #"""
            sequence:
            title:
            start:
            steps:
            """#
        #expect(
            problems(file) == #"""
                a.yaml:1:1: error: 'sequence' is empty
                a.yaml:2:1: error: 'title' is empty
                a.yaml:3:1: error: 'start' is empty
                a.yaml:4:1: error: 'steps' is empty
                """#
        )
    }

    @Test func `a key on the wrong level is sent to the right one`() {
        let file = #"""
            sequence: a
            start: [manual]
            after: 1 h
            steps:
              - step: x
                after: 1 h
                text: Chào
                timezone: Asia/Ho_Chi_Minh
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:1: error: 'after' does not belong in a sequence but in a step
                a.yaml:8:5: error: 'timezone' does not belong in a step but at the top of the file
                """#
        )
    }

    @Test func `a list where a text is wanted and the other way round`() {
        let file = #"""
            sequence: [a]
            title: {a: b}
            start: manual
            again: [never]
            timezone: [Asia/Ho_Chi_Minh]
            late: skip
            steps:
              step: x
              after: 1 h
            """#
        #expect(
            problems(file) == #"""
                a.yaml:1:11: error: 'sequence' must be a text, not a list
                a.yaml:2:8: error: 'title' must be a text, not a mapping
                a.yaml:3:8: error: 'start' must be a list, not a text: each entry begins with '- '
                a.yaml:4:8: error: 'again' must be a text, not a list
                a.yaml:5:11: error: 'timezone' must be a text, not a list
                a.yaml:6:7: error: 'late' must be a mapping ('key: value'), not a text
                a.yaml:8:3: error: 'steps' must be a list, not a mapping: each entry begins with '- '
                """#
        )
    }

    @Test func `the file is no mapping`() {
        let file = #"""
            - step: x
            """#
        #expect(
            problems(file) == #"""
                a.yaml:1:1: error: a sequence must be a mapping ('key: value'), not a list
                """#
        )
    }

    @Test func `an identity that cannot be one, with one that can`() {
        let file = #"""
            sequence: Chăm sóc khách
            start: [manual]
            steps:
              - step: Đầu tiên
                after: 1 h
                text: Chào
              - step: -x
                after: 2 h
                text: Chào
              - step: "👋"
                after: 3 h
                text: Chào
            """#
        #expect(
            problems(file) == #"""
                a.yaml:1:11: error: 'Chăm sóc khách' is not an identity: use letters (a-z), digits and '-', at most 64 characters; did you mean 'cham-soc-khach'?
                a.yaml:4:11: error: 'Đầu tiên' is not an identity: use letters (a-z), digits and '-', at most 64 characters; did you mean 'dau-tien'?
                a.yaml:7:11: error: '-x' is not an identity: use letters (a-z), digits and '-', at most 64 characters; did you mean 'x'?
                a.yaml:10:11: error: '👋' is not an identity: use letters (a-z), digits and '-', at most 64 characters
                """#
        )
    }

    @Test func `the file goes by another name than its sequence`() {
        let file = #"""
            sequence: cham-soc
            start: [manual]
            steps: [{step: x, after: 1 h, text: Chào}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:1:11: error: the file's name and its sequence must agree, and 'a' is not 'cham-soc'; did you mean 'a'?
                """#
        )
    }

    @Test func `starts that are not understood`() {
        let file = #"""
            sequence: a
            start:
              - first_mesage
              - firstmessage: now
              - message: ["Đã share"]
              - comment
              - manual:
              - manual
              - manual
              - ref
              - ref:
              - ref: tiktok tool
              - {ref: a, manual: b}
              - [manual]
              -
            steps: [{step: x, after: 1 h, text: Chào}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:5: error: unknown start 'first_mesage'; did you mean 'first_message'?
                a.yaml:4:5: error: unknown start 'firstmessage'; did you mean 'first_message'?
                a.yaml:6:5: error: 'comment' needs a value: write 'comment: {contains: "Đã share"}'
                a.yaml:7:5: error: write 'manual' alone, without ':'
                a.yaml:9:5: error: duplicate start
                a.yaml:10:5: error: 'ref' needs a value: write 'ref: spring'
                a.yaml:11:5: error: 'ref' is empty
                a.yaml:12:10: error: 'tiktok tool' cannot be a link's ref: Messenger takes letters (a-z), digits, '-', '_' and '='; did you mean 'tiktok-tool'?
                a.yaml:13:5: error: a start must be one word or one 'key: value', such as 'ref: spring'
                a.yaml:14:5: error: a start must be one word or one 'key: value', such as 'ref: spring'
                a.yaml:15:4: error: this start is empty
                """#
        )
    }

    @Test func `an empty list starts nobody and sends nothing`() {
        let file = #"""
            sequence: a
            start: []
            days: []
            steps: []
            """#
        #expect(
            problems(file) == #"""
                a.yaml:2:8: error: 'start' is empty
                a.yaml:3:7: error: 'days' is empty
                a.yaml:4:8: error: 'steps' is empty
                """#
        )
    }

    @Test func `nothing wrong`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps: [{step: x, after: 1 h, text: Chào}]
            """#
        #expect(
            problems(file) == #"""

                """#
        )
    }
}
