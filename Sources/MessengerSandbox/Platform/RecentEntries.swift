/// The newest entries in order, numbered from 1 without gaps.
struct RecentEntries<Entry: Sendable>: Sendable {
    let countLimit: Int
    let byteLimit: Int
    private(set) var lastNumber = 0
    private var entries: [(entry: Entry, bytes: Int)] = []
    private var bytes = 0

    init(countLimit: Int, byteLimit: Int = .max) {
        self.countLimit = countLimit
        self.byteLimit = byteLimit
    }

    /// Above a limit, the oldest sixteenth is dropped at once, which keeps appending cheap.
    ///
    /// - Parameter make: makes the entry with its number.
    @discardableResult
    mutating func append(bytes size: Int = 0, _ make: (_ number: Int) -> Entry) -> Entry {
        while !entries.isEmpty, entries.count >= countLimit || bytes > byteLimit - size { removeOldest() }
        lastNumber += 1
        let entry = make(lastNumber)
        entries.append((entry, size))
        bytes += size
        return entry
    }

    subscript(_ number: Int) -> Entry? {
        index(of: number).map { entries[$0].entry }
    }

    /// Changes the entries that match.
    mutating func change(where matches: (Entry) -> Bool, _ body: (inout Entry) -> Void) {
        for index in entries.indices where matches(entries[index].entry) { body(&entries[index].entry) }
    }

    /// Returns the entries with a number above `number` that match, oldest first: up to `count`, and up to `bytes` if
    /// the first is not larger.
    func entries(
        after number: Int,
        count: Int,
        bytes: Int = .max,
        where matches: (Entry) -> Bool = { _ in true }
    ) -> [Entry] {
        var found: [Entry] = []
        var room = bytes
        let skipped = min(max(0, number - firstNumber + 1), entries.count)
        for (entry, size) in entries[skipped...] where matches(entry) {
            room -= size
            if found.count >= count || (room < 0 && !found.isEmpty) { break }
            found.append(entry)
        }
        return found
    }

    private var firstNumber: Int { lastNumber - entries.count + 1 }

    private func index(of number: Int) -> Int? {
        let index = number - firstNumber
        return entries.indices.contains(index) ? index : nil
    }

    private mutating func removeOldest() {
        let count = max(1, entries.count / 16)
        bytes -= entries.prefix(count).reduce(0) { $0 + $1.bytes }
        entries.removeFirst(count)
    }
}
