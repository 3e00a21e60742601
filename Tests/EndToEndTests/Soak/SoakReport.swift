/// Whether what must stay flat did, from the samples of a soak alone.
struct SoakReport: Codable, Equatable {
    /// Caches are full after the first quarter: the last is held against the second.
    static let memoryGrowthLimit = 3_000_000
    /// SQLite writes the log back at 4 MB, and starts over; a transaction under way and a reader may hold it up.
    static let logLimit = 16_000_000
    /// Connections come and go with the requests that are under way, 64 of them at most (`concurrency`).
    static let descriptorGrowthLimit = 64

    let samples: [SoakSample]
    let memoryGrowthBytes: Int
    let memoryGrowthPerMillionMessages: Int
    let databaseBytesPerMessage: Int
    let largestLogBytes: Int
    let descriptorGrowth: Int
    let messagesPerSecond: Double
    /// What did not stay flat, for a person; empty: all did.
    let complaints: [String]

    /// - Parameter samples: at least four, evenly over the messages.
    init(_ samples: [SoakSample]) {
        let quarter = samples.count / 4
        let (second, last) = (Array(samples[quarter..<(2 * quarter)]), Array(samples.suffix(quarter)))
        func growth(_ value: KeyPath<SoakSample, Int>) -> Int {
            Self.median(last.map { $0[keyPath: value] }) - Self.median(second.map { $0[keyPath: value] })
        }
        let messages = max(1, growth(\.sent))
        self.samples = samples
        memoryGrowthBytes = growth(\.memoryBytes)
        memoryGrowthPerMillionMessages = memoryGrowthBytes * 1_000_000 / messages
        databaseBytesPerMessage = growth(\.databaseBytes) / messages
        largestLogBytes = samples.map(\.logBytes).max() ?? 0
        descriptorGrowth = growth(\.descriptors)
        messagesPerSecond = (samples.last.map { Double($0.sent) / max(1, $0.seconds) }) ?? 0
        var complaints: [String] = []
        if memoryGrowthBytes > Self.memoryGrowthLimit {
            complaints.append(
                "memory grew by \(memoryGrowthBytes) bytes in \(messages) messages (\(memoryGrowthBytes / messages) each)"
            )
        }
        if largestLogBytes > Self.logLimit {
            complaints.append("the write-ahead log grew to \(largestLogBytes) bytes")
        }
        if descriptorGrowth > Self.descriptorGrowthLimit {
            complaints.append("\(descriptorGrowth) more files are open than in the second quarter")
        }
        self.complaints = complaints
    }

    var summary: String {
        """
        \(Int(messagesPerSecond)) messages/s; memory: \(memoryGrowthBytes) bytes more in the last quarter than in the \
        second, \(memoryGrowthPerMillionMessages) for a million messages; log: \(largestLogBytes) bytes at most; \
        database: \(databaseBytesPerMessage) bytes a message
        \(complaints.isEmpty ? "All stays flat." : complaints.joined(separator: "\n"))
        """
    }

    private static func median(_ values: [Int]) -> Int {
        values.isEmpty ? 0 : values.sorted()[(values.count - 1) / 2]
    }
}
