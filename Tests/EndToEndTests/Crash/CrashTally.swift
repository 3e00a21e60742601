/// What came of some crashes: a row of the matrix.
struct CrashTally: Equatable {
    var crashes = 0
    /// Steps that were to reach somebody.
    var due = 0
    /// The platform has them once.
    var arrived = 0
    /// Neither there nor accounted for.
    var lost = 0
    var twice = 0
    /// Not there, and dripd says that it does not know.
    var inDoubt = 0
    /// Not there, for a reason that dripd states.
    var stated = 0

    static func + (left: CrashTally, right: CrashTally) -> CrashTally {
        CrashTally(
            crashes: left.crashes + right.crashes,
            due: left.due + right.due,
            arrived: left.arrived + right.arrived,
            lost: left.lost + right.lost,
            twice: left.twice + right.twice,
            inDoubt: left.inDoubt + right.inDoubt,
            stated: left.stated + right.stated
        )
    }

    /// - Parameters:
    ///   - count: how often the platform has the step's message.
    ///   - state: the ledger's word; nil: it knows nothing of the step.
    mutating func add(arrived count: Int, state: String?) {
        due += 1
        switch (count, state) {
        case (2..., _): twice += 1
        case (1, "sent"): arrived += 1
        case (0, "in_doubt"): inDoubt += 1
        case (0, "skipped"), (0, "failed"): stated += 1
        default: lost += 1
        }
    }

    static let heading =
        "| what happened | times | steps due | arrived once | lost | twice | in doubt | not sent, reason stated |\n"
        + "| --- | --- | --- | --- | --- | --- | --- | --- |"

    func row(_ kind: CrashKind) -> String {
        "| \(kind.rawValue) | \(crashes) | \(due) | \(arrived) | \(lost) | \(twice) | \(inDoubt) | \(stated) |"
    }
}
