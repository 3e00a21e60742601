import Logging
import Testing

@testable import Systemd

@Suite struct LogLineTests {
    /// At 2026-11-24T03:54:12.007Z.
    func text(
        _ message: String,
        _ metadata: Logger.Metadata = [:],
        level: Logger.Level = .info,
        format: LogFormat = .journal
    ) -> String {
        LogLine(format: format, time: 1_795_492_452_007, level: level, message: message, metadata: metadata).text
    }

    @Test(
        arguments: zip(
            Logger.Level.allCases,
            ["<7>hi", "<7>hi", "<6>hi", "<5>hi", "<4>hi", "<3>hi", "<2>hi"]
        )
    )
    func `for the journal a line begins with its priority`(level: Logger.Level, line: String) {
        #expect(text("hi", level: level) == line)
    }

    @Test func `for a person it begins with time and level`() {
        let terminal = LogFormat.terminal(colour: false)
        #expect(text("sent", format: terminal) == "2026-11-24T03:54:12.007Z info     sent")
        #expect(text("sent", level: .critical, format: terminal) == "2026-11-24T03:54:12.007Z critical sent")
    }

    @Test func `the level is coloured if asked`() {
        let terminal = LogFormat.terminal(colour: true)
        #expect(
            text("slow", level: .warning, format: terminal)
                == "2026-11-24T03:54:12.007Z \u{1b}[33mwarning \u{1b}[0m slow"
        )
        #expect(text("sent", format: terminal) == "2026-11-24T03:54:12.007Z info     sent")
    }

    @Test func `metadata are sorted, and quoted where a reader would mistake them`() {
        #expect(
            text(
                "sent",
                ["step": "chao", "count": "5", "name": "Nguyễn Văn A", "empty": "", "say": "\"\\", "pair": "a=b"]
            )
                == #"<6>sent count=5 empty="" name="Nguyễn Văn A" pair="a=b" say="\"\\" step=chao"#
        )
    }

    @Test func `what came from outside stays on its line and moves no cursor`() {
        #expect(
            text("a\nb\r\n<0>c\td\u{1b}[2J\u{7f}\u{85}\u{2028}e", ["key\n": "x\ny"])
                == #"<6>a\nb\r\n<0>c\td\u{1b}[2J\u{7f}\u{85}\u{2028}e key\n="x\ny""#
        )
    }

    @Test func `a long line is cut between characters, with its line break at 4096 bytes`() {
        let line = text(String(repeating: "ầ", count: 2000))
        #expect(line == "<6>" + String(repeating: "ầ", count: 1363) + "…")
        #expect(line.utf8.count == 4095)
        #expect(text(String(repeating: "x", count: 4092)).hasSuffix("xxx"))
        #expect(text(String(repeating: "x", count: 4093)) == "<6>" + String(repeating: "x", count: 4089) + "…")
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    ])
    func `a time is written to the millisecond`(milliseconds: Int64, text: String) {
        #expect(UTCTimestamp(milliseconds: milliseconds).description == text)
    }
}
