import Logging

/// One event of the log as one line of text.
struct LogLine {
    /// PIPE_BUF, the line break included: a write of this size is not mixed with another's, and journald, which cuts
    /// at 48 KiB, keeps it whole.
    static let limitBytes = 4096

    let format: LogFormat
    /// Milliseconds since 1970.
    let time: Int64
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata

    /// Without the line break.
    var text: String { Self.cut(head + body) }

    /// What it says, without how it begins.
    var body: String {
        var text = Self.escaped(message, quotes: false)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where key != JournalEntry.messageIDKey {
            text += " \(Self.escaped(key, quotes: false))=\(Self.quoted("\(value)"))"
        }
        return text
    }

    private var head: String {
        switch format {
        case .journal: "<\(level.priority)>"
        case .terminal(let colour): "\(UTCTimestamp(milliseconds: time)) \(coloured(colour)) "
        }
    }

    private func coloured(_ colour: Bool) -> String {
        let name = level.rawValue + String(repeating: " ", count: max(0, 8 - level.rawValue.count))
        guard colour, let code = level.colour else { return name }
        return "\u{1b}[\(code)m\(name)\u{1b}[0m"
    }

    private static func quoted(_ value: String) -> String {
        let isPlain = value.unicodeScalars.allSatisfy { scalar in
            !scalar.breaksLine && !scalar.properties.isWhitespace && scalar != "\"" && scalar != "="
        }
        return isPlain && !value.isEmpty ? value : "\"\(escaped(value, quotes: true))\""
    }

    /// What came from outside cannot begin a line of its own, nor move a terminal's cursor.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\"" where quotes, "\\" where quotes: result += "\\\(scalar)"
            case _ where scalar.breaksLine: result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count >= limitBytes else { return text }
        let sign = "…"
        // A cut between the bytes of a character goes back to that character's beginning.
        var end = text.utf8.index(text.startIndex, offsetBy: limitBytes - 1 - sign.utf8.count)
        while text.utf8[end] & 0b1100_0000 == 0b1000_0000 { end = text.utf8.index(before: end) }
        return text[..<end] + sign
    }
}

extension Unicode.Scalar {
    /// Control characters, and the separators that some readers take for a line's end.
    fileprivate var breaksLine: Bool {
        if isASCII { return value < 0x20 || value == 0x7f }
        return [.control, .lineSeparator, .paragraphSeparator].contains(properties.generalCategory)
    }
}

extension Logger.Level {
    /// syslog(3)
    var priority: Int {
        switch self {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }

    /// The SGR colour of ECMA-48.
    fileprivate var colour: Int? {
        switch self {
        case .critical, .error: 31
        case .warning: 33
        case .notice: 36
        case .info: nil
        case .debug, .trace: 90
        }
    }
}
