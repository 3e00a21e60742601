package import DripCore

/// What recording outcomes did.
package struct RecordReport: Sendable {
    /// Outcomes of claims that were no longer the latest.
    package internal(set) var stale = 0
    /// Accounts that answer no comments without an author for a while.
    package internal(set) var commentPauses: [CommentPause] = []
    /// The first job of each lane that may have come to be, or to be due: no other comes before it, and it may come later.
    package private(set) var following: [LaneID: JobOrder] = [:]

    package init() {}

    mutating func note(_ job: Job, due: Instant) {
        let order = JobOrder(due: due, enrollment: job.enrollment.id)
        following[job.person.lane] = min(following[job.person.lane] ?? order, order)
    }
}
