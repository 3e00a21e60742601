import Testing

@testable import MessengerSandbox

struct WebhookQueueTests {
    @Test func `a person's events go out one at a time, different people's together`() {
        let queue = Queue()
        let (a1, a2, b1) = (webhook("a", 1), webhook("a", 2), webhook("b", 1))
        for webhook in [a1, a2, b1] { #expect(queue.append(webhook)) }
        #expect(queue.next() == .post(a1))
        #expect(queue.next() == .post(b1))
        #expect(queue.next() == .nothing)
        #expect(queue.finished("a", .taken) == nil)
        #expect(queue.next() == .post(a2))
    }

    @Test func `at most eight events are on their way`() {
        let queue = Queue()
        for person in 1...9 { #expect(queue.append(webhook("\(person)", 1))) }
        for person in 1...8 { #expect(queue.next() == .post(webhook("\(person)", 1))) }
        #expect(queue.next() == .nothing)
    }

    @Test func `an event that is not taken is tried again after growing pauses, before those behind it`() {
        let queue = Queue()
        #expect(queue.append(webhook("a", 1)))
        #expect(queue.append(webhook("a", 2)))
        for milliseconds: Int64 in [50, 100, 200, 400, 500, 500] {
            #expect(queue.next() == .post(webhook("a", 1)))
            #expect(queue.finished("a", .unreachable) == (milliseconds == 50 ? .notTaken(.unreachable) : nil))
            #expect(queue.next() == .pause(milliseconds: milliseconds))
            #expect(queue.next() == .nothing)
            queue.pauseOver()
        }
        #expect(queue.next() == .post(webhook("a", 1)))
        #expect(queue.finished("a", .taken) == .takenAgain)
        #expect(queue.next() == .post(webhook("a", 2)))
    }

    @Test func `while nothing is taken, one event is tried at a time`() {
        let queue = Queue()
        for person in ["a", "b", "c"] { #expect(queue.append(webhook(person, 1))) }
        for person in ["a", "b", "c"] { #expect(queue.next() == .post(webhook(person, 1))) }
        #expect(queue.finished("a", .unreachable) == .notTaken(.unreachable))
        #expect(queue.finished("b", .unreachable) == nil)
        #expect(queue.next() == .pause(milliseconds: 50))
        #expect(queue.finished("c", .unreachable) == nil)
        queue.pauseOver()
        #expect(queue.next() == .post(webhook("a", 1)))
        #expect(queue.next() == .nothing)
        #expect(queue.finished("a", .taken) == .takenAgain)
        #expect(queue.next() == .post(webhook("b", 1)))
        #expect(queue.next() == .post(webhook("c", 1)))
    }

    @Test func `an event that is refused a hundred times is given up`() {
        let queue = Queue()
        #expect(queue.append(webhook("a", 1)))
        #expect(queue.append(webhook("a", 2)))
        for attempt in 1...100 {
            #expect(queue.next() == .post(webhook("a", 1)))
            let note = queue.finished("a", .refused(status: 500))
            #expect(note == (attempt == 1 ? .notTaken(.refused(status: 500)) : attempt == 100 ? .givenUp : nil))
            guard case .pause = queue.next() else { return #expect(Bool(false), "no pause after attempt \(attempt)") }
            queue.pauseOver()
        }
        #expect(queue.next() == .post(webhook("a", 2)))
    }

    @Test func `the event after the ten thousandth waiting is lost`() {
        let queue = Queue()
        for number in 1...10_000 { #expect(queue.append(webhook("a", number))) }
        #expect(!queue.append(webhook("b", 1)))
        #expect(queue.next() == .post(webhook("a", 1)))
        #expect(queue.finished("a", .taken) == nil)
        #expect(queue.append(webhook("b", 1)))
    }

    private func webhook(_ person: String, _ number: Int) -> Webhook {
        Webhook(person: person, body: Array("\(number)".utf8))
    }

    /// A class, since `#expect` cannot call what mutates a value.
    private final class Queue {
        private var queue = WebhookQueue()

        func append(_ webhook: Webhook) -> Bool { queue.append(webhook) }
        func next() -> WebhookQueue.Action { queue.next() }
        func pauseOver() { queue.pauseOver() }

        func finished(_ person: String, _ result: WebhookQueue.Result) -> WebhookQueue.Note? {
            queue.finished(person, result)
        }
    }
}
