import DripCore
import Foundation
import Testing

@testable import SequenceFiles

/// What `dripd check` says about variants, quick replies, sounds and files on disk.
struct ContentProblemsTests {
    private func read(_ keys: String) throws -> Step {
        let content = "sequence: a\nstart: [manual]\nsteps: [{step: x, after: 1 h, \(keys)}]\n"
        let reader = SequenceReader(bytes: Array(content.utf8), path: "a.yaml")
        return try #require(reader.sequence?.steps.first, "\(reader.report.diagnostics)")
    }

    @Test func `a split test`() throws {
        let step = try read("variants: [{text: Một, weight: 3}, {text: Hai}]")
        #expect(
            try step.variants == [
                Variant(text: TextTemplate(parsing: "Một"), weight: 3),
                Variant(text: TextTemplate(parsing: "Hai"), weight: 1),
            ]
        )
        #expect(try read("text: Một").variants == [Variant(text: TextTemplate(parsing: "Một"), weight: 1)])
    }

    @Test func `split tests that are none`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - {step: s1, after: 1 h, text: x, variants: [{text: x}, {text: y}]}
              - {step: s2, after: 2 h, variants: [{text: x}]}
              - {step: s3, after: 3 h, variants: [{text: x, weight: 0}, {text: y, weight: 1001}]}
              - {step: s4, after: 4 h, variants: [{text: x, weight: 1.5}, {text: y, wieght: 1}]}
              - {step: s5, after: 5 h, variants: [x, {weight: 1}]}
              - {step: s6, after: 6 h, variants: {text: x}}
              - {step: s7, after: 7 h, variants: [{text: "{{"}, {text: "Chào {{city}}"}]}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:4:37: error: a step has 'text' or 'variants', not both
                a.yaml:5:28: error: a split test has at least 2 variants: write 'text' for one
                a.yaml:6:57: error: '0' is not a weight: a whole number from 1 to 1000
                a.yaml:6:79: error: '1001' is not a weight: a whole number from 1 to 1000
                a.yaml:7:57: error: '1.5' is not a weight: a whole number from 1 to 1000
                a.yaml:7:73: error: unknown key 'wieght' in a variant; did you mean 'weight'?
                a.yaml:8:39: error: a variant must be a mapping ('key: value'), not a text
                a.yaml:8:42: error: a variant needs 'text'
                a.yaml:9:38: error: 'variants' must be a list, not a mapping: each entry begins with '- '
                a.yaml:10:47: error: '{{' without '}}' before the end of the line or the next '{{'
                a.yaml:10:66: warning: 'city' can be empty; write {{city, default: "…"}}
                """#
        )
    }

    @Test func `the platform's limit holds for each variant`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                variants:
                  - text: "\#(String(repeating: "a", count: 640))"
                  - text: "{{a|bb}}\#(String(repeating: "a", count: 639))"
                buttons: [{title: Xem, url: "https://example.com"}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:8:15: error: the text can be 641 characters long: Messenger takes 640 in a text with buttons
                """#
        )
    }

    @Test func `buttons and quick replies do what a tap can do`() throws {
        let step = try read(
            "text: x, buttons: [{title: A, start: b}, {title: B, tag: vip}, {title: C, stop: true}], "
                + "quick_replies: [{title: D, start: b}]"
        )
        #expect(
            step.buttons == [
                Button(title: "A", action: .tap(.start("b"))), Button(title: "B", action: .tap(.tag("vip"))),
                Button(title: "C", action: .tap(.stop)),
            ]
        )
        #expect(step.quickReplies == [QuickReply(title: "D", tap: .start("b"))])
    }

    @Test func `quick replies below pictures`() throws {
        let step = try read("images: [\"https://example.com/a.jpg\"], quick_replies: [{title: D, stop: true}]")
        #expect(step.quickReplies.count == 1)
    }

    @Test func `taps that do nothing, or two things`() {
        let replies = (1...14).map { "{title: t\($0), tag: t}" }.joined(separator: ", ")
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: x
                buttons:
                  - {title: A, url: "https://example.com", stop: true}
                  - {title: B, stop: false}
                  - {title: C, start: a}
                quick_replies:
                  - {title: Một hai ba bốn năm sáu, tag: a b}
                  - {title: "{{x}}", start: Tư vấn}
                  - {title: A, url: "https://example.com"}
                  - {title: B, stop: yes, tga: x}
                  - {tag: x}
              - {step: y, after: 2 h, quick_replies: [{title: A, stop: true}]}
              - {step: z, after: 3 h, text: x, quick_replies: [\#(replies)]}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:8:48: error: a button can have only one of 'url', 'phone', 'postback', 'start', 'tag', 'stop': 'url' is already set
                a.yaml:9:26: error: 'stop' is true, or left out
                a.yaml:10:27: error: a tap here does nothing: people who get this are in 'a' already, and with 'again: never' they cannot start it a second time
                a.yaml:12:17: error: the title has 22 characters: Messenger takes 20 on a quick reply
                a.yaml:12:46: error: 'a b' is not a tag: use letters, digits, '-' and '_', at most 64 characters; did you mean 'a-b'?
                a.yaml:13:17: error: variables and word lists work only in 'text'
                a.yaml:13:33: error: 'Tư vấn' is not an identity: use letters (a-z), digits and '-', at most 64 characters; did you mean 'tu-van'?
                a.yaml:14:9: error: a quick reply needs 'start', 'tag' or 'stop'
                a.yaml:14:20: error: unknown key 'url' in a quick reply
                a.yaml:15:26: error: 'yes' is not one of: true, false; did you mean 'true'?
                a.yaml:15:31: error: unknown key 'tga' in a quick reply; did you mean 'tag'?
                a.yaml:16:9: error: a quick reply needs 'title'
                a.yaml:17:5: error: this step sends nothing: give it a text, images, a video, a sound, a file or cards
                a.yaml:18:329: error: 14 quick replies: Messenger takes 13 below a message
                """#
        )
    }

    @Test func `cards`() throws {
        let step = try read(
            #"""
            cards: [{title: 'Áo {{city, default: "đẹp"}}', subtitle: "{{A|B}}", image: "https://example.com/1.jpg", \#
            url: "https://example.com", buttons: [{title: Mua, tag: mua}]}, {title: B, url: "https://example.com"}]
            """#
        )
        #expect(
            try step.cards == [
                Card(
                    title: TextTemplate(parsing: #"Áo {{city, default: "đẹp"}}"#),
                    subtitle: TextTemplate(parsing: "{{A|B}}"),
                    image: "https://example.com/1.jpg",
                    url: "https://example.com",
                    buttons: [Button(title: "Mua", action: .tap(.tag("mua")))]
                ),
                Card(title: TextTemplate(parsing: "B"), url: "https://example.com"),
            ]
        )
        #expect(step.partCount == 1)
        let long = String(repeating: "x", count: 81)
        let many = Array(repeating: "{title: A, subtitle: B}", count: 11).joined(separator: ", ")
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                cards:
                  - {title: A}
                  - {subtitle: A}
                  - {title: \#(long), subtitle: "{{x}} \#(long)", image: media/a.jpg, url: example.com}
                  - title: A
                    buttons:
                      - {title: A, stop: true}
                      - {title: A, start: nirgends}
                      - {title: A, url: "https://example.com"}
                      - {title: A, url: "https://example.com"}
                  - {title: A, text: x}
              - {step: y, after: 2 h, cards: [\#(many)]}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:7:9: error: a card needs more than its title: write 'subtitle', 'image', 'url' or 'buttons'
                a.yaml:8:9: error: a card needs 'title'
                a.yaml:9:17: error: the text can be 81 characters long: Messenger takes 80 in a card's title
                a.yaml:9:110: error: the text can be 82 characters long: Messenger takes 80 in a card's subtitle
                a.yaml:9:111: warning: 'x' can be empty; write {{x, default: "…"}}
                a.yaml:9:208: error: 'media/a.jpg' is a file: on a card, Messenger takes only pictures with an https:// address
                a.yaml:9:226: error: 'example.com' is not a web address: it must begin with https:// or http://; did you mean 'https://example.com'?
                a.yaml:15:13: error: 4 buttons: Messenger takes 3 on a card
                a.yaml:16:9: error: a card needs more than its title: write 'subtitle', 'image', 'url' or 'buttons'
                a.yaml:16:20: error: unknown key 'text' in a card
                a.yaml:17:285: error: 11 cards: Messenger takes 10 in a message
                """#
        )
    }

    @Test func `buttons with a payload of their own, quick replies for what the person has`() throws {
        let step = try read(
            "text: x, buttons: [{title: A, postback: MENU 1}], quick_replies: [phone, {title: B, stop: true}, email]"
        )
        #expect(step.buttons == [Button(title: "A", action: .postback("MENU 1"))])
        #expect(step.quickReplies == [.phone, QuickReply(title: "B", tap: .stop), .email])
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - step: x
                after: 1 h
                text: x
                buttons:
                  - {title: A, postback: dripd/stop}
                  - {title: A, postback: X, stop: true}
                quick_replies: [phone, phone, emial, Có, {title: A, phone: "+84912345678"}]
            """#
        #expect(
            problems(file) == #"""
                a.yaml:8:30: error: 'dripd/stop' is reserved for dripd's own buttons: use another payload
                a.yaml:9:33: error: a button can have only one of 'url', 'phone', 'postback', 'start', 'tag', 'stop': 'postback' is already set
                a.yaml:10:28: error: duplicate quick reply
                a.yaml:10:35: error: 'emial' is not a quick reply: write phone, email or '{title: …}' with what a tap does; did you mean 'email'?
                a.yaml:10:42: error: 'Có' is not a quick reply: write phone, email or '{title: …}' with what a tap does
                a.yaml:10:46: error: a quick reply needs 'start', 'tag' or 'stop'
                a.yaml:10:57: error: unknown key 'phone' in a quick reply
                """#
        )
    }

    @Test func `a button that starts its own sequence anew`() {
        let file = #"""
            sequence: a
            start: [manual]
            again: always
            steps: [{step: x, after: 1 h, text: x, buttons: [{title: A, start: a}]}]
            """#
        #expect(problems(file) == "")
    }

    @Test func `a sound`() throws {
        #expect(try read("audio: https://example.com/a.mp3").audio == .url("https://example.com/a.mp3"))
    }
}
