/// A job that this process has taken: what may be recorded of it, and by whom.
package struct Claim: Hashable, Sendable {
    package let job: Job
    /// Grows with every claim of the job: an outcome counts only while its claim is the latest.
    package let number: Int64
    package let dispatch: Dispatch

    package init(job: Job, number: Int64, dispatch: Dispatch) {
        self.job = job
        self.number = number
        self.dispatch = dispatch
    }
}
