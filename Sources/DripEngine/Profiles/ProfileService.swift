package import DripCore
package import DripStore
package import Logging
import ServiceLifecycle
import Synchronization

/// Asks the platform who the people are that wrote, so that the first care message can name them. One at a time: it has
/// the minutes until that message, and everything else of the page's allowance is for messages.
package final class ProfileService: Service {
    private let store: Store
    private let clock: any WallClock
    private let logger: Logger
    private let ask: @Sendable (UnknownPerson) async -> ProfileAnswer
    private let pause: @Sendable (Duration) async throws -> Void
    private let news: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    /// How often each person was asked for in vain. In memory: a restart asks again.
    private let failures = Mutex<[PersonID: Int]>([:])
    /// After so many, the person goes without a name until they write in a month.
    private static let attempts = 3

    /// After a refusal nobody is asked for so long, doubling up to the limit.
    private static let firstPause = Duration.seconds(5)
    private static let longestPause = Duration.seconds(600)

    /// - Parameters:
    ///   - ask: puts the question to the platform.
    ///   - pause: waits in real time, as `Task.sleep(for:)` does.
    package init(
        store: Store,
        clock: any WallClock,
        logger: Logger,
        ask: @escaping @Sendable (UnknownPerson) async -> ProfileAnswer,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.store = store
        self.clock = clock
        self.logger = logger
        self.ask = ask
        self.pause = pause
        (news, tell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Somebody may be new.
    package func wake() {
        tell.yield()
    }

    package func run() async throws {
        wake()
        await withGracefulShutdownHandler {
            // What is asked now is given up: it is asked again after the next start.
            await cancelWhenGracefulShutdown { await self.serve() }
        } onGracefulShutdown: {
            self.tell.finish()
        }
    }

    private func serve() async {
        var wait = Self.firstPause
        for await _ in news {
            while !Task.isCancelled {
                do {
                    guard let why = try await askEverybody() else {
                        wait = Self.firstPause
                        break
                    }
                    logger.warning("profiles wait", metadata: ["reason": "\(why)", "for": "\(wait)"])
                    try await pause(wait)
                    wait = min(wait * 2, Self.longestPause)
                } catch {
                    if error is StoreError { logger.error(because: error) }
                    break
                }
            }
        }
    }

    /// - Returns: why there is to be a pause; nil when nobody is left to be asked for.
    func askEverybody() async throws -> String? {
        while let person = try await store.peopleWithoutProfile(limit: 1).first, !Task.isCancelled {
            switch await ask(person) {
            case .found(let profile): try await store.keep(profile, of: person, now: clock.now())
            case .withheld: try await store.keep(nil, of: person, now: clock.now())
            case .failed(let why):
                let count = failures.withLock { failures in
                    failures[person.id, default: 0] += 1
                    return failures[person.id] ?? 0
                }
                guard count >= Self.attempts else { return why }
                failures.withLock { $0[person.id] = nil }
                try await store.keep(nil, of: person, now: clock.now())
            case .later(let why): return why
            }
        }
        return nil
    }
}
