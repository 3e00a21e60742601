import DripCore

/// A line of the list beside the database: that one person stopped, paused or resumed messages, or was erased.
struct Suppression: Hashable {
    enum Kind: String {
        case stopped = "S"
        case paused = "P"
        case resumed = "R"
        case erased = "E"
    }

    /// Increases by one with each line. The database stores the last number that it knows.
    var number: Int64 = 0
    var kind: Kind
    /// When the person was stopped, paused or erased; 1970 for one who was resumed.
    var at: Instant
    /// For an erased person: when they had asked to get nothing more.
    var stoppedAt: Instant?
    /// The source of the stop.
    var source: ConsentSource?
    /// The hash of page and address, salted with the database's instance (`Forgotten.hash`).
    var hash: String

    /// The length of a line in bytes, with its line break.
    static let lineLength = 146

    var line: String {
        let words = [
            Self.digits(number), kind.rawValue, Self.digits(at.milliseconds), Self.digits(stoppedAt?.milliseconds ?? 0),
            Self.letter(source), hash,
        ]
        return (words + [StableHash.hex(of: words)]).joined(separator: " ") + "\n"
    }

    /// - Parameter line: without its line break.
    /// - Returns: nil if its checksum or form is wrong.
    init?(line: String) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 7, StableHash.hex(of: Array(words[..<6])) == words[6], let number = Int64(words[0]),
            let kind = Kind(rawValue: words[1]), let at = Int64(words[2]), let stoppedAt = Int64(words[3])
        else { return nil }
        self.number = number
        self.kind = kind
        self.at = Instant(milliseconds: at)
        self.stoppedAt = stoppedAt == 0 ? nil : Instant(milliseconds: stoppedAt)
        source = Self.sources.first { $0.letter == words[4] }?.source
        hash = words[5]
    }

    init(
        number: Int64 = 0,
        kind: Kind,
        at: Instant,
        stoppedAt: Instant? = nil,
        source: ConsentSource? = nil,
        hash: String
    ) {
        self.number = number
        (self.kind, self.at, self.stoppedAt, self.source, self.hash) = (kind, at, stoppedAt, source, hash)
    }

    /// Returns each person's last stop, pause or resumption, and their last erasure, in the order of their numbers.
    /// - Parameter most: the maximum number of lines to return; the oldest are left out.
    static func latest(_ all: [Suppression], most: Int = .max) -> [Suppression] {
        var last: [String: Suppression] = [:]
        for one in all { last[one.hash + (one.kind == .erased ? "E" : "")] = one }
        return Array(last.values.sorted { $0.number < $1.number }.suffix(most))
    }

    private static let sources: [(letter: String, source: ConsentSource)] = [
        ("p", .person), ("o", .operatorCommand), ("f", .file),
    ]

    private static func letter(_ source: ConsentSource?) -> String {
        sources.first { $0.source == source }?.letter ?? "-"
    }

    static func digits(_ number: Int64) -> String {
        let digits = String(max(number, 0))
        return String(repeating: "0", count: 19 - digits.count) + digits
    }
}
