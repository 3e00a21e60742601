import DripCore
import Foundation
import Testing

@testable import SequenceFiles

/// Whom steps reach who never write again, and what is said about it.
struct ReachabilityTests {
    private func reach(_ content: String) -> [String] {
        folder([content]).reach["a"]?.map { "\($0.step): \($0)" } ?? []
    }

    @Test func `by which permission each step reaches somebody who stays silent`() {
        let file = #"""
            sequence: a
            start: [first_message]
            steps:
              - {step: s1, after: 15 min, text: x}
              - {step: s2, after: 1434 min, text: "{{city}}", buttons: [{title: A, url: "https://example.com"}]}
              - {step: s3, after: 1435 min, text: x}
              - {step: s4, after: 1 day, pull_into_window: 4 min, text: x}
              - {step: s5, after: 25 h, pull_into_window: 59 min, text: x}
              - {step: s6, after: 26 h, pull_into_window: 30 min, text: x}
              - {step: s7, after: 2 days, text: x, outside_window: [utility: {template: t, language: vi, parameters: {a: "{{x}}"}}]}
              - {step: s8, after: 3 days, text: x, outside_window: [wait: 3 days]}
              - {step: s9, after: 4 days, text: x, only_if: {replied: true}}
              - {step: s10, after: 5 days, text: x, only_if: {replied: false}}
              - {step: s0, after: 1 h, text: x, only_if: {replied: true}}
            """#
        #expect(
            reach(file).joined(separator: "\n") == #"""
                s1: standard window
                s0: only if the person writes
                s2: standard window
                s3: only if the person writes
                s4: only if the person writes
                s5: only if the person writes
                s6: only if the person writes
                s7: utility template
                s8: only if the person writes, within 3 days
                s9: only if the person writes
                s10: only if a reaction or a link opens the window
                """#
        )
    }

    @Test func `a step just inside and just outside of what may be pulled`() {
        let file = #"""
            sequence: a
            start: [first_message]
            steps:
              - {step: s1, after: 24 h, pull_into_window: 6 min, text: x}
              - {step: s2, after: 47 h, pull_into_window: 22 h, text: x}
            """#
        #expect(reach(file) == ["s1: standard window (pulled)", "s2: only if the person writes"])
    }

    @Test func `a comment is answered once, and whoever wrote it has to write for the rest`() {
        let file = #"""
            sequence: a
            start: [comment: {contains: share}]
            steps:
              - {step: s1, after: 1 min, text: x, images: ["https://example.com/a.jpg"]}
              - {step: s2, after: 1 h, text: x}
              - {step: s3, after: 2 days, text: x, outside_window: [utility: {template: t, language: vi, parameters: {a: x}}]}
            """#
        #expect(reach(file) == ["s1: private reply", "s2: only if the person writes", "s3: only if the person writes"])
        #expect(
            problemsTogether(file) == #"""
                a.yaml:4:16: note: a comment opens no window: 's1' answers it as its one private reply, but only the first of its 2 messages is sent at once; 's2' and 's3' reach people who then write
                """#
        )
    }

    @Test func `a comment is too old to be answered after seven days`() {
        let file = #"""
            sequence: a
            start: [comment: {contains: share}]
            steps:
              - {step: s1, after: 7 days, text: x}
            """#
        #expect(reach(file) == ["s1: only if the person writes"])
    }

    @Test func `steps behind the window are one warning`() {
        let file = #"""
            sequence: a
            start: [first_message]
            steps:
              - {step: in, after: 1434 min, text: x}
              - {step: edge, after: 1435 min, text: x}
              - {step: out, after: 1 week, text: x}
            """#
        #expect(
            problemsTogether(file) == #"""
                a.yaml:5:18: warning: 'edge' and 'out' are due when the standard window, 24 hours from the first message, has closed: only 'outside_window' can deliver them to people who stay silent, or 'pull_into_window' for 'edge'
                """#
        )
    }

    @Test func `many steps behind the window do not drown their author`() {
        let steps = (1...12).map { "  - {step: s\($0), after: \($0 + 2) days, text: x}\n" }.joined()
        #expect(
            problemsTogether("sequence: a\nstart: [first_message]\nsteps:\n" + steps)
                == "a.yaml:4:16: warning: 's1', 's2', 's3', 's4', 's5', 's6', 's7', 's8' and 4 more are due when the "
                + "standard window, 24 hours from the first message, has closed: only 'outside_window' can deliver them to "
                + "people who stay silent"
        )
    }

    @Test func `a step just behind the window`() {
        let file = #"""
            sequence: a
            start: [first_message]
            steps:
              - {step: ngay-1, after: 1 day, text: x}
            """#
        #expect(
            problemsTogether(file) == #"""
                a.yaml:4:20: warning: 'ngay-1' is due 1 day after the first message, just after the standard window has closed: only 'pull_into_window' or 'outside_window' can deliver it to people who stay silent
                """#
        )
    }

    @Test func `a step long behind the window`() {
        let file = #"""
            sequence: a
            start: [{ref: x}, first_message]
            steps:
              - {step: tuan-1, after: 1 week, text: x}
            """#
        #expect(
            problemsTogether(file) == #"""
                a.yaml:4:20: warning: 'tuan-1' is due 1 week after the start, long after the standard window has closed: only 'outside_window' can deliver it to people who stay silent
                """#
        )
    }

    @Test func `whoever says that a step waits knows it`() {
        let file = #"""
            sequence: a
            start: [first_message]
            steps:
              - {step: ngay-1, after: 1 day, text: x, outside_window: [wait: 2 days]}
              - {step: tuan-1, after: 1 week, text: x, outside_window: [wait: 2 days]}
            """#
        #expect(
            problemsTogether(file) == #"""
                a.yaml:4:20: note: 'ngay-1' and 'tuan-1' wait for the person to write: people who stay silent do not get them
                """#
        )
    }

    @Test func `quiet hours push a step out of the window`() {
        let file = #"""
            sequence: a
            start: [first_message]
            quiet: 21:30-08:00
            steps:
              - {step: s1, after: 15 min, text: x}
              - {step: s2, after: 20 h, text: x}
              - {step: s3, after: 21 h, text: x, outside_window: [wait: 1 day]}
            """#
        #expect(
            problemsTogether(file) == #"""
                a.yaml:6:16: warning: 's2' comes too late for the standard window after some starts: for a start on mon at 01:30, it is due on tue at 08:00; an earlier time, 'pull_into_window' or 'outside_window' can fix that
                a.yaml:7:16: note: 's3' comes too late for the standard window after some starts: for a start on mon at 00:30, it is due on tue at 08:00
                a.yaml:7:16: note: a message waits for 1 h after the one before it ('gap'): after a start on sun at 10:59, 's3' is sent on mon at 09:00, not on mon at 08:00
                """#
        )
        #expect(reach(file)[0] == "s1: standard window")
    }

    @Test func `a pull mends it`() {
        let file = #"""
            sequence: a
            start: [first_message]
            quiet: 21:30-08:00
            steps:
              - {step: s1, after: 15 min, text: x}
              - {step: s2, after: 20 h, pull_into_window: 12 h, text: x}
            """#
        #expect(problemsTogether(file) == "")
        #expect(reach(file)[1] == "s2: standard window or standard window (pulled)")
    }

    @Test func `days on which nothing is sent push steps out of the window`() {
        let file = #"""
            sequence: a
            start: [first_message]
            timezone: Europe/London
            days: mon-sat
            steps:
              - {step: s1, after: 2 min, text: x}
              - {step: s2, after: 12 h, text: x}
            """#
        #expect(
            problemsTogether(file) == #"""
                a.yaml:6:16: warning: 's1' and 's2' come too late for the standard window after some starts: for a start on sat at 23:58, 's1' is due on mon at 00:00; an earlier time, 'pull_into_window' or 'outside_window' can fix that
                """#
        )
    }

    @Test func `a time of day on the next day`() {
        let file = #"""
            sequence: a
            start: [first_message]
            steps:
              - {step: s1, after: 1 day, at: "09:00", text: x}
            """#
        #expect(
            problemsTogether(file) == #"""
                a.yaml:4:16: warning: 's1' comes too late for the standard window after some starts: for a start on mon at 00:00, it is due on tue at 09:00; an earlier time, 'pull_into_window' or 'outside_window' can fix that
                """#
        )
    }

    @Test func `a start by hand opens no window`() {
        let file = #"""
            sequence: a
            start: [manual, {tag: vip}]
            steps:
              - {step: s1, after: 1 h, text: x}
              - {step: s2, after: 2 h, text: x, outside_window: [utility: {template: t, language: vi}]}
              - {step: s3, after: 2 days, text: x}
            """#
        #expect(
            problemsTogether(file) == #"""
                a.yaml:4:16: note: a start by hand or by a tag opens no window: 's1' reaches only people who wrote in the 24 hours before
                a.yaml:6:16: warning: 's3' is due 2 days after the start, long after the standard window has closed: only 'outside_window' can deliver it to people who stay silent
                """#
        )
    }

    @Test func `a start by a button elsewhere opens the window`() {
        let file = #"""
            sequence: a
            start: [{tag: vip}]
            steps: [{step: s1, after: 1 h, text: x}]
            """#
        let other = #"""
            sequence: b
            start: [first_message]
            steps: [{step: s1, after: 1 h, text: x, quick_replies: [{title: A, tag: vip}]}]
            """#
        #expect(problemsTogether(file, other) == "")
    }

    @Test func `who writes has left`() {
        let file = #"""
            sequence: a
            start: [first_message]
            stop: [replied]
            steps:
              - {step: s1, after: 1 h, text: x, only_if: {replied: true}}
              - {step: s2, after: 1 day, text: x}
              - {step: s3, after: 1 week, text: x, outside_window: [wait: 3 days]}
              - {step: s4, after: 2 weeks, text: x, outside_window: [utility: {template: t, language: vi}]}
            """#
        #expect(
            problemsTogether(file) == #"""
                a.yaml:5:37: error: 's1' is never sent: it is for people who replied, and they have left the sequence ('stop: [replied]')
                a.yaml:6:16: warning: 's2' and 's3' are due when the standard window, 24 hours from the first message, has closed, and people who open it by writing leave the sequence ('stop: [replied]'): only a utility template can deliver them, or 'pull_into_window' for 's2'
                """#
        )
    }

    @Test func `for the silent the window has closed`() {
        let file = #"""
            sequence: a
            start: [first_message]
            steps:
              - {step: s1, after: 1 h, text: x, only_if: {replied: false}}
              - {step: s2, after: 1 day, text: x, only_if: {replied: false}}
            """#
        #expect(
            problemsTogether(file) == #"""
                a.yaml:5:16: warning: 's2' is for people who did not write ('replied: false'), and for them the standard window, 24 hours from the first message, has closed: only a utility template can deliver it, or 'pull_into_window'
                """#
        )
    }

    @Test func `a subscription reaches who has it`() {
        let file = #"""
            sequence: a
            start: [first_message]
            steps:
              - {step: s1, after: 1 h, text: x, outside_window: [marketing]}
              - {step: s2, after: 1 week, text: x, outside_window: [marketing]}
              - {step: s3, after: 2 weeks, text: x, outside_window: [one_time: STOCK]}
              - {step: s4, after: 3 weeks, text: x, outside_window: [marketing, wait: 1 day]}
            """#
        let loaded = folder([file])
        #expect(
            loaded.diagnostics.map(\.description).joined(separator: "\n") == #"""
                a.yaml:5:16: warning: 's2' and 's3' are due when the standard window, 24 hours from the first message, has closed: only subscribers get them, on pages for which dripd.yaml allows it
                a.yaml:7:16: note: 's4' waits for the person to write: people who stay silent do not get it
                """#
        )
        #expect(loaded.catalog != nil)
    }

    /// The few starts that are looked at stand for all: what holds for every tenth minute of a week holds for them.
    @Test(arguments: [
        "quiet: 21:30-08:00", "quiet: 12:00-13:00", "quiet: 22:00-21:00\ndays: mon-fri", "days: mon,wed,fri",
        "days: sat\nquiet: 00:00-23:00", "late: {after: 1 h, then: skip}",
    ])
    func `the starts that are looked at stand for all of them`(settings: String) throws {
        let file = #"""
            sequence: a
            start: [first_message]
            \#(settings)
            steps:
              - {step: s1, after: 15 min, text: x}
              - {step: s2, after: 10 h, text: x, pull_into_window: 3 h}
              - {step: s3, after: 15 h, text: x}
              - {step: s4, after: 20 h, text: x, pull_into_window: 2 h}
              - {step: s5, after: 23 h, text: x, outside_window: [utility: {template: t, language: vi}]}
              - {step: s6, after: 1 day, at: "06:00", text: x, pull_into_window: 1 h}
              - {step: s7, after: 1 day, at: "12:30", text: x}
              - {step: s8, after: 2 days, at: "00:10", text: x, pull_into_window: 5 h}
            """#
        let sequence = try #require(SequenceReader(bytes: Array(file.utf8), path: "a.yaml").sequence)
        let survey = ReachabilitySurvey(of: sequence, taps: [], defaultZone: .gmt)
        let monday = try #require(Instant("2026-01-05T00:00:00Z"))
        let starts = (0..<1008).map { monday + .minutes(Int64($0 * 10)) }
        for step in sequence.steps {
            let (few, all) = (survey.reach(of: step), survey.reach(of: step, from: starts))
            #expect(few.description == all.description, "\(step.id)")
        }
    }
}
