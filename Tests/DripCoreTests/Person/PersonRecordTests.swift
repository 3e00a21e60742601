import DripCore
import Foundation
import TestSupport
import Testing

/// What a file says, beside what is known.
@Suite struct PersonRecordTests {
    private let wrote = Instant.start

    @Test func `a file fills what is unknown and contradicts nobody`() {
        let known = Person.make(attributes: ["full_name": "Lan", "phone": " ", "city": "Huế"], zone: .hoChiMinh)
        var record = PersonRecord(line: 2, page: nil, address: "5678")
        record.attributes = ["full_name": "L", "phone": "+84912345678", "city": "Vinh", "email": ""]
        record.zone = "Europe/Berlin"
        let person = known.adding(record)
        #expect(person.attributes == ["full_name": "Lan", "phone": "+84912345678", "city": "Vinh"])
        #expect(person.zone == .hoChiMinh)
        #expect(Person.make().adding(record).zone == .berlin)
        #expect(person.adding(record) == person)
    }

    @Test func `who wrote has had a first message, and a window of a day from the last`() {
        var record = PersonRecord(line: 2, page: nil, address: "5678")
        record.lastMessageAt = wrote
        let person = Person.make().adding(record)
        #expect((person.firstMessageAt, person.lastWroteAt) == (wrote, wrote))
        #expect(person.address.windowEnds == wrote + .hours(24))
        record.firstMessageAt = wrote - .days(9)
        #expect(Person.make().adding(record).firstMessageAt == wrote - .days(9))
        #expect(Person.make().adding(PersonRecord(line: 2, page: nil, address: "5678")) == .make())
    }

    @Test func `an older message shortens nothing`() {
        let known = Person.make(
            firstMessageAt: wrote - .days(3),
            windowEnds: wrote + .hours(24),
            lastWroteAt: wrote
        )
        var record = PersonRecord(line: 2, page: nil, address: "5678")
        record.lastMessageAt = wrote - .hours(2)
        #expect(known.adding(record) == known)
    }

    @Test func `a window that the platform closed opens only by a later message`() {
        let closed = wrote + .hours(3)
        let known = Person.make(firstMessageAt: wrote, windowEnds: closed, lastWroteAt: wrote)
        var record = PersonRecord(line: 2, page: nil, address: "5678")
        record.lastMessageAt = closed - .minutes(1)
        #expect(known.adding(record).address.windowEnds == closed)
        record.lastMessageAt = closed + .minutes(1)
        #expect(known.adding(record).address.windowEnds == closed + .minutes(1) + .hours(24))
    }
}
