import DripCore
import TestSupport
import Testing

/// What the platform still tells of people who wrote before we listened.
@Suite struct ConversationTests {
    private let stop = OptOut.only(["dừng"])

    @Test func `a contact is whom the person's own messages make them`() {
        let conversation = Conversation.of([
            (.hours(3), true, "số mới: 0987 654 321"), (.hours(2), false, "gọi shop: 0900000000"),
            (.hours(1), true, "mình là Lan, 0912345678, lan@example.com"),
        ])
        #expect(
            conversation.contact(optOut: stop)
                == Contact(
                    address: "77",
                    attributes: ["full_name": "Trần Lan", "phone": "+84987654321", "email": "lan@example.com"],
                    firstWroteAt: .start + .hours(1),
                    lastWroteAt: .start + .hours(3),
                    lastWord: .none
                )
        )
    }

    @Test func `who never wrote is no contact`() {
        #expect(Conversation.of([(.hours(1), false, "Chào bạn")]).contact(optOut: stop) == nil)
        #expect(Conversation.of([]).contact(optOut: stop) == nil)
    }

    @Test func `who said that they want nothing more, and nothing since, does not`() {
        let said = Conversation.of([(.hours(1), true, "Dừng"), (.hours(2), false, "Vâng ạ")])
        #expect(said.contact(optOut: stop)?.lastWord == .stop)
        let wrote = Conversation.of([(.hours(1), true, "Dừng"), (.hours(2), true, "còn hàng không?")])
        #expect(wrote.contact(optOut: stop)?.lastWord == OptOut.Reading.none)
    }

    @Test func `what the person wrote in a span is the events that a webhook would have brought`() {
        let conversation = Conversation.of([
            (.hours(4), true, "d"), (.hours(3), true, "c"), (.hours(2), false, "x"), (.hours(2), true, "b"),
            (.hours(1), true, "a"),
        ])
        let events = conversation.events(on: "1", of: .messenger, from: .start + .hours(2), until: .start + .hours(4))
        #expect(events.map(\.event.key) == ["m:m_2b", "m:m_3c"])
        #expect(events.map(\.at) == [.start + .hours(2), .start + .hours(3)])
        #expect(events[0].event.kind == .message(text: "b", payload: nil, ref: nil))
        #expect((events[0].event.page, events[0].event.person) == ("1", "77"))
    }
}

extension Conversation {
    fileprivate static func of(_ messages: [(at: Milliseconds, isFromPerson: Bool, text: String)]) -> Conversation {
        Conversation(
            person: "77",
            name: "Trần Lan",
            updatedAt: .start,
            messages: messages.map {
                let hour = $0.at.milliseconds / 3_600_000
                return Message(
                    id: "m_\(hour)\($0.text.prefix(1))",
                    at: .start + $0.at,
                    isFromPerson: $0.isFromPerson,
                    text: $0.text
                )
            }
        )
    }
}
