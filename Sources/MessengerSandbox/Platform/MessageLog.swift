/// The newest messages in order. A full log drops its oldest sixteenth at once, which keeps appending cheap.
struct MessageLog: Sendable {
    let limit: Int
    private(set) var lastNumber = 0
    private var entries: [LogEntry] = []
    private var numbersByMessage: [String: Int] = [:]
    /// The numbers of each person's entries, oldest first.
    private var numbersByPerson: [String: [Int]] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    var nextNumber: Int { lastNumber + 1 }

    mutating func append(_ entry: LogEntry) {
        precondition(entry.number == nextNumber, "log entries are numbered without gaps")
        if entries.count >= limit { removeOldest(max(1, limit / 16)) }
        entries.append(entry)
        numbersByMessage[entry.messageID] = entry.number
        numbersByPerson[entry.person, default: []].append(entry.number)
        lastNumber = entry.number
    }

    /// Returns up to `count` entries with a number above `number`, oldest first, of one person or of all.
    func entries(after number: Int, of person: String?, count: Int) -> [LogEntry] {
        let skipped = min(max(0, number - firstNumber + 1), entries.count)
        return Array(entries[skipped...].lazy.filter { person == nil || $0.person == person }.prefix(count))
    }

    subscript(message id: String) -> LogEntry? {
        numbersByMessage[id].map { entries[$0 - firstNumber] }
    }

    /// Changes a message, if it exists.
    mutating func change(_ message: String, _ body: (inout LogEntry) -> Void) {
        guard let number = numbersByMessage[message] else { return }
        body(&entries[number - firstNumber])
    }

    /// Returns the whole conversation with `person`, newest first.
    func conversation(with person: String) -> some Sequence<LogEntry> {
        (numbersByPerson[person] ?? []).lazy.reversed().map { entries[$0 - firstNumber] }
    }

    func hasEntries(of person: String) -> Bool {
        numbersByPerson[person] != nil
    }

    private var firstNumber: Int { nextNumber - entries.count }

    private mutating func removeOldest(_ count: Int) {
        let bound = firstNumber + count
        for entry in entries.prefix(count) {
            numbersByMessage[entry.messageID] = nil
        }
        for person in Set(entries.prefix(count).map(\.person)) {
            numbersByPerson[person]?.removeAll { $0 < bound }
            if numbersByPerson[person]?.isEmpty == true { numbersByPerson[person] = nil }
        }
        entries.removeFirst(count)
    }
}

/// A message in the platform's log: accepted from the page, or written by a person.
package struct LogEntry: Sendable, Equatable {
    package enum Direction: String, Sendable {
        /// From the person to the page.
        case incoming = "in"
        /// From the page to the person.
        case outgoing = "out"
    }

    /// 1 for the first entry, without gaps.
    package let number: Int
    /// The sandbox's clock; milliseconds since 1970.
    package let at: Int64
    package let direction: Direction
    package let person: String
    package let messageID: String
    package var text: String?
    package var attachments: [Attachment] = []
    package var buttons: [Button] = []
    package var cards: [Card] = []
    package var quickReplies: [QuickReply] = []
    /// The `metadata` of the page's message.
    package var metadata: String?
    /// The `ref` of the m.me link through which the person came.
    package var ref: String?
    /// The comment that this message answers in private.
    package var comment: String?
    /// How often the person has edited the text.
    package var edits = 0
    /// Whether a human operator wrote it in the page's inbox, instead of the page's app.
    package var isByOperator = false

    /// All buttons, including those of cards.
    var allButtons: [Button] { buttons + cards.flatMap(\.buttons) }

    /// False for a followed link and for a message that the person took back.
    var isMessage: Bool { text != nil || !attachments.isEmpty || !cards.isEmpty }
}
