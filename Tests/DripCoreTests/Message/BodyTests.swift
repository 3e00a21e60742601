import Foundation
import TestSupport
import Testing

@testable import DripCore

/// What one person gets of one step.
@Suite struct BodyTests {
    @Test func `a variant is chosen by its weight`() {
        let step = Step.make("day", Offset(1, .day), variants: [.of("a", 1), .of("b", 3), .of("c", 6)])
        var counts = [0, 0, 0]
        for number in 0..<10_000 {
            guard let variant = body(step, address: "\(number)").variant else { continue }
            counts[variant] += 1
        }
        #expect(counts.reduce(0, +) == 10_000)
        for (count, share) in zip(counts, [1000, 3000, 6000]) { #expect(abs(count - share) < 200, "\(counts)") }
    }

    @Test func `a person sees the same variant in every round, though other words of a list`() {
        let words = TextTemplate.Segment.words((0..<50).map { "w\($0)" })
        let step = Step.make(
            "day",
            Offset(1, .day),
            variants: ["a ", "b "].map { Variant(text: TextTemplate(segments: [.literal($0), words]), weight: 1) }
        )
        for number in 0..<100 {
            let rounds = (1...5).map { body(step, address: "\(number)", round: $0) }
            #expect(Set(rounds.map(\.variant)).count == 1)
            #expect(Set(rounds.map(\.hash)).count > 1)
        }
    }

    @Test func `the variant's index and text belong together, and are the same at every look`() {
        let step = Step.make("day", Offset(1, .day), variants: [.of("0", 1), .of("1", 1)])
        for number in 0..<20 {
            let body = body(step, address: "\(number)")
            #expect(body.parts == [.text("\(body.variant ?? -1)", buttons: [])])
            #expect(body == self.body(step, address: "\(number)"))
        }
    }

    @Test func `one text is no split test`() {
        #expect(body(.text("day", 1, .day)).variant == nil)
        #expect(body(.make("day", Offset(1, .day), images: [.url("https://example.com/1.jpg")])).variant == nil)
    }

    @Test func `the choice for one step says nothing of the choice for another`() {
        var same = 0
        for number in 0..<1000 {
            let variants = ["a", "b"].map { id in
                body(.make(id, Offset(1, .day), variants: [.of("x", 1), .of("y", 1)]), address: "\(number)").variant
            }
            same += variants[0] == variants[1] ? 1 : 0
        }
        #expect(abs(same - 500) < 60, "\(same)")
    }

    @Test func `an audio is a part of its own, between video and file`() {
        let step = Step(
            id: "all",
            after: Offset(1, .day),
            variants: [.of("hi", 1)],
            images: [.url("https://example.com/1.jpg")],
            video: .url("https://example.com/v.mp4"),
            audio: .url("https://example.com/a.mp3"),
            file: .url("https://example.com/f.pdf")
        )
        #expect(
            body(step).parts == [
                .text("hi", buttons: []), .images([.url("https://example.com/1.jpg")]),
                .video(.url("https://example.com/v.mp4")),
                .audio(.url("https://example.com/a.mp3")), .file(.url("https://example.com/f.pdf")),
            ]
        )
        #expect(step.partCount == 5)
    }

    @Test func `quick replies stand below the last part alone, for the next message takes them away`() {
        let replies = [QuickReply(title: "Có", tap: .tag("yes")), QuickReply(title: "Không", tap: .stop)]
        let step = Step.make(
            "day",
            Offset(1, .day),
            text: [.literal("hi")],
            video: .url("https://example.com/v.mp4"),
            quickReplies: replies
        )
        #expect(body(step).parts.map(\.quickReplies) == [[], replies])
        let text = Step.make("day", Offset(1, .day), text: [.literal("hi")], quickReplies: replies)
        #expect(body(text).parts.map(\.quickReplies) == [replies])
    }

    @Test func `the hash names all that is seen, and what a tap does`() {
        let bodies: [Step] = [
            .make("s", Offset(1, .day), text: [.literal("hi")]),
            .make("s", Offset(1, .day), text: [.literal("ho")]),
            .make("s", Offset(1, .day), text: [.literal("hi")], images: [.url("https://example.com/1.jpg")]),
            .make("s", Offset(1, .day), text: [.literal("hi")], video: .url("https://example.com/1.jpg")),
            .make("s", Offset(1, .day), text: [.literal("hi")], buttons: [Button(title: "x", action: .tap(.stop))]),
            .make("s", Offset(1, .day), cards: [Card(title: .plain("hi"))]),
            .make("s", Offset(1, .day), cards: [Card(title: .plain("hi"), subtitle: .plain("ho"))]),
            .make("s", Offset(1, .day), cards: [Card(title: .plain("hi"), image: "https://example.com/1.jpg")]),
            .make("s", Offset(1, .day), cards: [Card(title: .plain("hi"), url: "https://example.com/1.jpg")]),
            .make(
                "s",
                Offset(1, .day),
                cards: [Card(title: .plain("hi"), buttons: [Button(title: "x", action: .tap(.stop))])]
            ),
            .make("s", Offset(1, .day), video: .file("v.mp4", hash: "a")),
            .make("s", Offset(1, .day), video: .file("v.mp4", hash: "b")),
            .make(
                "s",
                Offset(1, .day),
                text: [.literal("hi")],
                buttons: [Button(title: "x", action: .tap(.tag("x")))]
            ),
            .make("s", Offset(1, .day), text: [.literal("hi")], buttons: [Button(title: "x", action: .postback("x"))]),
            .make("s", Offset(1, .day), text: [.literal("hi")], quickReplies: [QuickReply(title: "x", tap: .stop)]),
            .make("s", Offset(1, .day), text: [.literal("hi")], quickReplies: [.phone]),
            .make("s", Offset(1, .day), text: [.literal("hi")], quickReplies: [.email]),
            .make("s", Offset(1, .day), persona: "42", text: [.literal("hi")]),
        ]
        #expect(Set(bodies.map { body($0).hash }).count == bodies.count)
        let uploaded = body(bodies[9]).parts[0].attaching { _, _ in "17" }
        #expect(Body(parts: [uploaded], variant: nil).hash == body(bodies[9]).hash)
        #expect(body(bodies[0]).hash == body(.make("s", Offset(2, .week), text: [.literal("hi")])).hash)
    }

    private func body(_ step: Step, address: String = "1", round: Int = 1) -> Body {
        let sequence = DripSequence.make(steps: [step])
        return Catalog(zone: .hoChiMinh, sequences: [sequence])
            .body(of: step, for: .make(address: address), round: round, in: sequence) ?? Body(parts: [], variant: nil)
    }
}

extension Variant {
    fileprivate static func of(_ text: String, _ weight: Int) -> Variant {
        Variant(text: TextTemplate(segments: [.literal(text)]), weight: weight)
    }
}

extension TextTemplate {
    fileprivate static func plain(_ text: String) -> TextTemplate { TextTemplate(segments: [.literal(text)]) }
}
