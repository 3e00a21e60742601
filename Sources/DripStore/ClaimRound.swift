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

    func due(_ lane: LaneID) -> Instant { dues[lane] ?? .distantFuture }
}

/// What looking at one lane's due jobs did.
package struct ClaimReport: Sendable {
    package var claims: [Claim] = []
    /// What jobs wait for that would have been taken.
    package var uploads: Set<Upload> = []
    /// To whom it is to be shown that the page writes; their messages are taken a little later.
    package var typing: [Typing] = []
    /// Jobs that were looked at.
    package var examined = 0
    /// Nothing else is due now.
    package var isDrained = false
    package var skipped: [SkipReason: Int] = [:]
    package var failed = 0

    /// Of a lane that has nothing due.
    package static var nothing: ClaimReport {
        var report = ClaimReport()
        report.isDrained = true
        return report
    }

    /// What is to leave now.
    package var requests: Int { claims.count + typing.count }
}
