import ControlAPI
import DripCore
import DripStore
import Synchronization

/// Applies the edit in force to the people under way, in slices so short that webhooks and messages hardly wait for them.
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

    /// The progress of the last edit; nil if there was none.
    var progress: AdoptionReport? { edit?.report }

    /// Sets the edit that `apply` is to apply.
    func begin(_ edit: Edit) {
        state.withLock { $0 = State(edit: edit) }
    }

    /// Applies slices until the edit is complete, or the time limit is reached.
    /// - Throws: `StoreError`: the next attempt continues where this one ended.
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
            // Waking the dispatcher costs a transaction, so not every slice does it.
            if report.changes != changes, end - woken >= .milliseconds(100) || report.isComplete {
                (changes, woken) = (report.changes, end)
                wake()
            }
        }
    }

    private var edit: Edit? { state.withLock(\.edit) }
}

/// The number of enrollments that a slice examines, adapted so that a slice takes the target time.
struct EditPace: Sendable {
    private(set) var size = 200

    private static let target = Duration.milliseconds(8)
    private static let sizes = 20...2000

    /// Adapts the size.
    /// - Parameter duration: the time that a slice of the current size took.
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
