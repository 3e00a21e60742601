/// A job that this process has taken: what may be recorded of it, and by whom.
///
/// A class, since it goes from hand to hand: a copy of the value would count up some twenty references each time.
package final class Claim: Equatable, Sendable {
    package let job: Job
    /// Grows with every claim of the job: an outcome counts only while its claim is the latest.
    package let number: Int64
    package let dispatch: Dispatch

    package init(job: Job, number: Int64, dispatch: Dispatch) {
        self.job = job
        self.number = number
        self.dispatch = dispatch
    }

    package static func == (one: Claim, other: Claim) -> Bool {
        one.number == other.number && one.job == other.job && one.dispatch == other.dispatch
    }
}
