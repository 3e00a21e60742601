import CDispatch  // Where the compiler finds stat(2), with Foundation in the same module.
import Glibc
import Logging
import TestSupport
import Testing

@testable import Systemd

@Suite struct JournalLogHandlerTests {
    /// What a logger with such a handler writes.
    /// - Parameter send: stands in for journald, which takes nothing here.
    func written(
        metadata: Logger.Metadata = [:],
        provider: Logger.MetadataProvider? = nil,
        format: LogFormat = .journal,
        send: @escaping @Sendable (JournalEntry) -> Bool = { _ in false },
        _ log: (Logger) -> Void
    ) -> String {
        var ends: [CInt] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        var handler = JournalLogHandler(
            level: .info,
            format: format,
            descriptor: ends[1],
            milliseconds: { 0 },
            send: send
        )
        handler.metadata = metadata
        handler.metadataProvider = provider
        log(Logger(label: "test") { _ in handler })
        close(ends[1])
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(ends[0], &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    @Test func `each event is one line`() {
        let text = written { logger in
            logger.info("sent", metadata: ["step": "chao"])
            logger.error("refused")
        }
        #expect(text == "<6>sent step=chao\n<3>refused\n")
    }

    @Test func `an error is in words, not a type of the program's`() {
        struct SocketPathWrongType: Error {}
        let text = written { $0.error("cannot listen", error: SocketPathWrongType()) }
        #expect(text == "<3>cannot listen error=\"socket path wrong type\"\n")
    }

    @Test func `what is below the level is not written`() {
        #expect(written { $0.debug("asleep") } == "")
    }

    @Test func `the nearest metadata win, and an error is among them`() {
        struct Refused: Error, CustomStringConvertible {
            let description = "code 10"
        }
        let text = written(metadata: ["a": "logger", "b": "logger"], provider: .init { ["b": "task", "c": "task"] }) {
            $0.warning("refused", error: Refused(), metadata: ["c": "call"])
        }
        #expect(text == "<4>refused a=logger b=task c=call error=\"code 10\"\n")
    }

    @Test func `journald takes what an event names as fields of their own, and then nothing is written`() {
        let entries = Recorder()
        let text = written(metadata: ["step": "chao"]) { entry in
            entries.record(entry.fields.joined(separator: "|"))
            return true
        } _: { logger in
            logger.error("refused", metadata: ["error_class": "page", "MESSAGE_ID": "82f9", "odd key": "x\ny"])
        }
        #expect(text == "")
        #expect(
            entries.all == [
                #"MESSAGE=refused error_class=page odd key="x\ny" step=chao|PRIORITY=3|SYSLOG_IDENTIFIER=dripd|"#
                    + "MESSAGE_ID=82f9|DRIPD_ERROR_CLASS=page|DRIPD_STEP=chao"
            ]
        )
    }

    @Test func `a terminal gets a line and journald nothing`() {
        let text = written(format: .terminal(colour: false)) { _ in
            Issue.record("sent to journald")
            return true
        } _: { logger in
            logger.info("sent", metadata: ["MESSAGE_ID": "82f9", "step": "chao"])
        }
        #expect(text == "1970-01-01T00:00:00.000Z info     sent step=chao\n")
    }

    @Test func `a field is cut where a line is`() {
        let entry = JournalEntry(
            level: .info,
            line: "x",
            metadata: ["reason": "\(String(repeating: "ầ", count: 5000))"]
        )
        #expect(entry.fields.last == "DRIPD_REASON=" + String(repeating: "ầ", count: 1011) + "…")
    }

    @Test func `the journal is told from a variable that was only inherited`() {
        var ends: [CInt] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var file = stat()
        #expect(fstat(ends[1], &file) == 0)
        let stream = "\(file.st_dev):\(file.st_ino)"
        #expect(LogFormat(journalStream: stream, descriptor: ends[1], colour: true) == .journal)
        #expect(LogFormat(journalStream: "1:2", descriptor: ends[1], colour: true) == .terminal(colour: true))
        #expect(LogFormat(journalStream: nil, descriptor: ends[1], colour: false) == .terminal(colour: false))
    }
}
