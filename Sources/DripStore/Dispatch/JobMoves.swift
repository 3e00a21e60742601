import DripCore
import GRDB

/// Lets jobs go on by another address of their person where theirs cannot be used any more, in the caller's transaction.
struct JobMoves {
    let db: Database
    let now: Instant

    /// Moves the job of an enrollment to another address of its person. What it waited for may not hold there; its time, a pause
    /// and a missing sequence do.
    func move(_ enrollment: EnrollmentID, to address: Address) throws {
        try db.run(
            """
            UPDATE job SET account = ?, address = ?, error = NULL,
                due = CASE WHEN waiting_for IS NULL OR waiting_for IN ('time', 'paused', 'sequence') THEN due ELSE ? END,
                waiting_for = CASE WHEN waiting_for IN ('time', 'paused', 'sequence') THEN waiting_for END
            WHERE enrollment = ?
            """,
            [address.account.id, address.id, now, enrollment]
        )
    }

    /// Moves the jobs at accounts that are not in the configuration any more, where their people have another address. The
    /// others wait there until their account is back.
    /// - Returns: how many were moved.
    func leaveAccounts(notIn catalog: Catalog) throws -> Int {
        let accounts = try db.all("SELECT id, channel, page FROM account", []) { row in
            Account(id: row[0], channel: ChannelName(rawValue: row[1]), externalID: row[2])
        }
        var moved = 0
        for account in accounts where !catalog.isConfigured(account) {
            let jobs = try db.all(Self.jobsOfPeopleWithOthers, [account.id, account.id]) {
                (id: $0[0] as EnrollmentID, person: $0[1] as PersonID)
            }
            for job in jobs {
                let others = try db.ways(of: job.person).addresses.filter { catalog.isConfigured($0.account) }
                guard let other = others.first(where: { $0.unreachable == nil }) ?? others.first else { continue }
                try move(job.id, to: other)
                moved += 1
            }
        }
        return moved
    }

    /// A step that is partly sent stays where it is.
    static let jobsOfPeopleWithOthers = """
        SELECT job.enrollment, enrollment.person FROM job JOIN enrollment ON enrollment.id = job.enrollment
        WHERE job.account = ? AND job.claimed_at IS NULL AND job.part = 0 AND EXISTS (
            SELECT 1 FROM address WHERE address.person = enrollment.person AND address.account <> ?)
        """
}
