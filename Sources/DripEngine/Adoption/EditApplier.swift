import DripCore
import DripStore
import Synchronization

/// Brings the people under way into line with the edit in force: slice by slice, each so short that webhooks and messages hardly
/// wait for it.
final class EditApplier: Sendable {
    private struct State {
        var edit: Edit?
        var pace = EditPace()
    }

    private let store: Store
    private let clock: any WallClock
    /// Called when jobs may be due earlier than before.
    private let wake: @Sendable () -> Void
    private let state = Mutex(State())

    init(store: Store, clock: any WallClock, wake: @escaping @Sendable () -> Void) {
        self.store = store
        self.clock = clock
        self.wake = wake
    }

    /// How far the last edit came; nil where there was none.
    var progress: AdoptionReport? { edit?.report }

    /// Takes over an edit, whose slices are to follow.
    func begin(_ edit: Edit) {
        state.withLock { $0 = State(edit: edit) }
    }

    /// Applies slices until the edit is complete, or the time is over.
    /// - Throws: `StoreError`: the next attempt goes on where this one ended.
    func apply(for limit: Duration? = nil) async throws {
        let began = ContinuousClock.now
        var woken = began
        var changes = edit?.report.changes
        while let edit, !edit.report.isComplete, !Task.isCancelled {
            let start = ContinuousClock.now
            if let limit, start - began >= limit { break }
            let report = try await edit.slice(limit: state.withLock(\.pace.size), now: clock.now())
            let end = ContinuousClock.now
            state.withLock { $0.pace.took(end - start) }
            // Each look at what is due next costs a transaction, too.
            if report.changes != changes, end - woken >= .milliseconds(100) || report.isComplete {
                (changes, woken) = (report.changes, end)
                wake()
            }
        }
    }

    private var edit: Edit? { state.withLock(\.edit) }
}

/// How many enrollments a slice examines, so that it takes the time that it should.
struct EditPace: Sendable {
    private(set) var size = 200

    private static let target = Duration.milliseconds(8)
    private static let sizes = 20...2000

    /// - Parameter duration: what a slice of this size took.
    mutating func took(_ duration: Duration) {
        let fitting = Double(size) * (Self.target / max(duration, .microseconds(1)))
        // A slice that had to wait for a busy disk says little about the next one.
        let bounded = min(max(fitting, Double(size) / 2), Double(size) * 2)
        size = min(max(Int(bounded), Self.sizes.lowerBound), Self.sizes.upperBound)
    }
}

extension AdoptionReport {
    fileprivate var changes: Int { moved + finished + reopened + held }
}
