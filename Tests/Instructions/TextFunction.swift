import DripCore
import Foundation

/// What is done with a text that a stranger wrote: each of some texts that are made to be slow, one after the other.
struct TextFunction {
    enum Work: String, CaseIterable {
        /// It is cut where it comes in.
        case bound
        /// It is a message: what it says, and whose number it names.
        case message
        /// It is a message, and is compared with the words by which people want nothing more.
        case stop
        /// It is a comment, in which a sequence's keyword is looked for.
        case comment
        /// It is what somebody is called.
        case name
    }

    private let work: Work
    private let texts: [String]
    private let catalog: Catalog

    /// - Parameter name: the work and the texts' length in scalars: `message-1000`.
    init?(_ name: String) {
        let parts = name.split(separator: "-")
        guard parts.count == 2, let work = Work(rawValue: String(parts[0])), let length = Int(parts[1]) else {
            return nil
        }
        self.work = work
        texts = Self.pieces.map { piece in
            let scalars = Array(piece.unicodeScalars)
            return String(String.UnicodeScalarView((0..<length).map { scalars[$0 % scalars.count] }))
        }
        let rule = CommentRule(contains: [Phrase("aaaaaaaab"), Phrase("giá")], post: nil)
        catalog = Catalog(
            zone: .gmt,
            sequences: [DripSequence(id: "care", title: "Care", start: [.comment(rule)], steps: [], hash: "c")]
        )
    }

    /// Marks, digits, separators, characters that show nothing, emoji that belong together, and what looks like an address.
    private static let pieces = [
        "a", "stop ", "\u{301}\u{323}", "e\u{323}\u{302}\u{301}", "\u{F73}", "\u{FDFA}", "\u{1100}", "\u{200B}",
        "👨\u{200D}",
        "🇻", "0", "0 ", "0.", "=0x", "/0-", "84 ", "@", "a@", "a.", "//a@", "+1 ", " ", "\u{FF10}", "ừ ",
    ]

    func call(times count: Int) {
        for _ in 0..<count {
            for text in texts { call(text) }
        }
    }

    @inline(never) private func call(_ text: String) {
        switch work {
        case .bound: withExtendedLifetime(OutsideText.bounded(text, scalars: Contacts.longestScalars + 1)) {}
        case .message: withExtendedLifetime(EventWords(event(.message(text: text, payload: nil, ref: nil)))) {}
        case .stop: withExtendedLifetime(OptOut.standard.reading(of: Phrase(message: text))) {}
        case .comment:
            let comment = Comment(id: "1", post: nil, text: text, author: nil)
            let words = EventWords(event(.comment(comment)))
            withExtendedLifetime(catalog.isAwaited(comment, saying: words, page: "1")) {}
        case .name: withExtendedLifetime(OutsideText.name(text)) {}
        }
    }

    private func event(_ kind: Event.Kind) -> Event {
        Event(channel: .messenger, page: "1", person: "2", key: "m:1", at: nil, kind: kind, body: nil)
    }
}
