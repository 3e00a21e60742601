/// Asks systemd for more time while a start goes on that may take longer than the unit says: a migration of a large
/// database.
package struct StartExtension<Time: Clock>: Sendable where Time.Duration == Duration {
    /// How often it asks.
    static var beat: Duration { .seconds(10) }
    /// For how much from then on: two beats may be late.
    static var step: Duration { .seconds(30) }

    private let notifier: ServiceNotifier
    private let clock: Time
    private let limit: Duration

    /// - Parameter limit: what takes longer is stuck: systemd may end it then.
    package init(notifier: ServiceNotifier, clock: Time, limit: Duration = .seconds(3600)) {
        self.notifier = notifier
        self.clock = clock
        self.limit = limit
    }

    /// Asks until `work` returns or throws.
    package func whileWorking<Value>(_ work: () async throws -> Value) async rethrows -> Value {
        let end = clock.now.advanced(by: limit)
        let asking = Task { [notifier, clock] in
            while clock.now < end {
                notifier.extendTimeout(by: Self.step)
                guard (try? await clock.sleep(until: clock.now.advanced(by: Self.beat), tolerance: nil)) != nil else {
                    return
                }
            }
        }
        do {
            let value = try await work()
            await stop(asking)
            return value
        } catch {
            await stop(asking)
            throw error
        }
    }

    private func stop(_ asking: Task<Void, Never>) async {
        asking.cancel()
        await asking.value
    }
}
