import DripCore
import TestSupport
import Testing

@Suite struct EventTimeTests {
    private let now = Instant.start

    @Test func `the platform's time counts, however long ago it is`() {
        for age in [Milliseconds.minutes(40), .days(3), .days(4), .days(400)] {
            #expect(instant(now - age) == now - age)
        }
    }

    @Test func `what was sent a week ago is read today, and nothing that was sent since`() {
        for kind in [DripCore.Event.Kind.read, .delivered] {
            let receipt = DripCore.Event.of(kind, key: "r", at: now - .days(7))
            #expect(EventTime.platform.instant(of: receipt, receivedAt: now) == now - .days(7))
        }
    }

    @Test func `the platform's clock may be a little ahead of ours, and nothing comes from the future`() {
        #expect(instant(now + .seconds(5)) == now + .seconds(5))
        #expect(instant(now + .minutes(1)) == now + .minutes(1))
        #expect(instant(now + .seconds(61)) == now)
    }

    @Test func `without a time of the platform it is the moment of receipt`() {
        #expect(instant(nil) == now)
    }

    @Test func `on a fast clock it always is`() {
        let event = Event.message("1", at: now - .minutes(40))
        #expect(EventTime.receipt.instant(of: event, receivedAt: now) == now)
    }

    private func instant(_ at: Instant?) -> Instant {
        EventTime.platform.instant(of: .message("1", at: at), receivedAt: now)
    }
}

@Suite struct EventAgeTests {
    @Test(arguments: [
        (Milliseconds.minutes(-5), EventAge.current), (.zero, .current), (.days(1), .current),
        (Milliseconds(86_400_001), .past), (.days(45), .past),
        (Milliseconds(45 * 86_400_000 + 1), .expired), (.days(400), .expired),
    ])
    func `a day, and as long as keys are kept`(age: Milliseconds, expected: EventAge) {
        #expect(EventAge(at: .start - age, now: .start) == expected)
    }
}
