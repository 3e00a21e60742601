import Glibc
import Logging

/// One log event as one line of text.
struct LogLine {
    /// PIPE_BUF, including the line break: a write of this size is atomic. journald keeps the line whole, since it cuts at
    /// 48 KiB.
    static let limitBytes = 4096

    let format: LogFormat
    /// Milliseconds since 1970.
    let time: Int64
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata

    /// Without the line break.
    var text: String { Self.cut(head + body) }

    /// The message and its metadata, without priority, time and level.
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

    /// Escapes control characters: text from outside must not begin a new line or move a terminal's cursor.
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
        // A cut inside a character moves back to that character's first byte.
        var end = text.utf8.index(text.startIndex, offsetBy: limitBytes - 1 - sign.utf8.count)
        while text.utf8[end] & 0b1100_0000 == 0b1000_0000 { end = text.utf8.index(before: end) }
        return text[..<end] + sign
    }
}

extension Unicode.Scalar {
    /// True for control characters, and for separators that some readers take for a line break.
    fileprivate var breaksLine: Bool {
        if isASCII { return value < 0x20 || value == 0x7f }
        return [.control, .lineSeparator, .paragraphSeparator].contains(properties.generalCategory)
    }
}

extension Logger.Level {
    /// The priority of syslog(3).
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

/// The beginning of a log line.
package enum LogFormat: Equatable, Sendable {
    /// The priority, which journald reads from the start of the line (sd-daemon(3)). journald adds the time.
    case journal
    /// Time and level, for people.
    case terminal(colour: Bool)

    /// - Parameters:
    ///   - journalStream: `$JOURNAL_STREAM`: device and inode of the stream that systemd connected to the journal. Processes
    ///     whose output goes elsewhere inherit the variable, so systemd.exec(5) says to compare it.
    ///   - descriptor: where the log is written.
    package init(journalStream: String?, descriptor: CInt, colour: Bool) {
        var file = stat()
        let isJournal = fstat(descriptor, &file) == 0 && journalStream == "\(file.st_dev):\(file.st_ino)"
        self = isJournal ? .journal : .terminal(colour: colour)
    }
}

/// A time in RFC 3339 format, in UTC, with milliseconds: `2026-11-24T03:54:12.007Z`.
struct UTCTimestamp: CustomStringConvertible {
    /// Since 1970.
    let milliseconds: Int64

    var description: String {
        let (seconds, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        var time = time_t(fraction < 0 ? seconds - 1 : seconds)
        var fields = tm()
        gmtime_r(&time, &fields)
        return Self.padded(fields.tm_year + 1900, 4) + "-" + Self.padded(fields.tm_mon + 1, 2) + "-"
            + Self.padded(fields.tm_mday, 2) + "T" + Self.padded(fields.tm_hour, 2) + ":"
            + Self.padded(fields.tm_min, 2) + ":" + Self.padded(fields.tm_sec, 2) + "."
            + Self.padded(CInt(fraction < 0 ? fraction + 1000 : fraction), 3) + "Z"
    }

    private static func padded(_ number: CInt, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
