package import DripCore

/// What one turn of the dispatcher did: outcomes recorded, and a look at several lanes.
package struct ClaimRound: Sendable {
    /// Of the lanes that had something due and were come to.
    package internal(set) var reports: [(lane: LaneID, report: ClaimReport)] = []
    /// The next job of each lane that was asked about. Empty while on hold.
    package internal(set) var following: [LaneID: JobOrder] = [:]
    /// Why the claims must not leave: they are on the disk, and what a copy of the state is recognised by is not.
    package internal(set) var mustNotLeave: StoreError?
    /// Why nothing was claimed. What was to be recorded is.
    package internal(set) var failure: (any Error)?
    /// What became of the outcomes.
    package internal(set) var recorded = RecordReport()
}
