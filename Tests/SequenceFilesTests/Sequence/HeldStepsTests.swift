import DripCore
import Testing

@testable import SequenceFiles

/// What `check` says of the day's limit and of `gap`.
struct HeldStepsTests {
    @Test func `steps that the day's limit holds until the window has closed are told`() {
        let file = """
            sequence: a
            start: [first_message]
            steps:
              - {step: one, after: 1 h, text: x}
              - {step: two, after: 2 h, text: x}
              - {step: three, after: 3 h, text: x}
            """
        let settings = CatalogSettings(dailyLimit: DailyLimit(1))
        let found = folder([file], settings: settings)
        #expect(
            found.diagnostics.map(\.description) == [
                """
                a.yaml:5:17: warning: a person gets 1 message a day at most (messages_per_person_per_day): 'two' and 'three' then \
                miss the standard window, 24 hours from the first message, and reach only people who write again; after a start \
                on mon at 12:00, 'two' would be due on mon at 14:00
                """
            ]
        )
        #expect(
            found.reach["a"]?.map(\.description)
                == ["standard window", "only if the person writes", "only if the person writes"]
        )
        #expect(folder([file]).diagnostics == [])
    }

    @Test func `what the gap moves after a night is a note`() {
        let file = """
            sequence: a
            start: [first_message]
            quiet: 21:30-08:00
            steps:
              - {step: one, after: 1 h, text: x}
              - {step: two, after: 3 h, text: x}
            """
        let notes = folder([file]).diagnostics.map(\.description)
        #expect(
            notes == [
                """
                a.yaml:6:17: note: a message waits for 1 h after the one before it ('gap'): after a start on mon at 00:00, 'two' \
                is sent on mon at 09:00, not on mon at 08:00
                """
            ]
        )
        #expect(folder([file + "\ngap: none"]).diagnostics == [])
    }

    @Test(arguments: [
        ("none", "0 s"), ("0 min", "0 s"), ("45 min", "45 min"), ("1 day", "1 day"), ("24 h", "1 day"),
    ])
    func `a gap is a time, or none`(text: String, gap: String) {
        #expect(sequence("gap: \(text)")?.gap.description == gap)
        #expect(sequence("")?.gap.description == "1 h")
    }

    @Test func `a gap that is none is refused`() {
        #expect(
            problems(Self.file("gap: 25 h"))
                == """
                a.yaml:3:6: error: '25 h' is too long: the gap between two messages is 24 h at most; a longer time belongs in the \
                steps' 'after'
                """
        )
        #expect(problems(Self.file("gap: often")).hasPrefix("a.yaml:3:6: error: 'often' is not a length of time"))
    }

    private func sequence(_ line: String) -> DripSequence? {
        folder([Self.file(line)]).catalog?["a"]
    }

    private static func file(_ line: String) -> String {
        "sequence: a\nstart: [first_message]\n\(line)\nsteps: [{step: x, after: 1 h, text: x}]\n"
    }
}
