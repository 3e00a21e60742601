package import DripCore
package import DripStore
package import Logging
import ServiceLifecycle
import Synchronization

/// Reads the profiles of people who wrote, so that the first care message can use their names. It reads one at a time: there are
/// minutes until that message, and the rest of the page's allowance is for messages.
package final class ProfileService: Service {
    private let store: Store
    private let clock: any WallClock
    private let logger: Logger
    private let ask: @Sendable (UnknownPerson) async -> ProfileAnswer
    private let pause: @Sendable (Duration) async throws -> Void
    private let news: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    /// The failed attempts for each person. They are in memory: a restart tries again.
    private let failures = Mutex<[AddressID: Int]>([:])
    /// After this many failures the person has no name until they write again a month later.
    private static let attempts = 3

    /// The pause after a failure. It doubles up to the limit.
    private static let firstPause = Duration.seconds(5)
    private static let longestPause = Duration.seconds(600)

    /// - Parameters:
    ///   - ask: asks the platform for a profile.
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

    /// Wakes the service: a person may be new.
    package func wake() {
        tell.yield()
    }

    package func run() async throws {
        wake()
        await withGracefulShutdownHandler {
            // A question under way is dropped: the next start asks it again.
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
                    logger.warning("cannot read profiles for now", metadata: ["reason": "\(why)", "for": "\(wait)"])
                    try await pause(wait)
                    wait = min(wait * 2, Self.longestPause)
                } catch {
                    if error is StoreError { logger.error(because: error) }
                    break
                }
            }
        }
    }

    /// Asks for every missing profile.
    /// - Returns: the reason for a pause; nil if no profile is missing any more.
    func askEverybody() async throws -> String? {
        while let person = try await store.peopleWithoutProfile(limit: 1).first, !Task.isCancelled {
            switch await ask(person) {
            case .found(let profile): try await store.saveProfile(profile, of: person, now: clock.now())
            case .withheld: try await store.saveProfile(nil, of: person, now: clock.now())
            case .failed(let why):
                let count = failures.withLock { failures in
                    failures[person.id, default: 0] += 1
                    return failures[person.id] ?? 0
                }
                guard count >= Self.attempts else { return why }
                failures.withLock { $0[person.id] = nil }
                try await store.saveProfile(nil, of: person, now: clock.now())
            case .later(let why): return why
            }
        }
        return nil
    }
}
