import Glibc

/// How a line of the log begins.
package enum LogFormat: Equatable, Sendable {
    /// With the priority that journald takes from the line's beginning (sd-daemon(3)); journald itself knows the time.
    case journal
    /// With time and level, for a person.
    case terminal(colour: Bool)

    /// - Parameters:
    ///   - journalStream: `$JOURNAL_STREAM`: device and inode of the stream that systemd connected to the journal. The
    ///     variable is inherited by processes whose output goes elsewhere, so systemd.exec(5) asks to compare it.
    ///   - descriptor: Where the log is written.
    package init(journalStream: String?, descriptor: CInt, colour: Bool) {
        var file = stat()
        let isJournal = fstat(descriptor, &file) == 0 && journalStream == "\(file.st_dev):\(file.st_ino)"
        self = isJournal ? .journal : .terminal(colour: colour)
    }
}
