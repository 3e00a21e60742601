import TestSupport
import Testing

@testable import DripCore

/// What a text says, and which texts are not asked.
@Suite struct EventWordsTests {
    @Test func `a message longer than a thousand characters is no phrase, and its contacts are read`() {
        let long = EventWords(.message("1", text: String(repeating: "shop ", count: 201) + "stop 0912345678"))
        #expect(long.phrase?.folded.isCut == true)
        #expect(long.contacts?.phone == "+84912345678")
        let short = EventWords(.message("1", text: "x" + String(repeating: "\u{200B}", count: 995) + "stop"))
        #expect(short.phrase == Phrase("xstop"))
    }

    @Test(arguments: ["stop", "dừng nhận tin nhắn", "vui lòng hủy đăng ký nhận tin giúp mình với ạ"])
    func `short words are read even where long texts are not`(text: String) {
        let words = EventWords(.message("1", text: text), readsAll: false)
        let changes = Catalog(zone: .hoChiMinh, sequences: []).decide(
            .message("1", text: text),
            saying: words,
            at: .start,
            person: .make(),
            rounds: [:]
        )
        #expect(changes.contains(.stop(at: .start)))
    }

    @Test func `a long text that is not read opens the window and is an answer`() {
        let event = Event.message("1", text: "0912345678 " + String(repeating: "a ", count: 200))
        #expect(EventWords.isLong(event))
        let sequence = DripSequence.make("care", steps: .care) { $0.stop = [.replied] }
        let round = Round(number: 1, anchor: .start - .days(1), underWay: true)
        let changes = Catalog(zone: .hoChiMinh, sequences: [sequence]).decide(
            event,
            saying: EventWords(event, readsAll: false),
            at: .start,
            person: .make(firstMessageAt: .start - .days(2)),
            rounds: ["care": round]
        )
        #expect(
            changes == [
                .openWindow(until: .start + .hours(24)), .wrote(at: .start), .end(sequence: "care", .replied),
            ]
        )
    }

    @Test func `a number at the place where a text is cut is no other number`() {
        let text = String(repeating: "a ", count: 1_994) + "0912345678 0912345678999"
        #expect(text.unicodeScalars.count > Contacts.longestScalars)
        #expect(Contacts(in: String(repeating: "a ", count: 1_995) + "0912345678999").phone == nil)
        #expect(Contacts(in: text).phone == "+84912345678")
    }

    @Test(arguments: [
        ("aab", "aaaab", true), ("abab", "abaabab", true), ("aaaa", "aaab aaab", false), ("giá", "xin giá", true),
        ("abcabd", "abcabcabd", true),
    ])
    func `a keyword is found wherever it stands`(keyword: String, comment: String, isFound: Bool) {
        #expect(Phrase(keyword).isContained(in: Phrase(comment)) == isFound)
    }
}
