import DripCore

extension World {
    struct Launch {
        let at: Int64
        let clock: Instant
        let summary: RequestSummary
        /// Of the edited sequence: the number of versions so far.
        let versions: Int
    }
}
