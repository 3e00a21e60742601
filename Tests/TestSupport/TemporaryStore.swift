package import ControlAPI
package import DripCore
package import DripStore
package import Foundation

/// A real store in its own directory, with one page, `Event.testPage`.
package final class TemporaryStore {
    package let directory: TemporaryDirectory
    package let account: AccountID
    /// Nil only while the store is being reopened.
    private var current: Store?
    /// The subscription policies of pages, in force from the next adoption on.
    package var subscriptionLanes: [String: SubscriptionPolicy] = [:]
    /// All versions that were ever adopted, because people may be pinned to them.
    private var versions: [DripSequence] = []

    package var store: Store {
        guard let current else { preconditionFailure("the store is closed") }
        return current
    }

    package init(_ sequences: [DripSequence] = [], zone: TimeZone = .hoChiMinh) async throws {
        directory = try TemporaryDirectory()
        let store = try Self.open(directory)
        account = try await store.accounts(channel: "messenger", pages: [Event.testPage])[0]
        current = store
        _ = try await adopt(sequences, zone: zone, now: .start)
    }

    /// Closes and reopens the store, like a restart or crash of the process. No other code may hold the store.
    package func reopen(_ sequences: [DripSequence], zone: TimeZone = .hoChiMinh, now: Instant) async throws {
        try current?.close()
        current = nil
        let store = try Self.open(directory)
        current = store
        _ = try await adopt(sequences, zone: zone, now: now)
    }

    /// Closes and reopens the store without adopting any sequence.
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
        catalog.subscriptionPolicies = subscriptionLanes
        return try await store.adopt(
            catalog,
            versions: [],
            plan: nil,
            now: now
        )
    }

    /// Ingests events as if each had been received at its own time.
    @discardableResult
    package func ingest(_ events: Event..., now: Instant) async throws -> IntakeReport {
        try await store.ingest(events.map { DatedEvent(event: $0, at: $0.at ?? now) }, now: now)
    }

    private static func open(_ directory: TemporaryDirectory, machine: String? = nil) throws -> Store {
        try Store(directory: directory.path, newInstance: "test", zone: .hoChiMinh, machine: machine)
    }
}
