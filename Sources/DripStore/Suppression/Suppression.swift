import DripCore

/// A line of the list beside the database: that one person stopped, paused or resumed messages, withdrew a consent, or was erased.
struct Suppression: Hashable {
    enum Kind: String {
        case stopped = "S"
        case paused = "P"
        case resumed = "R"
        case erased = "E"
        case withdrawn = "W"
        /// The person gave a consent that they had withdrawn.
        case given = "G"
    }

    /// What a consent is about.
    struct Scope: Hashable {
        /// nil for every channel.
        var channel: ChannelName?
        /// nil for every purpose.
        var purpose: Purpose?
        var source: ConsentRecord.Source
    }

    /// Increases by one with each line. The database stores the last number that it knows.
    var number: Int64 = 0
    var kind: Kind
    /// When the person was stopped, paused or erased, or the consent recorded; 1970 for one who was resumed.
    var at: Instant
    /// For an erased person: when they had asked to get nothing more.
    var stoppedAt: Instant?
    /// The source of the stop.
    var source: ConsentSource?
    /// For a consent that was withdrawn or given.
    var scope: Scope?
    /// The hash of page and address, salted with the database's instance (`Forgotten.hash`).
    var hash: String

    /// The length of a line in bytes, with its line break.
    static let lineLength = 146

    var line: String {
        let words = [
            Self.digits(number), kind.rawValue, Self.digits(at.milliseconds),
            scope?.text ?? Self.digits(stoppedAt?.milliseconds ?? 0), scope?.letter ?? Self.letter(source), hash,
        ]
        return (words + [StableHash.hex(of: words)]).joined(separator: " ") + "\n"
    }

    /// - Parameter line: without its line break.
    /// - Returns: nil if its checksum or form is wrong.
    init?(line: String) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 7, StableHash.hex(of: Array(words[..<6])) == words[6], let number = Int64(words[0]),
            let kind = Kind(rawValue: words[1]), let at = Int64(words[2])
        else { return nil }
        switch kind {
        case .stopped, .paused, .resumed, .erased:
            guard let stoppedAt = Int64(words[3]) else { return nil }
            self.stoppedAt = stoppedAt == 0 ? nil : Instant(milliseconds: stoppedAt)
            source = Self.sources.first { $0.letter == words[4] }?.source
        case .withdrawn, .given:
            guard let scope = Scope(words[3], letter: words[4]) else { return nil }
            self.scope = scope
        }
        self.number = number
        self.kind = kind
        self.at = Instant(milliseconds: at)
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

    init(_ record: ConsentRecord, hash: String) {
        self.init(kind: record.kind == .given ? .given : .withdrawn, at: record.at, hash: hash)
        scope = Scope(channel: record.channel, purpose: record.purpose, source: record.source)
    }

    /// The consent that was withdrawn or given; nil for any other line.
    var record: ConsentRecord? {
        scope.map {
            ConsentRecord(
                at: at,
                kind: kind == .given ? .given : .withdrawn,
                channel: $0.channel,
                purpose: $0.purpose,
                source: $0.source,
                evidence: "the list beside the database"
            )
        }
    }

    /// What a later line of the same subject replaces.
    private struct Subject: Hashable {
        let hash: String
        let isErasure: Bool
        let channel: ChannelName?
        let purpose: Purpose?
        let isConsent: Bool
    }

    private var subject: Subject {
        Subject(
            hash: hash,
            isErasure: kind == .erased,
            channel: scope?.channel,
            purpose: scope?.purpose,
            isConsent: scope != nil
        )
    }

    /// Returns each person's last stop, pause or resumption, their last erasure, and what they last said of each channel and
    /// purpose, in the order of their numbers.
    /// - Parameter most: the maximum number of lines to return; the oldest are left out.
    static func latest(_ all: [Suppression], most: Int = .max) -> [Suppression] {
        var last: [Subject: Suppression] = [:]
        for one in all { last[one.subject] = one }
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

extension Suppression.Scope {
    /// The length of the text in bytes: a letter for the purpose, and the channel. A number of a line is as long.
    private static let length = 1 + ChannelName.longest
    private static let filler: Character = "."

    /// Such as `cemail.............`.
    fileprivate var text: String {
        let text = "\(Self.letter(purpose))\(channel?.rawValue ?? "")"
        return text + String(repeating: Self.filler, count: max(Self.length - text.utf8.count, 0))
    }

    fileprivate init?(_ text: String, letter: String) {
        guard let source = Self.sources.first(where: { $0.letter == letter })?.source, let first = text.first else {
            return nil
        }
        let purpose = Purpose.allCases.first { Self.letter($0) == first }
        guard purpose != nil || first == Self.letter(nil) else { return nil }
        let channel = text.dropFirst().prefix { $0 != Self.filler }
        self.init(
            channel: channel.isEmpty ? nil : ChannelName(rawValue: String(channel)),
            purpose: purpose,
            source: source
        )
    }

    fileprivate var letter: String { Self.sources.first { $0.source == source }?.letter ?? "-" }

    private static let sources: [(letter: String, source: ConsentRecord.Source)] = [
        ("a", .ask), ("g", .page), ("m", .mail), ("f", .importFile), ("o", .operatorCommand),
    ]

    private static func letter(_ purpose: Purpose?) -> Character {
        switch purpose {
        case .care: "c"
        case .promotion: "p"
        case .transaction: "t"
        case nil: "-"
        }
    }
}
