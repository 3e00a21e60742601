package import DripCore

extension Event {
    package static let testPage = "1234567890"
    package static let testPerson = "5678"

    /// Makes a message of the person.
    package static func message(
        _ id: String,
        from person: String = testPerson,
        page: String = testPage,
        at: Instant? = nil,
        text: String? = nil,
        payload: String? = nil,
        ref: String? = nil
    ) -> Event {
        of(.message(text: text, payload: payload, ref: ref), key: "m:\(id)", person: person, page: page, at: at)
    }

    /// Makes an echo of one of dripd's messages or, without a key, of a message that the team wrote by hand.
    package static func echo(
        _ id: String,
        of key: DeliveryKey?,
        to person: String = testPerson,
        at: Instant? = nil
    ) -> Event {
        of(.echo(messageID: id, delivery: key, isHuman: key == nil), key: "e:\(id)", person: person, at: at)
    }

    package static func of(
        _ kind: Kind,
        key: String,
        person: String? = testPerson,
        page: String = testPage,
        at: Instant? = nil,
        body: String? = nil,
        isStandby: Bool = false
    ) -> Event {
        Event(
            channel: .messenger,
            page: page,
            person: person,
            key: key,
            at: at,
            kind: kind,
            body: body,
            isStandby: isStandby
        )
    }
}
