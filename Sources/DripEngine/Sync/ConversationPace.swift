import Synchronization

/// Runs the calls about a page's conversations one after the other, at the pace that the platform allows. `dripd sync`, catching
/// up and the reconciler share it.
package final class ConversationPace: Sendable {
    private let last = Mutex<[String: Task<Void, Never>]>([:])
    private let pause: @Sendable (Duration) async throws -> Void

    /// The time from the end of a call to the next. The platform allows two a second for a page
    /// (https://developers.facebook.com/docs/messenger-platform/overview/rate-limiting).
    static let gap = Duration.milliseconds(500)

    /// - Parameter pause: waits in real time, as `Task.sleep(for:)` does.
    package init(pause: @escaping @Sendable (Duration) async throws -> Void) {
        self.pause = pause
    }

    /// Runs `body` when it is its turn.
    /// - Throws: `CancellationError` if the waiting task is cancelled before.
    package func call<Answer: Sendable>(
        _ page: String,
        _ body: @escaping @Sendable () async -> Answer
    ) async throws -> Answer {
        let task = last.withLock { last in
            let before = last[page]
            let task = Task {
                await before?.value
                try Task.checkCancellation()
                return await body()
            }
            last[page] = Task { [pause] in
                if (try? await task.value) != nil { try? await pause(Self.gap) }
            }
            return task
        }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
