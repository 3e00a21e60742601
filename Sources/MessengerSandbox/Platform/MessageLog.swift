/// The newest messages in order. When full, a sixteenth of the oldest goes at once, which keeps appending cheap.
struct MessageLog: Sendable {
    let limit: Int
    private(set) var lastNumber = 0
    private var entries: [LogEntry] = []
    private var numbersByMessage: [String: Int] = [:]
    /// Of each person who has entries, oldest first.
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

    /// Up to `count` entries with a number above `number`, oldest first; those of one person, or of all.
    func entries(after number: Int, of person: String?, count: Int) -> [LogEntry] {
        let skipped = min(max(0, number - firstNumber + 1), entries.count)
        return Array(entries[skipped...].lazy.filter { person == nil || $0.person == person }.prefix(count))
    }

    subscript(message id: String) -> LogEntry? {
        numbersByMessage[id].map { entries[$0 - firstNumber] }
    }

    /// Nothing happens when there is no such message.
    mutating func change(_ message: String, _ body: (inout LogEntry) -> Void) {
        guard let number = numbersByMessage[message] else { return }
        body(&entries[number - firstNumber])
    }

    /// Everything in the conversation with `person`, newest first.
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
