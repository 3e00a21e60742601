import CDispatch  // Where the compiler finds stat(2), with Foundation in the same module.
import Glibc
import Logging
import Systemd
import Testing

@Suite struct JournalLogHandlerTests {
    /// What a logger with such a handler writes.
    func written(
        metadata: Logger.Metadata = [:],
        provider: Logger.MetadataProvider? = nil,
        _ log: (Logger) -> Void
    ) -> String {
        var ends: [CInt] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        var handler = JournalLogHandler(level: .info, format: .journal, descriptor: ends[1]) { 0 }
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
