import TaskThreads
import Testing

@Suite struct TaskThreadsTests {
    @Test func `tasks that call each other across the threads all end`() async {
        let threads = TaskThreads(count: 3)
        actor Counter {
            var count = 0
            func add() { count += 1 }
        }
        let counter = Counter()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<2000 {
                group.addTask(executorPreference: threads, priority: number.isMultiple(of: 3) ? .utility : .medium) {
                    for _ in 0..<5 {
                        await counter.add()
                        await Task.yield()
                    }
                }
            }
        }
        #expect(await counter.count == 10_000)
    }

    @Test(arguments: [1, 3]) func `whoever sleeps wakes up, though nothing else is to be done`(count: Int) async throws
    {
        let threads = TaskThreads(count: count)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask(executorPreference: threads) {
                    // Sleeps are what is tested.
                    try await Task.sleep(for: .microseconds(500 * (number % 5)))
                    if number.isMultiple(of: 2) { try await Task.sleep(for: .microseconds(200), clock: .suspending) }
                }
            }
            try await group.waitForAll()
        }
    }
}
