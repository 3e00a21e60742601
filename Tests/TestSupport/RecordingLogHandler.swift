package import Logging

/// Records each event as `level message key=value…`.
struct RecordingLogHandler: LogHandler {
    let recorder: Recorder
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        // MESSAGE_ID refers to the journal's message catalog and is not part of the line.
        let pairs = (event.metadata ?? [:]).filter { $0.key != "MESSAGE_ID" }.sorted { $0.key < $1.key }.map {
            " \($0.key)=\($0.value)"
        }
        recorder.record("\(event.level) \(event.message)\(pairs.joined())")
    }
}

extension Logger {
    package init(recordingInto recorder: Recorder) {
        self.init(label: "test") { _ in RecordingLogHandler(recorder: recorder) }
    }
}
