import DripCore
import Foundation

/// A text that a stranger wrote, as it is and repeated until it is far longer than anything that is read: what is quadratic in
/// its length takes minutes then.
struct FuzzedText {
    private let texts: [String]

    private static let repeatedBytes = 200_000

    init(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let times = text.isEmpty ? 0 : Self.repeatedBytes / text.utf8.count + 1
        texts = [text, String(repeating: text, count: times)]
    }

    func read() {
        for text in texts {
            let cut = OutsideText.bounded(text, scalars: Contacts.longestScalars + 1)
            precondition(cut.unicodeScalars.count <= Contacts.longestScalars + 1, "a text has a bound")
            precondition(OutsideText.bounded(cut, scalars: Contacts.longestScalars + 1) == cut, "what is cut stays")
            let name = OutsideText.name(text)
            precondition(name.count <= 100 && name.unicodeScalars.count <= 400, "so has a name")
            for text in [text, cut] { decide(text) }
        }
    }

    private func decide(_ text: String) {
        let now = Instant(milliseconds: 1_800_000_000_000)
        var person = Person(
            id: PersonID(rawValue: 1),
            address: Address(
                id: AddressID(rawValue: 1),
                account: Account(id: AccountID(rawValue: 1), channel: .messenger, externalID: "1"),
                externalID: "2"
            )
        )
        person.attributes = ["phone": "+84912345678"]
        let comment = Comment(id: "3", post: nil, text: text, author: nil)
        // What is compared as it is has its bound from the border.
        let word = OutsideText.bounded(text, scalars: 2_100)
        let kinds: [Event.Kind] = [.message(text: text, payload: word, ref: word), .comment(comment)]
        for kind in kinds {
            let event = Event(channel: .messenger, page: "1", person: "2", key: "k", at: now, kind: kind, body: nil)
            for readsAll in [true, false] {
                let words = EventWords(event, readsAll: readsAll)
                let changes = Self.catalog.decide(event, saying: words, at: now, person: person, rounds: [:])
                let values = changes.compactMap { if case .attribute(_, let value) = $0 { value } else { nil } }
                precondition(values.allSatisfy { $0.utf8.count <= 400 }, "what is kept of a text has a bound")
            }
        }
    }

    private static let catalog = Catalog(
        zone: TimeZone(secondsFromGMT: 0) ?? .current,
        sequences: [
            DripSequence(
                id: "care",
                title: "Care",
                start: [
                    .message([Phrase("giá"), Phrase("Đã share!")]), .ref("link"), .postback("GO"),
                    .comment(CommentRule(contains: [Phrase("aaaaaaab"), Phrase("giá"), Phrase("❤️")], post: nil)),
                ],
                steps: [],
                hash: "c"
            )
        ]
    )
}
