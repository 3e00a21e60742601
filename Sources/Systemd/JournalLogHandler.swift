import DripCore
import Glibc
package import Logging

/// Hands each event to journald with its fields; where there is no journal, or it does not take one, writes it as one line, by
/// one write(2), so that lines of several threads and processes do not mix.
package struct JournalLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let format: LogFormat
    private let descriptor: CInt
    private let milliseconds: @Sendable () -> Int64
    private let send: @Sendable (JournalEntry) -> Bool

    /// - Parameters:
    ///   - descriptor: Stays the caller's; 2 is stderr.
    ///   - milliseconds: The time since 1970.
    package init(
        level: Logger.Level,
        format: LogFormat,
        descriptor: CInt,
        milliseconds: @escaping @Sendable () -> Int64
    ) {
        self.init(level: level, format: format, descriptor: descriptor, milliseconds: milliseconds) { $0.send() }
    }

    /// - Parameter send: hands one event over to journald; false: it did not take it.
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
        if let error = event.error { merged["error"] = "\(ErrorText.words(error))" }
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

    /// A log that cannot be written has nowhere to say so: the line is dropped.
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
