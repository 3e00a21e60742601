package import DripCore
package import DripStore

/// What an operator may ask of a running daemon: the control API is a form of this.
package struct Operations: Sendable {
    private let version: String
    private let store: Store
    private let lanes: LaneTable
    private let clock: any WallClock
    private let reloading: @Sendable () async -> ReloadOutcome
    private let refused: @Sendable () -> String?
    private let wake: @Sendable () -> Void

    /// - Parameters:
    ///   - refused: why the files on the disk are not those in force; nil when they are.
    ///   - wake: called when there is new or earlier work for the dispatcher.
    package init(
        version: String,
        store: Store,
        lanes: LaneTable,
        clock: any WallClock,
        reloading: @escaping @Sendable () async -> ReloadOutcome,
        refused: @escaping @Sendable () -> String?,
        wake: @escaping @Sendable () -> Void
    ) {
        self.version = version
        self.store = store
        self.lanes = lanes
        self.clock = clock
        self.reloading = reloading
        self.refused = refused
        self.wake = wake
    }

    package func status() async throws -> Status {
        Status(
            version: version,
            now: clock.now(),
            sequences: store.catalog.sequences.keys.sorted(),
            refused: refused(),
            lanes: lanes.all,
            sums: try await store.status()
        )
    }

    package func people(limit: Int, after: String?) async throws -> [PersonSummary] {
        try await store.people(limit: limit, after: after)
    }

    package func person(_ name: String) async throws -> PersonDetail {
        try await store.person(name)
    }

    package func enroll(_ person: String, in sequence: String, again: Bool) async throws -> DueStep? {
        let first = try await store.enroll(person, in: sequence, again: again, now: clock.now())
        wake()
        return first
    }

    package func stop(_ person: String, sequence: String?) async throws -> [String] {
        try await store.stop(person, sequence: sequence, now: clock.now())
    }

    package func jobs(_ states: [JobSummary.State], limit: Int) async throws -> [JobSummary] {
        try await store.jobs(states, limit: limit)
    }

    package func reload() async -> ReloadOutcome {
        await reloading()
    }
}
