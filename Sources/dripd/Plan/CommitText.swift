/// A version's commit as the database has it: a name in hex, and what is to be said of it.
enum CommitText {
    /// `c2e5945f01ab + changes`
    static func short(_ commit: String) -> String {
        let name = commit.prefix { $0 != " " }
        return String(name.prefix(12) + commit.dropFirst(name.count))
    }
}
