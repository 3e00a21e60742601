package import DripCore
import GRDB
import Synchronization

/// An edit of the files that is in force, while the people under way are brought into line with it.
package final class Edit: Sendable {
    private struct State {
        var report: AdoptionReport
        var enrollments = EnrollmentReading()
    }

    private let store: Store
    private let before: Catalog?
    private let state: Mutex<State>

    init(store: Store, before: Catalog?, report: AdoptionReport) {
        self.store = store
        self.before = before
        state = Mutex(State(report: report))
    }

    /// What was done so far.
    package var report: AdoptionReport { state.withLock(\.report) }

    /// Examines so many enrollments at most, in one transaction, and brings them into line.
    /// - Returns: what was done so far.
    /// - Throws: `StoreError`: then nothing of this slice was done, and the next one begins where it did.
    package func slice(limit: Int, now: Instant) async throws -> AdoptionReport {
        try await store.write(as: "edit") { [self] db in
            // The ledger's sums are written once a slice.
            let sums = Sums()
            let ledger = Ledger(db: db, catalog: store.catalog, now: now, sums: sums)
            let slice = EditSlice(db: db, ledger: ledger, before: before)
            let progress = try state.withLock { try slice.perform(limit: limit, &$0.enrollments) }
            try sums.write(to: db)
            let cursors = try EditSlice.cursors(db)
            db.afterNextTransaction { [self] _ in
                store.setEditCursors(cursors)
                state.withLock { $0.report.add(progress) }
            }
        }
        return report
    }
}
