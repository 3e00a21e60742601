import DripCore
import TestSupport
import Testing

/// What a message in doubt looked like, as far as that can be known.
@Suite struct SoughtTests {
    private static let picture = Media.url("https://example.com/1.jpg")
    private static let steps: [Step] = [
        .make(
            "hello",
            Offset(15, .minute),
            text: [.literal("Chào "), .variable(name: "first_name", fallback: "bạn")],
            images: [picture],
            video: .url("https://example.com/1.mp4")
        ),
        .make(
            "ask",
            Offset(1, .hour),
            text: [.literal("Thế nào?")],
            buttons: [Button(title: "Tốt", action: .postback("GOOD"))]
        ),
    ]
    private let sequence = DripSequence.make(steps: steps) {
        $0.moved = [Move(from: "greet", to: "hello")]
    }

    @Test(arguments: [
        ("hello", 0, ExpectedMessage.text("Chào Lan", hasButtons: false)), ("hello", 1, .media(.image, count: 1)),
        ("hello", 2, .media(.video, count: 1)),
        ("hello", 3, .anything), ("greet", 0, .text("Chào Lan", hasButtons: false)),
        ("ask", 0, .text("Thế nào?", hasButtons: true)),
    ])
    func `each part by itself`(step: String, part: Int, expectedMessage: ExpectedMessage) {
        #expect(self.expectedMessage(step, part: part) == expectedMessage)
    }

    @Test func `what cannot be made again as it was, is anything`() {
        // They told another name since.
        #expect(expectedMessage("hello", now: ["first_name": "Mai"]) == .anything)
        #expect(expectedMessage("hello", permission: .utilityTemplate) == .anything)
        let catalog = Catalog(zone: .hoChiMinh, sequences: [sequence])
        #expect(catalog.expectedMessage(of: .make(step: "hello"), in: sequence) == .anything)
        #expect(catalog.expectedMessage(of: .make(step: "gone"), in: sequence) == .anything)
        #expect(catalog.expectedMessage(of: .make(step: "hello"), in: nil) == .anything)
    }

    @Test func `what was kept of it counts, whatever the files and the person are now`() {
        let catalog = Catalog(zone: .hoChiMinh, sequences: [sequence])
        let kept = ExpectedMessage.text("Chào bạn", hasButtons: false)
        #expect(catalog.expectedMessage(of: .make(step: "hello", expected: kept), in: sequence) == kept)
        #expect(catalog.expectedMessage(of: .make(step: "gone", expected: kept), in: nil) == kept)
    }

    @Test func `each kind of part`() {
        #expect(ExpectedMessage(.images([Self.picture, Self.picture])) == .media(.image, count: 2))
        #expect(ExpectedMessage(.audio(Self.picture)) == .media(.audio, count: 1))
        #expect(ExpectedMessage(.file(Self.picture)) == .media(.file, count: 1))
        let card = FilledCard(title: "Áo", subtitle: nil, image: nil, url: nil, buttons: [])
        #expect(ExpectedMessage(MessagePart(.cards([card, card]))) == .cards(["Áo", "", "Áo", ""]))
        let template = UtilityTemplate(name: "t", language: "vi", parameters: []).filled(seed: 1) { _ in nil }
        #expect(ExpectedMessage(MessagePart(.template(template))) == .anything)
    }

    @Test func `the author of a comment cannot be asked for`() {
        #expect(InDoubtDelivery.make(step: "hello").isAddressKnown)
        #expect(!InDoubtDelivery.make(step: "hello", address: Comment.placeholder(for: "1_2")).isAddressKnown)
    }

    @Test func `a conversation that tells nothing is looked at again three times, ever later`() {
        #expect((0...4).map(InDoubtDelivery.wait) == [nil, .hours(1), .hours(6), .hours(24), nil])
    }

    private func expectedMessage(
        _ step: String,
        part: Int = 0,
        now attributes: [String: String] = ["first_name": "Lan"],
        permission: Permission = .standardWindow
    ) -> ExpectedMessage {
        let catalog = Catalog(zone: .hoChiMinh, sequences: [sequence])
        let then = InDoubtDelivery.make(step: step, attributes: ["first_name": "Lan"]).person
        guard let current = sequence.step(step) else { return .anything }
        let doubt = InDoubtDelivery.make(
            step: step,
            part: part,
            attributes: attributes,
            permission: permission,
            bodyHash: catalog.body(of: current, for: then, round: 1, in: sequence)?.hash
        )
        return catalog.expectedMessage(of: doubt, in: sequence)
    }
}
