package import DripCore
package import DripStore
package import Foundation

/// A real store in a directory of its own, with one page, `Event.testPage`.
package final class TemporaryStore {
    package let directory: TemporaryDirectory
    package let lane: LaneID
    /// nil only while it is being opened again.
    private var current: Store?
    /// By which subscriptions pages may write, from the next adoption on.
    package var subscriptionLanes: [String: SubscriptionLanes] = [:]
    /// All that ever was adopted: people may be pinned to it.
    private var versions: [DripSequence] = []

    package var store: Store {
        guard let current else { preconditionFailure("the store is closed") }
        return current
    }

    package init(_ sequences: [DripSequence] = [], zone: TimeZone = .hoChiMinh) async throws {
        directory = try TemporaryDirectory()
        let store = try Self.open(directory)
        lane = try await store.lanes(channel: "messenger", pages: [Event.testPage])[0]
        current = store
        _ = try await adopt(sequences, zone: zone, now: .start)
    }

    /// Closes the store and opens it again, as after the end of the process, however it came. Nobody else may hold it.
    package func reopen(_ sequences: [DripSequence], zone: TimeZone = .hoChiMinh, now: Instant) async throws {
        try current?.close()
        current = nil
        let store = try Self.open(directory)
        current = store
        _ = try await adopt(sequences, zone: zone, now: now)
    }

    /// The same, with nothing in force yet.
    package func reopen(machine: String? = nil) throws {
        try current?.close()
        current = nil
        current = try Self.open(directory, machine: machine)
    }

    package func adopt(
        _ sequences: [DripSequence],
        zone: TimeZone = .hoChiMinh,
        now: Instant
    ) async throws -> AdoptionReport {
        versions += sequences
        var catalog = Catalog(zone: zone, sequences: sequences, pinned: versions)
        catalog.lanes = subscriptionLanes
        return try await store.adopt(
            catalog,
            versions: [],
            plan: nil,
            now: now
        )
    }

    /// Takes events as if each had come at its own time.
    @discardableResult
    package func take(_ events: Event..., now: Instant) async throws -> IntakeReport {
        try await store.take(events.map { DatedEvent(event: $0, at: $0.at ?? now) }, now: now)
    }

    private static func open(_ directory: TemporaryDirectory, machine: String? = nil) throws -> Store {
        try Store(directory: directory.path, newInstance: "test", zone: .hoChiMinh, machine: machine)
    }
}
