import DripCore

extension World {
    /// A copy of the state.
    struct Backup {
        let path: String
        let at: Int64
        /// How many requests had left.
        let launches: Int
    }

    /// A copy has taken the state's place: what has happened since it was made, nobody knows any more.
    struct Restore {
        let from: Int64
        let until: Int64
        /// Indices of the launches that are forgotten.
        let launches: Range<Int>
    }
}
