import CSystemd
import DripCore
import Glibc
package import Logging

/// Sends each event to journald with its fields. If there is no journal, or journald rejects the event, it writes one line with
/// one write(2): lines of several threads and processes do not mix.
package struct JournalLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let format: LogFormat
    private let descriptor: CInt
    private let milliseconds: @Sendable () -> Int64
    private let send: @Sendable (JournalEntry) -> Bool

    /// - Parameters:
    ///   - descriptor: where lines are written. It stays the caller's; 2 is stderr.
    ///   - milliseconds: returns the time since 1970.
    package init(
        level: Logger.Level,
        format: LogFormat,
        descriptor: CInt,
        milliseconds: @escaping @Sendable () -> Int64
    ) {
        self.init(level: level, format: format, descriptor: descriptor, milliseconds: milliseconds) { $0.send() }
    }

    /// - Parameter send: sends one event to journald; returns false if journald rejected it.
    init(
        level: Logger.Level,
        format: LogFormat,
        descriptor: CInt,
        milliseconds: @escaping @Sendable () -> Int64,
        send: @escaping @Sendable (JournalEntry) -> Bool
    ) {
        self.send = send
        logLevel = level
        self.format = format
        self.descriptor = descriptor
        self.milliseconds = milliseconds
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var merged = metadata
        merged.merge(metadataProvider?.get() ?? [:]) { _, provided in provided }
        merged.merge(event.metadata ?? [:]) { _, explicit in explicit }
        if let error = event.error { merged["error"] = "\(ErrorDescription.words(error))" }
        let line = LogLine(
            format: format,
            time: milliseconds(),
            level: event.level,
            message: "\(event.message)",
            metadata: merged
        )
        if format == .journal, send(JournalEntry(level: event.level, line: line.body, metadata: merged)) { return }
        write(line.text + "\n")
    }

    /// Drops the line on an error: there is nowhere to report it.
    private func write(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written >= 0 {
                    rest = rest.dropFirst(written)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}

/// One log event as journald stores it: the line that people read, and each metadata value as a field of its own.
/// `journalctl DRIPD_SEQUENCE=cham-soc` finds it. Sources: systemd.journal-fields(7), sd_journal_send(3).
struct JournalEntry {
    /// The metadata key that names the event's entry in the message catalog. It is not part of the line.
    static let messageIDKey = "MESSAGE_ID"

    /// `NAME=value`: MESSAGE, PRIORITY and SYSLOG_IDENTIFIER first, the others in the order of their names.
    let fields: [String]

    init(level: Logger.Level, line: String, metadata: Logger.Metadata) {
        var fields = ["MESSAGE=\(line)", "PRIORITY=\(level.priority)", "SYSLOG_IDENTIFIER=dripd"]
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            if key == Self.messageIDKey {
                fields.append("MESSAGE_ID=\(value)")
            } else if let name = Self.name(key) {
                fields.append("\(name)=\(value)")
            }
        }
        self.fields = fields.map(Self.cut)
    }

    /// Sends the entry. Returns false if journald rejected it.
    func send() -> Bool {
        // One buffer, so that the pointers to its parts stay valid.
        var bytes = fields.flatMap { Array($0.utf8) }
        return bytes.withUnsafeMutableBytes { buffer in
            var start = 0
            let vectors = fields.map { field in
                defer { start += field.utf8.count }
                return iovec(iov_base: buffer.baseAddress.map { $0 + start }, iov_len: field.utf8.count)
            }
            return sd_journal_sendv(vectors, CInt(vectors.count)) >= 0
        }
    }

    /// Returns nil for a name that journald rejects: it allows capital letters, digits and underscores, 64 characters at most.
    private static func name(_ key: String) -> String? {
        let name = "DRIPD_" + key.uppercased()
        let isValid =
            name.utf8.count <= 64
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
        return isValid ? name : nil
    }

    private static func cut(_ field: String) -> String {
        field.utf8.count <= LogLine.limitBytes ? field : String(field.prefix(LogLine.limitBytes / 4)) + "…"
    }
}
