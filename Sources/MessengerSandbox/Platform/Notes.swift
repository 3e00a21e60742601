/// The newest notes in order. When full, the oldest sixteenth is dropped at once.
struct Notes: Sendable {
    static let limit = 10_000
    private static let textLimit = 500

    private(set) var lastNumber = 0
    private var notes: [Note] = []

    mutating func append(_ kind: Note.Kind, _ text: String, about person: String, at now: Int64) {
        if notes.count >= Self.limit { notes.removeFirst(Self.limit / 16) }
        lastNumber += 1
        let text = text.count > Self.textLimit ? text.prefix(Self.textLimit) + "…" : text
        notes.append(Note(number: lastNumber, at: now, person: person, kind: kind, text: text))
    }

    /// Returns up to `count` notes with a number above `number`, oldest first.
    func notes(after number: Int, count: Int) -> [Note] {
        let firstNumber = lastNumber - notes.count + 1
        return Array(notes.dropFirst(max(0, number - firstNumber + 1)).prefix(count))
    }
}

/// An event in a conversation other than a message, described for the user of the chat page.
package struct Note: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// The platform refused a message of the page.
        case refused
        case comment
        case other
    }

    /// 1 for the first note, without gaps.
    package let number: Int
    /// Milliseconds since 1970.
    package let at: Int64
    package let person: String
    package let kind: Kind
    package let text: String
}
