import DripCore
import TestSupport
import Testing

/// For how long a person sees first that the page writes.
@Suite struct TypingTests {
    private static let due = Instant.start + .minutes(15)
    private static let evening = Instant.start + .hours(11) + .minutes(30)

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var job = Job.make("hello", scheduled: due)
        var now = due
        let typing: Milliseconds?
    }

    @Test(arguments: [
        Case(testDescription: "in time", typing: .seconds(5)),
        Case(
            testDescription: "they have seen it",
            job: .make("hello", scheduled: due, waitingFor: .typing),
            now: due + .seconds(5),
            typing: nil
        ),
        Case(testDescription: "the second attempt", job: .make("hello", scheduled: due, attempt: 1), typing: nil),
        Case(testDescription: "the second part", job: .make("hello", scheduled: due, part: 1), typing: nil),
        Case(
            testDescription: "the window closes meanwhile",
            job: .make("hello", of: .make(windowEnds: due + .minutes(5) + .seconds(4)), scheduled: due),
            typing: nil
        ),
        Case(testDescription: "it would be too late behind it", now: due + .hours(1) - .seconds(4), typing: nil),
        Case(testDescription: "it is not too late behind it", now: due + .hours(1) - .seconds(5), typing: .seconds(5)),
        Case(
            testDescription: "quiet hours begin meanwhile",
            job: .make("hello", scheduled: evening - .seconds(4)),
            now: evening - .seconds(4),
            typing: nil
        ),
        Case(
            testDescription: "a private reply is to nobody who could see it",
            job: .make("hello", of: .make(), scheduled: due, comment: "1_9"),
            typing: nil
        ),
    ])
    func `a message and what is shown before it`(_ test: Case) throws {
        let sequence = DripSequence.make(
            quiet: QuietHours(start: 21 * 60 + 30, end: 8 * 60),
            late: LateRule(after: .hours(1), then: .skip),
            steps: [
                .make(
                    "hello",
                    Offset(15, .minute),
                    typing: .seconds(5),
                    text: [.literal("hi")],
                    images: [.url("https://a")]
                )
            ]
        )
        guard case .send(let dispatch) = Admission.of(test.job, at: test.now, sequence) else {
            Issue.record("it is not sent")
            return
        }
        #expect(dispatch.typing == test.typing)
    }

    @Test func `a step that says nothing of it is sent at once`() {
        guard
            case .send(let dispatch) = Admission.of(
                .make("hello", scheduled: Self.due),
                at: Self.due,
                .make(steps: .care)
            )
        else {
            Issue.record("it is not sent")
            return
        }
        #expect(dispatch.typing == nil)
    }
}
