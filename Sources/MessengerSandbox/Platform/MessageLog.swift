/// The newest messages in order. When full, a sixteenth of the oldest goes at once, which keeps appending cheap.
struct MessageLog: Sendable {
    let limit: Int
    private(set) var lastNumber = 0
    private var entries: [LogEntry] = []

    init(limit: Int) {
        self.limit = limit
    }

    var nextNumber: Int { lastNumber + 1 }

    mutating func append(_ entry: LogEntry) {
        precondition(entry.number == nextNumber, "log entries are numbered without gaps")
        if entries.count >= limit {
            entries.removeFirst(max(1, limit / 16))
        }
        entries.append(entry)
        lastNumber = entry.number
    }

    func hasMessages(of person: String) -> Bool {
        entries.contains { $0.person == person }
    }

    /// Up to `count` entries with a number above `number`, oldest first; those of one person, or of all.
    func entries(after number: Int, of person: String?, count: Int) -> [LogEntry] {
        let firstNumber = nextNumber - entries.count
        let skipped = min(max(0, number - firstNumber + 1), entries.count)
        return Array(entries[skipped...].lazy.filter { person == nil || $0.person == person }.prefix(count))
    }
}
