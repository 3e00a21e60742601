import DripCore
import Foundation
import TestSupport

extension Person {
    static func make(
        attributes: [String: String] = [:],
        zone: TimeZone? = nil,
        firstMessageAt: Instant? = nil,
        windowEnds: Instant? = nil,
        unreachable: String? = nil,
        stoppedAt: Instant? = nil,
        stoppedBy: ConsentSource? = nil,
        pausedAt: Instant? = nil,
        address: String = Event.testPerson,
        tags: Set<String> = [],
        lastWroteAt: Instant? = nil,
        humanAt: Instant? = nil,
        subscriptions: [Subscription] = []
    ) -> Person {
        Person(
            id: PersonID(rawValue: 1),
            account: AccountID(rawValue: 1),
            page: Event.testPage,
            address: address,
            attributes: attributes,
            zone: zone,
            firstMessageAt: firstMessageAt,
            windowEnds: windowEnds,
            unreachable: unreachable,
            stoppedAt: stoppedAt,
            stoppedBy: stoppedBy,
            pausedAt: pausedAt,
            tags: tags,
            lastWroteAt: lastWroteAt,
            humanAt: humanAt,
            subscriptions: subscriptions
        )
    }
}

extension Job {
    /// A job of the sequence `care` whose enrollment started at `.start`.
    static func make(
        _ step: String,
        of person: Person = .make(windowEnds: .start + .hours(24)),
        position: Milliseconds? = nil,
        round: Int = 1,
        scheduled: Instant = .start,
        attempt: Int = 0,
        part: Int = 0,
        waitingFor: WaitReason? = nil,
        comment: String? = nil
    ) -> Job {
        let enrollment = Enrollment(
            id: EnrollmentID(rawValue: 7),
            person: person.id,
            sequence: "care",
            round: round,
            anchor: .start,
            position: position,
            comment: comment
        )
        return Job(
            enrollment: enrollment,
            person: person,
            step: step,
            scheduled: scheduled,
            attempt: attempt,
            part: part,
            waitingFor: waitingFor
        )
    }
}
