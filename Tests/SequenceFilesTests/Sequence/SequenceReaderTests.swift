import DripCore
import Foundation
import Testing

@testable import SequenceFiles

/// What a correct file's values mean.
struct SequenceReaderTests {
    private func read(_ content: String) throws -> DripSequence {
        let reader = SequenceReader(bytes: Array(content.utf8), path: "Sequences/a.yaml")
        return try #require(reader.sequence, "\(reader.report.diagnostics)")
    }

    private func read(top: String = "", after: String = "1 h", rest: String = "text: x") throws -> DripSequence {
        try read("sequence: a\nstart: [manual]\n\(top)\nsteps:\n  - step: x\n    after: \(after)\n    \(rest)\n")
    }

    @Test func `every key of a full file arrives`() throws {
        let sequence = try read(
            """
            sequence: a
            title: no
            start:
              - first_message
              - ref: 012
              - manual
            again: after 90 days
            timezone: Europe/Berlin
            quiet: 21:30-08:00
            days: mon,wed-fri
            late: {after: 12 h, then: send}
            steps:
              - step: later
                after: 2 weeks
                images: ["https://example.com/1.jpg", https://example.com/2.jpg]
                video: https://example.com/v.mp4
                file: http://example.com/f.pdf
              - step: sooner
                after: 15min
                text: "Chào {{full_name, default: \\"bạn\\"}}!"
                buttons:
                  - {title: Xem, url: https://example.com}
            """
        )
        #expect(sequence.title == "no")
        #expect(sequence.start == [.firstMessage, .ref("012"), .manual])
        #expect(sequence.again == .after(Offset(90, .day)))
        #expect(sequence.zone?.identifier == "Europe/Berlin")
        #expect(sequence.quiet == QuietHours(start: 21 * 60 + 30, end: 8 * 60))
        #expect(sequence.days == Weekdays([.mon, .wed, .thu, .fri]))
        #expect(sequence.late == LateRule(after: .hours(12), then: .send))
        #expect(sequence.steps.map(\.id) == ["sooner", "later"])
        #expect(
            sequence.steps[0].variants.first?.text.segments == [
                .literal("Chào "), .variable(name: "full_name", fallback: "bạn"), .literal("!"),
            ]
        )
        #expect(sequence.steps[0].buttons == [Button(title: "Xem", action: .url("https://example.com"))])
        #expect(sequence.steps[1].variants.first?.text == nil)
        #expect(sequence.steps[1].images == [.url("https://example.com/1.jpg"), .url("https://example.com/2.jpg")])
        #expect(sequence.steps[1].video == .url("https://example.com/v.mp4"))
        #expect(sequence.steps[1].file == .url("http://example.com/f.pdf"))
    }

    @Test func `what a short file leaves out has its default`() throws {
        let sequence = try read()
        #expect(sequence.title == "a")
        #expect(sequence.again == .never)
        #expect(sequence.zone == nil)
        #expect(sequence.quiet == nil)
        #expect(sequence.days == .all)
        #expect(sequence.late == LateRule(after: .hours(24), then: .skip))
    }

    @Test func `the hash is SHA-256 of the file's bytes`() throws {
        // printf 'sequence: a\nstart: [manual]\n\nsteps:\n  - step: x\n    after: 1 h\n    text: x\n' | sha256sum
        #expect(try read().hash == "e9b919c5d5f8c7b1fc85261e830f285a5a84c37936d2849c22ee27b41877a4eb")
    }

    @Test(arguments: [
        ("0 s", Offset(0, .second)), ("90s", Offset(90, .second)), ("1 sec", Offset(1, .second)),
        ("30 seconds", Offset(30, .second)), ("30 giây", Offset(30, .second)), ("15min", Offset(15, .minute)),
        ("15 min", Offset(15, .minute)), ("15  minutes", Offset(15, .minute)), ("15 phút", Offset(15, .minute)),
        ("15 phu\u{301}t", Offset(15, .minute)), ("3 h", Offset(3, .hour)), ("3 Hours", Offset(3, .hour)),
        ("3 giờ", Offset(3, .hour)), ("1 day", Offset(1, .day)), ("15 days", Offset(15, .day)),
        ("15 ngày", Offset(15, .day)), ("1 week", Offset(1, .week)), ("2 tuần", Offset(2, .week)),
        ("1 month", Offset(1, .month)), ("\"6 tháng\"", Offset(6, .month)), ("120 months", Offset(120, .month)),
    ])
    func `a length of time in any of its spellings`(written: String, offset: Offset) throws {
        #expect(try read(after: written).steps[0].after == offset)
    }

    @Test(
        arguments: [
            ("mon-sat", [.mon, .tue, .wed, .thu, .fri, .sat]), ("mon,wed,fri", [.mon, .wed, .fri]),
            ("Mon, Wed - Fri", [.mon, .wed, .thu, .fri]), ("sat-mon", [.sat, .sun, .mon]), ("sun", [.sun]),
            ("[tue, sat-sun]", [.tue, .sat, .sun]), ("mon-sun", Set(Weekdays.Day.allCases)),
        ] as [(String, Set<Weekdays.Day>)]
    )
    func `weekdays`(written: String, days: Set<Weekdays.Day>) throws {
        #expect(try read(top: "days: \(written)").days == Weekdays(days))
    }

    @Test(arguments: ["Asia/Ho_Chi_Minh", "Asia/Saigon", "UTC", "America/Argentina/Ushuaia"])
    func `time zones, old names too`(name: String) throws {
        #expect(try read(top: "timezone: \(name)").zone == TimeZone(identifier: name))
    }

    @Test func `texts that only look like numbers or answers stay texts`() throws {
        let sequence = try read(top: "title: 0x1F", rest: "text: no")
        #expect(sequence.title == "0x1F")
        #expect(sequence.steps[0].variants.first?.text.segments == [.literal("no")])
    }

    @Test func `a variable without default is a warning, and the sequence stands`() throws {
        let sequence = try read(rest: "text: Chào {{full_name}}")
        #expect(sequence.steps[0].variants.first?.text.variablesWithoutFallback == ["full_name"])
    }

    @Test func `the platform's limits hold to the character`() throws {
        let limit = String(repeating: "ề", count: 1999)
        #expect(try read(rest: "text: \(limit)").steps.count == 1)
        let head = "sequence: a\nstart: [manual]\nsteps:\n  - step: x\n    after: 1 h\n"
        #expect(
            problems(head + "    text: \(limit)e\n")
                == "a.yaml:6:11: error: the text can be 2000 characters long: Messenger takes 1999 in a text"
        )
        let buttons = "    buttons: [{title: \(String(repeating: "a", count: 20)), url: \"https://example.com\"}]\n"
        let words = "{{a|\(String(repeating: "b", count: 600))}}"
        let rest = "{{name, default: \"\(String(repeating: "c", count: 40))\"}}"
        #expect(problems(head + "    text: '\(words)\(rest)'\n" + buttons) == "")
        #expect(
            problems(head + "    text: '\(words)\(rest)!'\n" + buttons)
                == "a.yaml:6:11: error: the text can be 641 characters long: Messenger takes 640 in a text with buttons"
        )
    }

    @Test func `more steps and more pictures than there may be`() {
        let head = "sequence: a\nstart: [manual]\nsteps:\n"
        let steps = (1...201).map { "  - {step: s\($0), after: \($0) min, text: x}\n" }
        #expect(problems(head + steps.dropLast().joined()) == "")
        #expect(problems(head + steps.joined()) == "a.yaml:204:5: error: 201 steps: a sequence has at most 200")
        let images = Array(repeating: "      - https://example.com/a.jpg\n", count: 31).joined()
        #expect(
            problems(head + "  - step: x\n    after: 1 h\n    images:\n" + images)
                == "a.yaml:37:9: error: 31 images: Messenger takes 30 in a message"
        )
    }
}
