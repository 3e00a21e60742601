/// An endless sequence of a sandbox's messages, oldest first.
package struct MessageFeed: AsyncSequence, Sendable {
    package typealias Element = LogEntry
    package typealias Failure = Never

    let sandbox: Sandbox
    let number: Int

    init(sandbox: Sandbox, after number: Int) {
        self.sandbox = sandbox
        self.number = number
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(sandbox: sandbox, number: number, changes: sandbox.changes().makeAsyncIterator())
    }

    package struct Iterator: AsyncIteratorProtocol {
        let sandbox: Sandbox
        var number: Int
        var changes: AsyncStream<Void>.Iterator
        /// Messages read from the log but not returned yet, newest first.
        var pending: [LogEntry] = []

        init(sandbox: Sandbox, number: Int, changes: AsyncStream<Void>.Iterator) {
            self.sandbox = sandbox
            self.number = number
            self.changes = changes
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async -> LogEntry? {
            while pending.isEmpty {
                pending = sandbox.messages(after: number, of: nil).reversed()
                if pending.isEmpty, await changes.next(isolation: actor) == nil { return nil }
            }
            let entry = pending.removeLast()
            number = entry.number
            return entry
        }
    }
}
