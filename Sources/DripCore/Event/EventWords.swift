/// What an event says in words, read once for all that it is compared with. To bring a text into the form in which that is
/// done is most of the work of a message: it is done before anything else waits for it, outside every transaction.
package struct EventWords: Hashable, Sendable {
    /// What a message or a comment says; nil where there are no words.
    let phrase: Phrase?
    /// Which contacts a message names; nil where it is not looked for them.
    let contacts: Contacts?
    /// Of keywords that were looked for in a comment beforehand, whether it has them.
    private var found: [Phrase: Bool] = [:]

    /// Of an event without words.
    package static let none = EventWords(phrase: nil, contacts: nil)

    private init(phrase: Phrase?, contacts: Contacts?) {
        (self.phrase, self.contacts) = (phrase, contacts)
    }

    /// Bytes of a text that is always read: reading it costs no more than writing down its event. The words by which people want
    /// nothing more are shorter.
    package static let shortText = 256

    /// - Parameter readsAll: false: a long text is not read. It is no phrase then, and names nobody's number.
    package init(_ event: Event, readsAll: Bool = true) {
        switch event.kind {
        case .message(let text?, _, _):
            self =
                readsAll || !Self.isLong(text)
                ? EventWords(phrase: Phrase(message: text), contacts: Contacts(in: text)) : .none
        case .comment(let comment):
            let text = comment.text ?? ""
            self = EventWords(phrase: Phrase(readsAll || !Self.isLong(text) ? text : ""), contacts: nil)
        default: self = .none
        }
    }

    /// Whether the event has a text that takes more than its writing down.
    package static func isLong(_ event: Event) -> Bool {
        switch event.kind {
        case .message(let text?, _, _): isLong(text)
        case .comment(let comment): isLong(comment.text ?? "")
        default: false
        }
    }

    /// Looks for keywords in what a comment says, so that nobody has to do it later.
    package mutating func find(_ keywords: [Phrase]) {
        guard let phrase else { return }
        for keyword in keywords where found[keyword] == nil { found[keyword] = keyword.isContained(in: phrase) }
    }

    /// Whether the event says this among other words.
    func contain(_ keyword: Phrase) -> Bool {
        found[keyword] ?? phrase.map(keyword.isContained) ?? false
    }

    private static func isLong(_ text: String) -> Bool { text.utf8.count > shortText }
}
