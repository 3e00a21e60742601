import DripCore
import Testing

@testable import SequenceFiles

/// What `dripd check` says about how a sequence starts, stops and follows its edits.
struct SettingsProblemsTests {
    private let steps = "steps: [{step: x, after: 1 h, text: Chào}]\n"

    private func read(_ top: String) throws -> DripSequence {
        let content = "sequence: a\n\(top)\n\(steps)"
        let reader = SequenceReader(bytes: Array(content.utf8), path: "a.yaml")
        return try #require(reader.sequence, "\(reader.report.diagnostics)")
    }

    @Test func `messages that start it`() throws {
        #expect(try read("start: [message: Đã share]").start == [.message([Phrase("Đã share")])])
        #expect(
            try read("start: [{message: [có, \"  Yes \"]}, {message: ok}]").start == [
                .message([Phrase("Có"), Phrase("yes")]), .message([Phrase("ok")]),
            ]
        )
    }

    @Test func `messages that cannot start it`() {
        let long = String(repeating: "ề", count: 201)
        let file = #"""
            sequence: a
            start:
              - message
              - message: []
              - message: [Có, " CÓ ", "có\#u{301}", ""]
              - message: {contains: x}
              - message: có
              - message: \#(long)
            \#(steps)
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:5: error: 'message' needs a value: write 'message: ["Đã share"]'
                a.yaml:4:14: error: 'message' is empty
                a.yaml:5:19: error: duplicate 'CÓ': case and the form of accents do not matter
                a.yaml:5:33: error: a message is empty
                a.yaml:6:14: error: 'message' must be a text, not a mapping
                a.yaml:7:14: error: duplicate 'có': case and the form of accents do not matter
                a.yaml:8:14: error: the text has 201 characters: at most 200 are compared
                """#
        )
    }

    @Test func `comments that start it`() throws {
        #expect(
            try read("start: [comment: {contains: [Đã share, done]}, comment: {post: \"12_34\"}]").start == [
                .comment(CommentRule(contains: [Phrase("Đã share"), Phrase("done")], post: nil)),
                .comment(CommentRule(contains: [], post: "12_34")),
            ]
        )
    }

    @Test func `comments that cannot start it`() {
        let file = #"""
            sequence: a
            start:
              - comment: share
              - comment: {}
              - comment: {contains: [], post: 1_2}
              - comment: {contains: [a, A]}
              - comment: {contain: a}
              - comment: {post: 123}
              - comment: {post: 1_2}
              - comment: {post: 1_2}
            \#(steps)
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:14: error: 'comment' must be a mapping ('key: value'), not a text
                a.yaml:4:14: error: 'comment' needs 'contains' or 'post', otherwise every comment would start the sequence
                a.yaml:5:25: error: 'contains' is empty
                a.yaml:6:29: error: duplicate 'A': case and the form of accents do not matter
                a.yaml:7:15: error: unknown key 'contain' in 'comment'; did you mean 'contains'?
                a.yaml:8:21: error: a post is written as the page's id and its own, such as '1577703145783617_122093', not '123'
                a.yaml:10:5: error: duplicate start
                """#
        )
    }

    @Test func `postbacks and tags that start it`() throws {
        #expect(try read("start: [postback: GET STARTED!]").start == [.postback("GET STARTED!")])
        #expect(try read("start: [tag: khách_quen-2]").start == [.tag("khách_quen-2")])
        let decomposed = "kha\u{301}ch"
        let tag = try read("start: [tag: \(decomposed)]").start
        guard case .tag(let name) = tag[0] else { throw NotATag() }
        #expect(Array(name.utf8) == Array("khách".utf8))
    }

    private struct NotATag: Error {}

    @Test func `postbacks and tags that cannot start it`() {
        let file = #"""
            sequence: a
            start:
              - postback: dripd/stop
              - postback: \#(String(repeating: "x", count: 1001))
              - tag: khách quen
              - tag: a/b
              - tag: "!"
              - tag: \#(String(repeating: "x", count: 65))
              - tag: [vip]
              - tag
            \#(steps)
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:15: error: 'dripd/stop' is reserved for dripd's own buttons: use another payload
                a.yaml:4:15: error: the payload has 1001 characters: Messenger takes 1000
                a.yaml:5:10: error: 'khách quen' is not a tag: use letters, digits, '-' and '_', at most 64 characters; did you mean 'khách-quen'?
                a.yaml:6:10: error: 'a/b' is not a tag: use letters, digits, '-' and '_', at most 64 characters; did you mean 'a-b'?
                a.yaml:7:10: error: '!' is not a tag: use letters, digits, '-' and '_', at most 64 characters
                a.yaml:8:10: error: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' is not a tag: use letters, digits, '-' and '_', at most 64 characters
                a.yaml:9:10: error: 'tag' must be a text, not a list
                a.yaml:10:5: error: 'tag' needs a value: write 'tag: vip'
                """#
        )
    }

    @Test func `what stops it`() throws {
        #expect(
            try read("start: [manual]\nstop: [opted_out, replied, {tag: bought}, {sequence: b}]").stop == [
                .optedOut, .replied, .tag("bought"), .sequence("b"),
            ]
        )
        #expect(try read("start: [manual]").stop == [])
    }

    @Test func `stops that are not understood`() {
        let file = #"""
            sequence: a
            start: [manual]
            stop:
              - repleid
              - replied: true
              - replied
              - replied
              - tag
              - {tag: a b}
              - {sequence: a}
              - {sequence: Tư vấn}
              - {message: x}
              -
            \#(steps)
            """#
        #expect(
            problems(file) == #"""
                a.yaml:4:5: error: unknown stop 'repleid'; did you mean 'replied'?
                a.yaml:5:5: error: write 'replied' alone, without ':'
                a.yaml:7:5: error: duplicate stop
                a.yaml:8:5: error: 'tag' needs a value: write 'tag: bought'
                a.yaml:9:11: error: 'a b' is not a tag: use letters, digits, '-' and '_', at most 64 characters; did you mean 'a-b'?
                a.yaml:10:16: error: a sequence cannot stop itself: people under way in it cannot start it again
                a.yaml:11:16: error: 'Tư vấn' is not an identity: use letters (a-z), digits and '-', at most 64 characters; did you mean 'tu-van'?
                a.yaml:12:6: error: unknown stop 'message'
                a.yaml:13:4: error: this stop is empty
                """#
        )
    }

    @Test func `a tag that starts and stops`() {
        let file = #"""
            sequence: a
            start: [tag: vip]
            stop: [tag: vip]
            \#(steps)
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:1: warning: tag 'vip' also starts this sequence: it cannot stop the people whom it enrolled
                """#
        )
    }

    @Test func `how long it waits for the team`() throws {
        #expect(try read("start: [manual]").pauseOnHuman == .hours(24))
        #expect(try read("start: [manual]\npause_on_human: 2 h").pauseOnHuman == .hours(2))
        #expect(try read("start: [manual]\npause_on_human: never").pauseOnHuman == nil)
        for (written, problem) in [
            (
                "nver",
                "'nver' is not a value for 'pause_on_human': write a time such as '24 h', or never; did you mean 'never'?"
            ),
            ("0 h", "'0 h' is no pause; did you mean 'never'?"),
            ("24", "'24' has no unit: the units are s, min, h, day, week, month"),
        ] {
            #expect(
                problems("sequence: a\nstart: [manual]\npause_on_human: \(written)\n\(steps)")
                    == "a.yaml:3:17: error: \(problem)"
            )
        }
    }

    @Test func `purpose, edits and what is appended`() throws {
        let sequence = try read("start: [manual]\npurpose: transaction\non_edit: pin\nextend: finished")
        #expect(sequence.purpose == .transaction)
        #expect(sequence.onEdit == .pin)
        #expect(sequence.extend == .finished)
        let file = #"""
            sequence: a
            start: [manual]
            purpose: promotoin
            on_edit: freeze
            extend: [active]
            \#(steps)
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:10: error: 'promotoin' is not one of: care, promotion, transaction; did you mean 'promotion'?
                a.yaml:4:10: error: 'freeze' is not one of: follow, pin
                a.yaml:5:9: error: 'extend' must be a text, not a list
                """#
        )
    }

    @Test func `typing and persona, for all steps and for one`() throws {
        let content = #"""
            sequence: a
            start: [manual]
            typing: 3 s
            persona: 42
            steps:
              - {step: x, after: 1 h, text: Chào}
              - {step: y, after: 2 h, typing: 0 s, persona: "43", text: Chào}
            """#
        let sequence = try #require(SequenceReader(bytes: Array(content.utf8), path: "a.yaml").sequence)
        #expect(sequence.steps.map(\.typing) == [.seconds(3), .zero])
        #expect(sequence.steps.map(\.persona) == ["42", "43"])
        #expect(try read("start: [manual]").steps.map(\.typing) == [.zero])
        #expect(try read("start: [manual]").steps.map(\.persona) == [nil])
        let file = #"""
            sequence: a
            start: [manual]
            typing: 21 s
            persona: Lan
            pages: ["1", "2"]
            steps:
              - {step: x, after: 1 h, typing: 1 min, persona: 1.5, text: Chào}
              - {step: y, after: 2 h, typing: 5, persona: 42, text: Chào}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:9: error: '21 s' is too long: the typing indicator is shown for at most 20 s
                a.yaml:4:10: error: 'Lan' is not a persona's id: use the number that the platform gave it
                a.yaml:5:1: warning: a persona belongs to one page, and this sequence is for 2: set 'persona' for each page in dripd.yaml
                a.yaml:7:35: error: '1 min' is too long: the typing indicator is shown for at most 20 s
                a.yaml:7:51: error: '1.5' is not a persona's id: use the number that the platform gave it
                a.yaml:8:35: error: '5' has no unit: the units are s, min, h, day, week, month
                """#
        )
    }

    @Test func `pages`() throws {
        #expect(try read("start: [manual]\npages: [1577703145783617, \"2\"]").pages == ["1577703145783617", "2"])
        #expect(try read("start: [manual]").pages == nil)
        let file = #"""
            sequence: a
            start: [manual]
            pages: ["1", shop, 1, [2], 1.5]
            \#(steps)
            """#
        #expect(
            problems(file) == #"""
                a.yaml:3:14: error: 'shop' is not a page's id: that is a number, such as "1577703145783617"
                a.yaml:3:20: error: duplicate page 1
                a.yaml:3:23: error: a page's id must be a text, not a list
                a.yaml:3:28: error: '1.5' is not a page's id: that is a number, such as "1577703145783617"
                """#
        )
    }

    @Test func `steps that have moved, one of them twice`() throws {
        let sequence = try read("start: [manual]\nmoved: [{from: b, to: x}, {from: c, to: b}, {from: d, to: x}]")
        #expect(sequence.currentName(of: "c") == "x")
        #expect(sequence.currentName(of: "d") == "x")
    }

    @Test func `moves that lead nowhere`() {
        let file = #"""
            sequence: a
            start: [manual]
            moved:
              - {from: b, to: chaoo}
              - {from: chao, to: x}
              - {from: c, to: x}
              - {from: c, to: chao}
              - {from: d, to: e}
              - {from: e, to: d}
              - {from: f, to: f}
              - {from: g}
              - {from: h i, to: x}
              - x
            steps:
              - {step: x, after: 1 h, text: Chào}
              - {step: chao, after: 2 h, text: Chào}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:4:19: error: 'chaoo' is not a step of this file; did you mean 'chao'?
                a.yaml:5:12: error: 'chao' is still a step of this file, so it cannot have moved
                a.yaml:7:12: error: duplicate 'c'; the first is on line 6
                a.yaml:8:12: error: 'd' comes back to itself: one of its names must be a step of this file
                a.yaml:9:12: error: 'e' comes back to itself: one of its names must be a step of this file
                a.yaml:10:12: error: 'f' comes back to itself: one of its names must be a step of this file
                a.yaml:11:5: error: a move needs 'to'
                a.yaml:12:12: error: 'h i' is not an identity: use letters (a-z), digits and '-', at most 64 characters; did you mean 'h-i'?
                a.yaml:13:5: error: a move must be a mapping ('key: value'), not a text
                """#
        )
    }
}
