package import DripCore

/// What one turn of the dispatcher did: outcomes recorded, and a look at several lanes.
package struct ClaimRound: Sendable {
    /// Of the lanes that had something due and were come to.
    package internal(set) var reports: [(lane: LaneID, report: ClaimReport)] = []
    /// When each lane's next job is due that was asked about; `distantFuture` where there is none. Empty while on hold.
    package internal(set) var dues: [LaneID: Instant] = [:]
    /// Why the claims must not leave: they are on the disk, and what a copy of the state is recognised by is not.
    package internal(set) var mustNotLeave: StoreError?
    /// Why nothing was claimed. What was to be recorded is.
    package internal(set) var failure: (any Error)?
    /// Outcomes of claims that were no longer the latest.
    package internal(set) var stale = 0
}
