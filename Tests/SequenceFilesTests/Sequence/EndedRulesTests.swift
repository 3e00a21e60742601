import Testing

@testable import SequenceFiles

/// What the platform permitted once is answered with what takes its place.
@Suite struct EndedRulesTests {
    @Test func `a tag that the platform refuses now, and one that is for people`() {
        let file = #"""
            sequence: a
            start: [manual]
            steps:
              - {step: s1, after: 2 days, text: x, outside_window: [CONFIRMED_EVENT_UPDATE]}
              - {step: s2, after: 3 days, text: x, outside_window: [account_update: {template: x}]}
              - {step: s3, after: 4 days, text: x, outside_window: [HUMAN_AGENT]}
              - {step: s4, after: 5 days, text: x, outside_window: [notification_messages]}
            """#
        #expect(
            problems(file) == #"""
                a.yaml:4:57: error: 'CONFIRMED_EVENT_UPDATE' is a message tag that the platform refuses since 27 April 2026; write 'utility' with a template that it has approved for this kind of news, or 'wait'
                a.yaml:5:57: error: 'ACCOUNT_UPDATE' is a message tag that the platform refuses since 27 April 2026; write 'utility' with a template that it has approved for this kind of news, or 'wait'
                a.yaml:6:57: error: 'HUMAN_AGENT' is for messages that a person writes by hand, never for a program; write 'wait', and answer by hand in the page's inbox
                a.yaml:7:57: error: 'notification_messages' (recurring notifications) ended in all but a few countries since 10 February 2026; write 'wait', or 'marketing' where the person subscribed to paid messages
                """#
        )
    }
}
