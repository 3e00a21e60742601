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
        catalog.optOut = [Phrase("thôi")]
        #expect(
            catalog.decide(.message("1", text: "Thôi"), at: now, person: .make(), rounds: [:]).contains(.stop(at: now))
        )
        #expect(
            !catalog.decide(.message("1", text: "stop"), at: now, person: .make(), rounds: [:]).contains(.stop(at: now))
        )
        #expect(catalog.pinning([]).optOut == [Phrase("thôi")])
    }

    @Test func `a phone number and an address are kept, and only if they are new`() {
        let changes = decide("0912 345 678, lan@example.com")
        #expect(changes.contains(.attribute("phone", value: "+84912345678")))
        #expect(changes.contains(.attribute("email", value: "lan@example.com")))
        let known = Person.make(attributes: ["phone": "+84912345678"])
        #expect(!decide("0912345678", known).contains(.attribute("phone", value: "+84912345678")))
    }

    private func decide(_ text: String, _ person: Person = .make()) -> [Change] {
        Catalog(zone: .hoChiMinh, sequences: [.make(steps: .care)])
            .decide(.message("1", text: text), at: now, person: person, rounds: [:])
    }
}
