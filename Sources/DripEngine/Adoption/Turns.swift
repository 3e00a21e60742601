import Synchronization

/// Work that is done one after the other, in the order in which it was asked for.
final class Turns: Sendable {
    private let last = Mutex<Task<Void, Never>?>(nil)

    func take<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        let task = last.withLock { last in
            let task = Task { [before = last] in
                await before?.value
                return await body()
            }
            last = Task { _ = await task.value }
            return task
        }
        return await task.value
    }
}
