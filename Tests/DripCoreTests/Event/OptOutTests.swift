import TestSupport
import Testing

@testable import DripCore

/// What people say in their messages, besides what starts and stops sequences.
@Suite struct OptOutTests {
    private let now = Instant.start

    @Test(arguments: ["STOP", "dừng", " Dừng lại ", "Hu\u{0309}y", "huỷ đăng ký"])
    func `a word that asks for nothing more ends everything, and starts nothing`(text: String) {
        let changes = decide(text)
        #expect(changes.contains(.stop(at: now)))
        #expect(!changes.contains { if case .enroll = $0 { true } else { false } })
    }

    @Test(arguments: ["dừng ở đâu vậy shop", "don't stop", "", "xin chào"])
    func `within a sentence it is a word like any other`(text: String) {
        #expect(!decide(text).contains(.stop(at: now)))
    }

    @Test func `the configuration says which words these are`() {
        var catalog = Catalog(zone: .hoChiMinh, sequences: [])
        catalog.optOut = .only(["thôi"])
        #expect(
            catalog.decide(.message("1", text: "Thôi"), at: now, person: .make(), rounds: [:]).contains(.stop(at: now))
        )
        #expect(
            !catalog.decide(.message("1", text: "stop"), at: now, person: .make(), rounds: [:]).contains(.stop(at: now))
        )
        #expect(catalog.pinning([]).optOut == .only(["thôi"]))
    }

    @Test func `a phone number and an address are kept, and only if they are new`() {
        let changes = decide("0912 345 678, lan@example.com")
        #expect(changes.contains(.attribute("phone", value: "+84912345678")))
        #expect(changes.contains(.attribute("email", value: "lan@example.com")))
        let known = Person.make(attributes: ["phone": "+84912345678"])
        #expect(!decide("0912345678", known).contains(.attribute("phone", value: "+84912345678")))
    }

    @Test func `what is known stays unless the new number is certain`() {
        let known = Person.make(attributes: ["phone": "+84912345678", "email": "lan@example.com"])
        #expect(!decide("Em đặt lịch 05-12-2026 09:30 nhé", known).contains { $0.isAttribute })
        #expect(!decide("gọi 028 3822 1234 nhé", known).contains { $0.isAttribute })
        #expect(!decide("0987654321 hoặc 0987654322", known).contains { $0.isAttribute })
        #expect(!decide("a@example.com, b@example.com", known).contains { $0.isAttribute })
        #expect(decide("số mới 0987654321", known).contains(.attribute("phone", value: "+84987654321")))
        #expect(decide("028 3822 1234").contains(.attribute("phone", value: "+842838221234")))
        let blank = Person.make(attributes: ["phone": " "])
        #expect(decide("028 3822 1234", blank).contains(.attribute("phone", value: "+842838221234")))
    }

    @Test func `an unclear word pauses, once, and starts no less`() {
        #expect(decide("Huy").contains(.pause(at: now)))
        #expect(!decide("Huy").contains(.stop(at: now)))
        #expect(!decide("Huy", .make(pausedAt: now - .hours(1))).contains(.pause(at: now)))
        #expect(decide("dừng", .make(pausedAt: now - .hours(1))).contains(.stop(at: now)))
        let stopped = decide("Huy", .make(stoppedAt: now - .hours(1)))
        #expect(!stopped.contains(.pause(at: now)))
    }

    @Test func `a phrase by which a sequence starts is clear`() {
        let sequence = DripSequence.make(start: [.message([Phrase("Huy")])], steps: .care)
        let changes = Catalog(zone: .hoChiMinh, sequences: [sequence])
            .decide(.message("1", text: "huy"), at: now, person: .make(), rounds: [:])
        #expect(!changes.contains(.pause(at: now)))
        #expect(changes.contains { if case .enroll = $0 { true } else { false } })
    }

    @Test(arguments: [
        "STOP" + String(repeating: " ", count: 3000), String(repeating: "\n", count: 1900) + "stop",
        "STOP" + String(repeating: "!", count: 1900), "stop" + String(repeating: "\u{200b}", count: 1900),
    ])
    func `an opt-out in padding of any length is read, also from a person who wrote too much`(text: String) {
        #expect(decide(text).contains(.stop(at: now)))
        #expect(!EventWords.isLong(.message("1", text: text)))
        #expect(
            EventWords(.message("1", text: text), readsAll: false).phrase
                == EventWords(.message("1", text: "stop")).phrase
        )
    }

    @Test(arguments: ["a,b", "a b", "\u{1b}[2J", "x\u{202e}", String(repeating: "x", count: 65), ""])
    func `a tap with what is no tag does nothing`(tag: String) {
        #expect(Tap("dripd/tag/\(tag)") == nil)
    }

    @Test(arguments: [
        (nil, true), (ConsentSource.person, true), (ConsentSource.file, true), (ConsentSource.operatorCommand, false),
    ])
    func `a word of their own takes back a stop, but not an operator's`(by source: ConsentSource?, isTaken: Bool) {
        let person = Person.make(stoppedAt: now - .hours(1), stoppedBy: source)
        #expect(decide("START", person).contains(.resume(at: now)) == isTaken)
        #expect(!decide("chào shop", person).contains(.resume(at: now)))
    }

    @Test func `a word that is older than the stop, or was said to another app, takes nothing back`() {
        #expect(!decide("START", .make(stoppedAt: now)).contains(.resume(at: now)))
        #expect(!decide("START").contains(.resume(at: now)))
        #expect(decide("START", .make(pausedAt: now - .hours(1))).contains(.resume(at: now)))
        var standby = Event.message("1", text: "START")
        standby = Event(
            channel: .messenger,
            page: standby.page,
            person: standby.person,
            key: standby.key,
            at: standby.at,
            kind: standby.kind,
            body: nil,
            isStandby: true
        )
        let changes = Catalog(zone: .hoChiMinh, sequences: [])
            .decide(standby, at: now, person: .make(stoppedAt: now - .hours(1)), rounds: [:])
        #expect(!changes.contains(.resume(at: now)))
    }

    private func decide(_ text: String, _ person: Person = .make()) -> [Change] {
        Catalog(zone: .hoChiMinh, sequences: [.make(steps: .care)])
            .decide(.message("1", text: text), at: now, person: person, rounds: [:])
    }
}

extension Change {
    fileprivate var isAttribute: Bool {
        if case .attribute = self { true } else { false }
    }
}
