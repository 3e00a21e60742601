package import DripStore

/// How a reload went.
package enum ReloadOutcome: Codable, Hashable, Sendable {
    case adopted(AdoptionReport)
    /// Something on the disk is wrong: what was in force stays in force. One line for each problem.
    case refused([String])
}
