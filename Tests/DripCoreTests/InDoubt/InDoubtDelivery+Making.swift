import DripCore
import TestSupport

extension InDoubtDelivery {
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
        expected: ExpectedMessage? = nil,
        othersInDoubt: [ExpectedMessage?] = []
    ) -> InDoubtDelivery {
        var person = Person(
            id: PersonID(rawValue: 1),
            account: AccountID(rawValue: 1),
            page: Event.testPage,
            address: address,
            attributes: attributes
        )
        person.humanAt = humanAt
        return InDoubtDelivery(
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
            othersInDoubt: othersInDoubt
        )
    }
}
