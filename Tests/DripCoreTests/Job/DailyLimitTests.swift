import DripCore
import TestSupport
import Testing

@Suite struct DailyLimitTests {
    private let limit = DailyLimit(3)
    private let now = Instant.start

    @Test func `what is within the limit goes now`() {
        #expect(earliest(after: []) == now)
        #expect(earliest(after: [1, 2]) == now)
    }

    @Test func `one more waits until the oldest that counts is a day old`() {
        #expect(earliest(after: [1, 2, 23]) == now + .hours(1))
        #expect(earliest(after: [23, 2, 1]) == now + .hours(1))
        #expect(earliest(after: [1, 2, 3, 4]) == now + .hours(21))
    }

    @Test func `a message a day ago counts no more`() {
        #expect(earliest(after: [1, 2, 24]) == now)
    }

    @Test func `an answer is never held and counts for nothing`() {
        let answer = DailyLimit.Message(at: now, isAnswer: true)
        #expect(limit.earliest(answer, after: sent([1, 2, 3, 4])) == now)
        let answers = (1...9).map { DailyLimit.Message(at: now - .hours($0), isAnswer: true) }
        #expect(limit.earliest(message, after: answers) == now)
    }

    @Test(arguments: [
        ("first_message", 0, true), ("ref:tiktok", 15, true), ("button", 15, true), ("comment", 0, false),
        ("first_message", 16, false), ("manual", 0, false), ("tag:vip", 0, false),
    ])
    func `an answer is what comes at once after the person did something`(cause: String, minutes: Int64, isAnswer: Bool)
    {
        let message = DailyLimit.Message(at: now, cause: cause, anchor: now, scheduled: now + .minutes(minutes))
        #expect(message.isAnswer == isAnswer)
    }

    @Test func `what gave way to other messages is not late by that, for a day`() {
        let late = LateRule(after: .hours(12), then: .skip)
        let person = Person.make(windowEnds: now + .days(9))
        let catalog = Catalog(zone: .hoChiMinh, sequences: [.make(late: late, steps: .care)])
        let waited = Job.make("hello", of: person, scheduled: now, waitingFor: .day)
        #expect(catalog.admit(waited, now: now + .hours(37)) == .skip(.dailyLimit))
        guard case .send = catalog.admit(waited, now: now + .hours(36)) else {
            Issue.record("it was held or skipped")
            return
        }
        #expect(catalog.admit(.make("hello", of: person, scheduled: now), now: now + .hours(13)) == .skip(.late))
    }

    private var message: DailyLimit.Message { DailyLimit.Message(at: now, isAnswer: false) }

    private func sent(_ hoursAgo: [Int64]) -> [DailyLimit.Message] {
        hoursAgo.map { DailyLimit.Message(at: now - .hours($0), isAnswer: false) }
    }

    private func earliest(after hoursAgo: [Int64]) -> Instant {
        limit.earliest(message, after: sent(hoursAgo))
    }
}
