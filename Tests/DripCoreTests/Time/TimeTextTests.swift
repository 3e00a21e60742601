import DripCore
import Foundation
import Testing

/// Lengths and times as people read them.
@Suite struct TimeTextTests {
    @Test(arguments: [
        (Milliseconds.zero, "0 s"), (.seconds(1), "1 s"), (.seconds(90), "90 s"), (.minutes(90), "90 min"),
        (.hours(24), "1 day"),
        (.hours(36), "36 h"), (.days(2), "2 days"), (.days(-2), "-2 days"), (.minutes(-30), "-30 min"),
        (Milliseconds(1500), "1500 ms"),
    ])
    func `a span, in the largest unit that makes it whole`(span: Milliseconds, text: String) {
        #expect("\(span)" == text)
    }

    @Test func `weekdays, in the week's order`() {
        #expect("\(Weekdays([.sun, .mon, .wed]))" == "mon,wed,sun")
        #expect("\(Weekdays.all)" == "mon,tue,wed,thu,fri,sat,sun")
    }

    @Test func `quiet hours, with leading zeros`() {
        #expect("\(QuietHours(start: 21 * 60 + 30, end: 8 * 60))" == "21:30-08:00")
        #expect("\(QuietHours(start: 0, end: 1439))" == "00:00-23:59")
    }

    @Test func `how late a step may be`() {
        #expect("\(LateRule.standard)" == "after 1 day skip")
        #expect("\(LateRule(after: .minutes(90), then: .send))" == "after 90 min send")
    }

    @Test func `again, starts, stops and conditions`() {
        #expect(
            ["\(ReenrollmentRule.never)", "\(ReenrollmentRule.always)", "\(ReenrollmentRule.after(Offset(90, .day)))"]
                == [
                    "never", "always", "after 90 days",
                ]
        )
        let starts: [StartRule] = [
            .firstMessage, .ref("x"), .message([Phrase("Đã share"), Phrase("b")]), .postback("GO"), .tag("vip"),
            .manual,
        ]
        #expect(
            starts.map(\.description) == [
                "first_message", "ref: x", "message: 'Đã share' or 'b'", "postback: GO", "tag: vip", "manual",
            ]
        )
        let stops: [StopRule] = [.optedOut, .tag("bought"), .replied, .sequence("b")]
        #expect(stops.map(\.description) == ["opted_out", "tag: bought", "replied", "sequence: b"])
        let conditions: [Condition] = [.tag("a"), .notTag("b"), .has("phone"), .replied(true)]
        #expect(conditions.map(\.description) == ["tag: a", "not_tag: b", "has: phone", "replied: true"])
    }

    @Test(arguments: [Tap.tag("khách-quen"), .start("tu-van"), .stop])
    func `a tap comes back from its payload`(tap: Tap) {
        #expect(Tap(tap.description) == tap)
    }
}
