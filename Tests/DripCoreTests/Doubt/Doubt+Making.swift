import DripCore
import TestSupport

extension Doubt {
    /// One whose request left at `.start`, and began half a minute later.
    static func make(
        step: String,
        part: Int = 0,
        address: String = Event.testPerson,
        attributes: [String: String] = [:],
        permission: Permission = .standardWindow,
        bodyHash: String? = nil,
        known: Set<String> = [],
        humanAt: Instant? = nil,
        expected: Sought? = nil,
        rivals: [Sought?] = []
    ) -> Doubt {
        var person = Person(
            id: PersonID(rawValue: 1),
            lane: LaneID(rawValue: 1),
            page: Event.testPage,
            address: address,
            attributes: attributes
        )
        person.humanAt = humanAt
        return Doubt(
            person: person,
            enrollment: Enrollment(
                id: EnrollmentID(rawValue: 1),
                person: person.id,
                sequence: "care",
                round: 1,
                anchor: .start,
                position: nil
            ),
            step: step,
            part: part,
            permission: permission,
            sequenceHash: nil,
            bodyHash: bodyHash,
            leftAt: .start,
            recordedAt: .start + .seconds(30),
            known: known,
            expected: expected,
            rivals: rivals
        )
    }
}
