import DripCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import DripStore

/// Random edits, random people, random times: nobody gets a step twice, nobody loses one that still lies ahead, nobody has
/// two pending jobs, and nothing goes out before its time by the version in force. `EditModel` says what should be.
@Suite struct EditPropertyTests {
    /// `DRIPD_SEEDS=10000` runs more of them, `DRIPD_SEEDS=17...17` the one that failed.
    private static var seeds: ClosedRange<UInt64> {
        let text = ProcessInfo.processInfo.environment["DRIPD_SEEDS"] ?? "150"
        let numbers = text.replacing("...", with: " ").split(separator: " ").compactMap { UInt64($0) }
        guard let first = numbers.first, let last = numbers.last else { return 1...1 }
        return numbers.count == 1 ? 1...first : first...last
    }

    @Test func `edits do to people what the rules say, whatever the order of things`() async throws {
        let state = try await TemporaryStore()
        // What is tested is not whether the disk keeps it.
        try await state.store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        for seed in Self.seeds {
            do {
                try await EditRun(state, seed: seed).run()
            } catch {
                Issue.record("\(error)")
                return
            }
        }
    }
}
