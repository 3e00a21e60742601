import DripCore
import Foundation
import TestSupport
import Testing

/// What comes for somebody who wrote at `.start`, a Monday, 10:00 in Ho Chi Minh City, and then does nothing more.
@Suite struct ForecastTests {
    private let first = Instant.start + .minutes(15)

    @Test func `each step in turn, until the end`() {
        #expect(
            lines(forecast(.make("hello", scheduled: first), .make(steps: .care))) == [
                "hello Mon 10:15 sent standard_window",
                "day Tue 06:00 sent standard_window",
                "week Mon 10:00 window until Tue 10:00; Tue 10:00 skipped window_closed",
                "finished",
            ]
        )
    }

    @Test func `a comment has one private reply, which a step that is skipped leaves to the next`() {
        let steps =
            [Step.make("hello", Offset(15, .minute), onlyIf: .tag("vip"), text: [.literal("x")])]
            + [Step.text("day", 20, .hour), Step.text("two", 2, .day)]
        let job = Job.make("hello", of: .make(), scheduled: first, comment: "1_9")
        #expect(
            lines(forecast(job, .make(steps: steps))) == [
                "hello Mon 10:15 skipped condition", "day Tue 06:00 sent private_reply",
                "two Wed 10:00 window until Thu 10:00; Thu 10:00 skipped window_closed", "finished",
            ]
        )
    }

    @Test func `what is over already does not come again`() {
        let job = Job.make("day", position: .minutes(15), scheduled: .start + .hours(20))
        let forecast = catalog(.make(steps: .care)).forecast(
            job,
            due: .start + .hours(20),
            over: ["hello"],
            isSending: false,
            now: first + .minutes(1)
        )
        #expect(forecast.steps.map(\.step) == ["day", "week"])
    }

    @Test func `a job that waits for the window already waits from now on`() {
        let now = Instant.start + .days(7) + .hours(3)
        let deadline = Instant.start + .days(8)
        let job = Job.make("week", scheduled: .start + .days(7), waitingFor: .window)
        let forecast = catalog(.make(steps: .care)).forecast(
            job,
            due: deadline,
            over: ["hello", "day"],
            isSending: false,
            now: now
        )
        #expect(
            lines(forecast) == ["week Mon 10:00 window until Tue 10:00; Tue 10:00 skipped window_closed", "finished"]
        )
        #expect(forecast.steps.first?.waits.first?.from == now)
    }

    @Test func `quiet hours keep a step, a pull hurries it, a template needs no window`() {
        let steps = [
            Step.text("hello", 15, .minute),
            Step.make("day", Offset(1, .day), pullIntoWindow: .minutes(30), text: [.literal("day")]),
            Step.make(
                "week",
                Offset(1, .week),
                outsideWindow: [.utility(UtilityTemplate(name: "news", language: "vi", parameters: []))],
                text: [.literal("week")]
            ),
        ]
        let sequence = DripSequence.make(quiet: QuietHours(start: 10 * 60, end: 10 * 60 + 30), steps: steps)
        #expect(
            lines(forecast(.make("hello", scheduled: first), sequence)) == [
                "hello Mon 10:15 quiet until Mon 10:30; Mon 10:30 sent standard_window",
                // Due when the quiet hours end; nothing may be sent in the last half hour of the window, so it has to wait.
                "day Tue 10:30 window until Wed 10:30; Wed 10:30 skipped window_closed",
                "week Mon 10:30 sent utility_template",
                "finished",
            ]
        )
        #expect(
            lines(forecast(.make("hello", scheduled: first), .make(steps: steps)))[1]
                == "day Tue 10:00 Tue 09:54 sent standard_window"
        )
    }

    @Test func `a pause of the team, a condition, a text that cannot be sent`() {
        var person = Person.make(windowEnds: .start + .hours(24))
        person.humanAt = .start
        let steps = [
            Step.text("hello", 15, .minute),
            Step.make("vip", Offset(2, .hour), onlyIf: .tag("vip"), text: [.literal("vip")]),
            Step.make("empty", Offset(3, .hour), text: [.variable(name: "nothing", fallback: nil)]),
        ]
        let sequence = DripSequence.make(steps: steps) { $0.pauseOnHuman = .hours(5) }
        let forecast = forecast(.make("hello", of: person, scheduled: first), sequence)
        #expect(
            lines(forecast) == [
                "hello Mon 10:15 human until Mon 15:00; Mon 15:00 sent standard_window",
                "vip Mon 12:00 Mon 15:00 skipped condition",
                "empty Mon 13:00 Mon 15:00 failed the text is empty for this person",
                "finished",
            ]
        )
        #expect(forecast.steps[1].detail == "tag: vip")
    }

    @Test func `whom the platform cannot reach gets nothing`() {
        let person = Person.make(windowEnds: .start + .hours(24), unreachable: "551")
        #expect(
            lines(forecast(.make("hello", of: person, scheduled: first), .make(steps: [.text("hello", 15, .minute)])))
                == [
                    "hello Mon 10:15 skipped unreachable", "finished",
                ]
        )
    }

    @Test func `a step that is never too late waits for as long as it takes`() {
        let sequence = DripSequence.make(
            late: LateRule(after: .hours(1), then: .send),
            steps: [.text("hello", 15, .minute), .text("week", 1, .week)]
        )
        let forecast = forecast(.make("hello", scheduled: first), sequence)
        #expect(lines(forecast) == ["hello Mon 10:15 sent standard_window", "week Mon 10:00 window; waits", "waits"])
        // And so it does when it is looked at again, held by the far future itself.
        let waiting = Job.make("week", position: .minutes(15), scheduled: .start + .days(7), waitingFor: .window)
        let later = catalog(sequence).forecast(
            waiting,
            due: .distantFuture,
            over: ["hello"],
            isSending: false,
            now: .start + .days(30)
        )
        #expect(lines(later) == ["week Mon 10:00 window; waits", "waits"])
    }

    @Test func `without its file everything is held`() {
        let job = Job.make("hello", scheduled: first, waitingFor: .sequence)
        let nothing = Catalog(zone: .hoChiMinh, sequences: [])
        let forecast = nothing.forecast(job, due: .distantFuture, over: [], isSending: false, now: first)
        #expect(lines(forecast) == ["hello Mon 10:15 sequence; waits", "held"])
    }

    @Test func `a message on its way is taken to arrive`() {
        let job = Job.make("hello", scheduled: first)
        let forecast = catalog(.make(steps: .care)).forecast(job, due: first, over: [], isSending: true, now: first)
        #expect(lines(forecast).prefix(2) == ["hello Mon 10:15 sending", "day Tue 06:00 sent standard_window"])
    }

    @Test func `what would end it before stands there too`() {
        let sequence = DripSequence.make(steps: .care) { $0.stop = [.optedOut, .replied, .tag("bought")] }
        #expect(
            forecast(.make("hello", scheduled: first), sequence).stop == ["opted_out", "replied", "tag: bought"]
        )
    }

    private func catalog(_ sequence: DripSequence) -> Catalog {
        Catalog(zone: .hoChiMinh, sequences: [sequence])
    }

    private func forecast(_ job: Job, _ sequence: DripSequence) -> Forecast {
        catalog(sequence).forecast(job, due: job.scheduled, over: [], isSending: false, now: .start)
    }

    /// `step due waits; at verdict why`, what is not there being left out.
    private func lines(_ forecast: Forecast) -> [String] {
        forecast.steps.map { step in
            let waits = step.waits.map { "\($0.reason.rawValue)\($0.until.map { " until \(clock($0))" } ?? "")" }
            let at = step.at.map { $0 == step.due && waits.isEmpty ? nil : clock($0) } ?? nil
            let verdict = [at, step.verdict.rawValue, step.permission?.rawValue, step.reason].compactMap(\.self)
            let rest = (waits + [verdict.joined(separator: " ")]).joined(separator: "; ")
            return "\(step.step) \(clock(step.due)) \(rest)"
        } + [forecast.end.rawValue]
    }

    private func clock(_ instant: Instant) -> String {
        let calendar = LocalCalendar(.hoChiMinh)
        let day = "\(calendar.weekday(instant))"
        return "\(day.prefix(1).uppercased())\(day.dropFirst()) \(TimeOfDay.text(calendar.minuteOfDay(instant)))"
    }
}
