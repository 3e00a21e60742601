import DripCore
import Foundation
import GRDB

/// Reads enrollments with their deliveries and pending work, for plans and adoptions. A million of them should take
/// seconds, so columns are read by number, and values that many enrollments share are decoded once.
struct EnrollmentReading {
    private var ledgers: [String: Set<String>] = [:]
    private var zones: [String: TimeZone] = [:]
    /// The maximum number of different sets of finished steps to cache.
    private static let mostLedgers = 10_000

    private static let columns = """
        enrollment.id, enrollment.person, enrollment.sequence, enrollment.round, enrollment.anchor, enrollment.version,
        address.account, account.page, address.external_id, person.zone, address.window_ends, person.stopped_at,
        (SELECT group_concat(delivery.step, ' ') FROM delivery WHERE delivery.enrollment = enrollment.id)
        """

    static let underWay = """
        SELECT \(columns), coalesce(job.position, enrollment.position), job.step, job.scheduled, job.attempt, job.part,
            job.waiting_for, job.claimed_at, person.paused_at, address.id, enrollment.came_by, account.channel
        FROM enrollment JOIN job ON job.enrollment = enrollment.id JOIN person ON person.id = enrollment.person
        JOIN address ON address.id = job.address JOIN account ON account.id = job.account
        WHERE enrollment.sequence = ? AND enrollment.ended_at IS NULL AND enrollment.id > ?
        ORDER BY enrollment.id LIMIT ?
        """

    /// Enrollments that had every step and have no later round, after a position and an enrollment, in the order of the
    /// index.
    static let finished = """
        SELECT \(columns), enrollment.position, NULL AS step, person.tags, person.last_wrote_at,
            (SELECT group_concat(other.sequence, ' ') FROM enrollment AS other
                WHERE other.person = enrollment.person AND other.anchor > enrollment.anchor),
            person.paused_at, address.id, enrollment.came_by, account.channel
        FROM enrollment JOIN person ON person.id = enrollment.person
        JOIN address ON address.id = enrollment.came_by JOIN account ON account.id = address.account
        WHERE enrollment.sequence = ? AND end_reason = 'finished' AND position < ?
            AND (enrollment.position, enrollment.id) > (?, ?) AND person.stopped_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM enrollment AS later WHERE later.person = enrollment.person
                    AND later.sequence = enrollment.sequence AND later.round > enrollment.round)
        ORDER BY enrollment.position, enrollment.id LIMIT ?
        """

    mutating func state(_ row: Row) -> EnrollmentState {
        let step: String? = row[14]
        let enrollment = Enrollment(
            id: row[0],
            person: row[1],
            sequence: row[2],
            round: row[3],
            anchor: row[4],
            position: row[13],
            // A finished enrollment no longer follows the version that it was pinned to.
            version: step == nil ? nil : row[5],
            cameBy: row[step == nil ? 20 : 22]
        )
        var person = Person(
            id: row[1],
            address: Address(
                id: row[step == nil ? 19 : 21],
                account: Account(
                    id: row[6],
                    channel: ChannelName(rawValue: row[step == nil ? 21 : 23]),
                    externalID: row[7]
                ),
                externalID: row[8],
                windowEnds: row[10]
            ),
            zone: (row[9] as String?).flatMap { zone($0) },
            stoppedAt: row[11],
            pausedAt: step == nil ? row[18] : row[20]
        )
        let over = (row[12] as String?).map { ledger($0) } ?? []
        guard let step else {
            person.tags = Set((try? JSONColumn.read(row[15], or: [String]())) ?? [])
            person.lastWroteAt = row[16]
            let started = (row[17] as String?)?.split(separator: " ").map(String.init) ?? []
            return EnrollmentState(
                enrollment: enrollment,
                person: person,
                over: over,
                job: nil,
                isSending: false,
                startedSince: Set(started)
            )
        }
        let job = Job(
            enrollment: enrollment,
            person: person,
            step: step,
            scheduled: row[15],
            attempt: row[16],
            part: row[17],
            waitingFor: (row[18] as String?).flatMap(WaitReason.init(rawValue:))
        )
        let claimedAt: Instant? = row[19]
        return EnrollmentState(
            enrollment: enrollment,
            person: person,
            over: over,
            job: job,
            isSending: claimedAt != nil
        )
    }

    private mutating func ledger(_ steps: String) -> Set<String> {
        if let known = ledgers[steps] { return known }
        let ledger = Set(steps.split(separator: " ").map(String.init))
        if ledgers.count < Self.mostLedgers { ledgers[steps] = ledger }
        return ledger
    }

    private mutating func zone(_ name: String) -> TimeZone? {
        if let known = zones[name] { return known }
        let zone = TimeZone(identifier: name)
        zones[name] = zone
        return zone
    }
}
