package import DripCore

/// What may be claimed of a lane now.
package struct LaneOpening: Sendable {
    package let lane: LaneID
    /// So many at most; 0: only when its next job is due is of interest.
    package let allowance: Int
    /// So many jobs are looked at.
    package let examining: Int
    /// What is not in them goes when it is due.
    package let turns: SendTurns?

    package init(lane: LaneID, allowance: Int, examining: Int, turns: SendTurns? = nil) {
        self.lane = lane
        self.allowance = allowance
        self.examining = examining
        self.turns = turns
    }
}
