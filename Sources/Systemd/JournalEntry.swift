import CSystemd
import Glibc
import Logging

/// One event of the log as journald keeps it: the line that people read, and what it names as fields of their own, so that
/// `journalctl DRIPD_SEQUENCE=cham-soc` finds it. Source: systemd.journal-fields(7), sd_journal_send(3).
struct JournalEntry {
    /// This key is not part of the line: it names the entry of the message catalog that explains the event.
    static let messageIDKey = "MESSAGE_ID"

    /// `NAME=value`, in the order of their names after MESSAGE and PRIORITY.
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

    /// Hands it over. False: journald did not take it.
    func send() -> Bool {
        // One buffer, so that its parts stay where they are.
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

    /// journald takes capital letters, digits and underscores, 64 of them at most.
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
