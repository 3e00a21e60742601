import Testing

@testable import TaskThreads

@Suite struct TaskQueueTests {
    private var queue = TaskQueue<String>()

    private mutating func all(now: Int64 = 0) -> [String] {
        var jobs: [String] = []
        while let job = queue.next(now: MonotonicInstant(nanoseconds: now)) { jobs.append(job) }
        return jobs
    }

    @Test mutating func `what is urgent goes first, each in the order in which it came`() {
        queue.add("a delivery", isUrgent: false)
        queue.add("a turn", isUrgent: true)
        queue.add("another delivery", isUrgent: false)
        queue.add("a webhook", isUrgent: true)
        #expect(all() == ["a turn", "a webhook", "a delivery", "another delivery"])
    }

    @Test mutating func `what is patient gets a turn all the same`() {
        queue.add("a delivery", isUrgent: false)
        for number in 1...20 { queue.add("\(number)", isUrgent: true) }
        let jobs = all()
        #expect(jobs.firstIndex(of: "a delivery") == 16)
        #expect(jobs.count == 21)
    }

    @Test mutating func `whoever looked and found nothing has put nobody off`() {
        for _ in 1...20 { #expect(all() == []) }
        queue.add("a delivery", isUrgent: false)
        queue.add("a turn", isUrgent: true)
        #expect(all() == ["a turn", "a delivery"])
    }

    @Test mutating func `what is for later waits for its moment, and those of one moment keep their order`() {
        queue.add("third", isUrgent: true, at: MonotonicInstant(nanoseconds: 20))
        queue.add("first", isUrgent: true, at: MonotonicInstant(nanoseconds: 10))
        queue.add("second", isUrgent: true, at: MonotonicInstant(nanoseconds: 10))
        queue.add("a delivery", isUrgent: false, at: MonotonicInstant(nanoseconds: 10))
        #expect(queue.nextMoment == MonotonicInstant(nanoseconds: 10))
        #expect(all(now: 9) == [])
        #expect(all(now: 10) == ["first", "second", "a delivery"])
        #expect(queue.nextMoment == MonotonicInstant(nanoseconds: 20))
        #expect(all(now: 30) == ["third"])
        #expect(queue.nextMoment == nil)
    }

    @Test func `a moment too far ahead never comes, and one that is past has come`() {
        let moment = MonotonicInstant(nanoseconds: 5)
        #expect(moment.after(.nanoseconds(7)) == MonotonicInstant(nanoseconds: 12))
        #expect(moment.after(.nanoseconds(-2)) == MonotonicInstant(nanoseconds: 3))
        #expect(moment.after(.seconds(Int64.max)) == MonotonicInstant(nanoseconds: .max))
        #expect(MonotonicInstant(nanoseconds: .max).after(.nanoseconds(1)) == MonotonicInstant(nanoseconds: .max))
        #expect(moment.after(.seconds(Int64.min)) == MonotonicInstant(nanoseconds: 0))
    }
}
