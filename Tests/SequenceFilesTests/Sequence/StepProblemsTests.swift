import DripCore
import Testing

@testable import SequenceFiles

/// What `dripd check` says about when a step goes out, to whom, and what becomes of it behind the window.
struct StepProblemsTests {
    private func read(_ keys: String) throws -> Step {
        let content = "sequence: a\nstart: [manual]\nsteps: [{step: x, text: Chào, \(keys)}]\n"
        let reader = SequenceReader(bytes: Array(content.utf8), path: "a.yaml")
        return try #require(reader.sequence?.steps.first, "\(reader.report.diagnostics)")
    }

    @Test func `a time of day`() throws {
        #expect(try read(#"after: 1 day, at: "09:00""#).at == 540)
        #expect(try read(#"after: 2 months, at: 00:05"#).at == 5)
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - {step: s1, after: 15 min, at: "09:00", text: x}
              - {step: s2, after: 48 h, at: "09:00", text: x}
              - {step: s3, after: 0 days, at: "09:00", text: x}
              - {step: s4, after: 1 day, at: 9:00, text: x}
              - {step: s5, after: 1 day, at: morning, text: x}
              - {step: s6, at: "09:00", text: x}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:4:35: error: 'at' needs an 'after' of days, weeks or months: '15 min' after the start is a moment, which has its own time of day
                a.yaml:5:33: error: 'at' needs an 'after' of days, weeks or months: '48 h' after the start is a moment, which has its own time of day
                a.yaml:6:35: error: 'at' needs an 'after' of at least 1 day: on the day of the start, 09:00 may have passed
                a.yaml:7:34: error: '9:00' is not a time of day: write it like '08:00'; did you mean '09:00'?
                a.yaml:8:34: error: 'morning' is not a time of day: write it like '08:00'
                a.yaml:9:5: error: a step needs 'after'
                """#
        )
    }

    @Test func `steps that are due at one time of day`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - {step: s1, after: 2 days, at: "09:00", text: x}
              - {step: s2, after: 2 days, at: "09:00", text: x}
              - {step: s3, after: 57 h, text: x}
              - {step: s4, after: 2 days, at: "00:00", text: x}
              - {step: s5, after: 48 h, text: x}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:5:23: error: '2 days at 09:00' has the same position as step 's1': in the order of steps, a time of day counts as that many hours on top of 'after'; change one of the two
                a.yaml:6:23: error: '57 h' has the same position as step 's1': in the order of steps, a time of day counts as that many hours on top of 'after'; change one of the two
                a.yaml:8:23: error: '48 h' has the same position as step 's4': in the order of steps, a time of day counts as that many hours on top of 'after'; change one of the two
                """#
        )
    }

    @Test func `steps that some people would get the other way round`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - {step: s1, after: 20 h, text: x}
              - {step: s2, after: 1 day, at: "09:00", text: x}
              - {step: s3, after: 1 day, at: "20:00", text: x}
              - {step: s4, after: 2 days, text: x}
              - {step: s5, after: 3 days, at: "00:00", text: x}
              - {step: s6, after: 30 days, text: x}
              - {step: s7, after: 1 month, text: x}
              - {step: s8, after: 2 months, text: x}
              - {step: s9, after: 61 days, text: x}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:5:16: warning: 's2' comes after 's1', but for people who start late in the day it is due before it, and then has to wait until 's1' is over
                a.yaml:10:16: warning: 's7' comes after 's6', but with some month lengths it is due before it, and then has to wait until 's6' is over
                a.yaml:12:16: warning: 's9' comes after 's8', but with some month lengths it is due before it, and then has to wait until 's8' is over
                """#
        )
    }

    @Test func `steps in an order that holds for everybody`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - {step: s1, after: 1 day, at: "09:00", text: x}
              - {step: s2, after: 1 day, at: "09:01", text: x}
              - {step: s3, after: 2 days, text: x}
              - {step: s4, after: 3 days, at: "00:01", text: x}
              - {step: s5, after: 1 month, text: x}
              - {step: s6, after: 32 days, text: x}
              - {step: s7, after: 2 months, text: x}
              - {step: s8, after: 62 days, text: x}
              - {step: s9, after: 1 week, text: x}
            """#
        #expect(
            problems(file) == #"""
                """#
        )
    }

    @Test func `pulls`() throws {
        #expect(try read("after: 1 day, pull_into_window: 30 phút").pullIntoWindow == .minutes(30))
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - {step: s1, after: 1 h, pull_into_window: 60 min, text: x}
              - {step: s2, after: 1 day, pull_into_window: 1 day, text: x}
              - {step: s3, after: 26 h, pull_into_window: 2 h, text: x}
              - {step: s4, after: 3 days, pull_into_window: 24 h, text: x}
              - {step: s5, after: 4 days, pull_into_window: 0 s, text: x}
              - {step: s6, after: 5 days, pull_into_window: 30, text: x}
              - {step: s7, after: 6 days, pull_into_window: 23 h, text: x}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:4:28: error: 's1' comes 1 h after the start: it can only be pulled by less than that
                a.yaml:5:48: error: '1 day' is too much: a step is pulled by s, min or h, less than 24 h; did you mean '23 h'?
                a.yaml:6:29: error: 's3' comes 2 h after step 's2': it can only be pulled by less than that
                a.yaml:7:49: error: '24 h' is too much: a step is pulled by less than 24 h, the length of the window
                a.yaml:8:49: error: '0 s' pulls nothing: leave 'pull_into_window' out
                a.yaml:9:49: error: '30' has no unit: the units are s, min, h, day, week, month
                """#
        )
    }

    @Test(
        arguments: [
            ("{tag: khách-quen}", .tag("khách-quen")), ("{not_tag: bought}", .notTag("bought")),
            ("{has: phone}", .has("phone")), ("{has: số_nhà}", .has("số_nhà")), ("{replied: true}", .replied(true)),
            ("{replied: \"false\"}", .replied(false)),
        ] as [(String, Condition)]
    )
    func `conditions`(written: String, condition: Condition) throws {
        #expect(try read("after: 1 h, only_if: \(written)").onlyIf == condition)
    }

    @Test func `conditions that are not understood`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - {step: s1, after: 1 h, only_if: replied, text: x}
              - {step: s2, after: 2 h, only_if: {tag: a, not_tag: b}, text: x}
              - {step: s3, after: 3 h, only_if: {nottag: a}, text: x}
              - {step: s4, after: 4 h, only_if: {has: số nhà}, text: x}
              - {step: s5, after: 5 h, only_if: {replied: yes}, text: x}
              - {step: s6, after: 6 h, only_if: [tag: a], text: x}
              - {step: s7, after: 7 h, only_if: {tag: a b}, text: x}
              - {step: s8, after: 8 h, only_if: {tag: }, text: x}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:4:37: error: 'replied' needs a value: write 'replied: true'
                a.yaml:5:37: error: a condition must be one 'key: value', such as 'tag: vip'
                a.yaml:6:38: error: unknown condition 'nottag'; did you mean 'not_tag'?
                a.yaml:7:43: error: 'số nhà' is not an attribute's name, such as phone or email: use letters, digits and '_'
                a.yaml:8:47: error: 'yes' is not one of: true, false; did you mean 'true'?
                a.yaml:9:37: error: a condition must be one 'key: value', such as 'tag: vip'
                a.yaml:10:43: error: 'a b' is not a tag: use letters, digits, '-' and '_', at most 64 characters; did you mean 'a-b'?
                a.yaml:11:38: error: 'tag' is empty
                """#
        )
    }

    @Test func `ways outside the window`() throws {
        let step = try read(
            "after: 1 h, outside_window: [utility: {template: t, language: en_US}, marketing, wait: 3 ngày]"
        )
        let template = UtilityTemplate(name: "t", language: "en_US", parameters: [])
        #expect(step.outsideWindow == [.utility(template), .marketing, .wait(.days(3))])
    }

    @Test func `ways outside the window that are not understood`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - {step: s1, after: 1 h, text: x, outside_window: wait}
              - {step: s2, after: 2 h, text: x, outside_window: []}
              - {step: s3, after: 3 h, text: x, outside_window: [wait: 1 h, utility: {template: a, language: vi}]}
              - {step: s4, after: 4 h, text: x, outside_window: [{wait: 1 h}, {wait: 2 h}]}
              - {step: s5, after: 5 h, text: x, outside_window: [wait, {wait: 0 s}]}
              - {step: s6, after: 6 h, text: x, outside_window: [utilty, {marketing: x}]}
              - {step: s7, after: 7 h, text: x, outside_window: [{utility: {template: cập nhật, language: vi-VN}}]}
              - {step: s8, after: 8 h, text: x, outside_window: [{utility: {name: a, parameters: [x]}}]}
              - step: s9
                after: 9 h
                text: x
                outside_window:
                  - utility:
                      template: a
                      language: Vietnamese
                      parameters:
                        ten: "{{full_name}}"
                        so: "{{"
                        ngay:
            """#
        #expect(
            problems(file) == #"""
                a.yaml:4:53: error: 'outside_window' must be a list, not a text: each entry begins with '- '
                a.yaml:5:53: error: 'outside_window' is empty
                a.yaml:6:65: error: 'utility' after 'wait' can never be reached: 'wait' must be last
                a.yaml:7:67: error: duplicate 'wait'
                a.yaml:8:54: error: 'wait' needs a value: write 'wait: 3 days'
                a.yaml:8:67: error: '0 s' does not wait: leave 'wait' out
                a.yaml:9:54: error: unknown outside_window entry 'utilty'; did you mean 'utility'?
                a.yaml:9:63: error: write 'marketing' alone, without ':'
                a.yaml:10:75: error: 'cập nhật' is not a template's name: use letters (a-z), digits and '_', as the platform does
                a.yaml:10:95: error: 'vi-VN' is not a language as the platform names it: 'vi', 'en_US'; did you mean 'vi_VN'?
                a.yaml:11:64: error: 'utility' needs 'language'
                a.yaml:11:64: error: 'utility' needs 'template'
                a.yaml:11:65: error: unknown key 'name' in 'utility'
                a.yaml:11:86: error: 'parameters' must be a mapping ('name: text'), not a list
                a.yaml:18:21: error: 'Vietnamese' is not a language as the platform names it: 'vi', 'en_US'
                a.yaml:20:19: warning: 'full_name' can be empty: Facebook withholds names from some apps; write {{full_name, default: "bạn"}}
                a.yaml:21:18: error: '{{' without '}}' before the end of the line or the next '{{'
                a.yaml:22:18: error: 'ngay' is empty
                """#
        )
    }

    @Test func `a subscription is for one message, and for a topic`() throws {
        #expect(
            try read("after: 1 h, outside_window: [marketing, one_time: STOCK]").outsideWindow == [
                .marketing, .oneTime(topic: "STOCK"),
            ]
        )
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - {step: s1, after: 1 h, text: x, video: "https://example.com/a.mp4", outside_window: [marketing]}
              - {step: s2, after: 2 h, text: x, outside_window: [one_time: có hàng]}
              - {step: s3, after: 3 h, text: x, outside_window: [one_time]}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:4:73: error: a subscription allows one message, and this step has 2: its text, pictures, video, sound, file and cards are one message each
                a.yaml:5:64: error: 'có hàng' is not a topic: use the payload of the notification request
                a.yaml:6:54: error: 'one_time' needs a value: write 'one_time: STOCK'
                """#
        )
    }

    @Test func `a utility template does not advertise`() {
        let file = #"""
            sequence: a
            start: [manual]
            purpose: promotion
            steps:
              - {step: s1, after: 1 h, text: x, outside_window: [utility: {template: a, language: vi}]}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:5:54: error: a utility template cannot be used with 'purpose: promotion': the platform forbids advertising in it
                """#
        )
    }
}
