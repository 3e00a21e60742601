/// How a reload went, and what it leaves to a restart.
package struct ReloadReport: Codable, Hashable, Sendable {
    package let outcome: ReloadOutcome
    /// What is on the disk and not in force, since only a restart takes it. One line each.
    package let pending: [String]
}
