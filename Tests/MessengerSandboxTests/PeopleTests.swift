import Testing

@testable import MessengerSandbox

struct PeopleTests {
    @Test func `people without an id or a name are given one`() throws {
        let test = TestPlatform()
        let person = try test.platform.addPerson(id: nil, name: nil)
        #expect(person == Person(id: "2000000000700001", name: "Person 1"))
        let next = try test.platform.addPerson(id: nil, name: "Lan")
        #expect(next == Person(id: "2000000000700002", name: "Lan"))
        #expect(test.platform.people == [person, next])
    }

    @Test(arguments: [
        ("a b", "Lan", "a person's id has 1 to 64 letters, digits, - and _"),
        ("", "Lan", "a person's id has 1 to 64 letters, digits, - and _"),
        ("5678", "Lan", "there is already a person 5678"),
        ("1", String(repeating: "n", count: 201), "a name has at most 200 characters"),
    ])
    func `people who cannot be are refused`(id: String, name: String, reason: String) throws {
        let test = try TestPlatform.withOpenWindow()
        #expect(throws: ControlError.invalid(reason)) { try test.platform.addPerson(id: id, name: name) }
    }

    @Test(
        arguments: [
            (nil, nil, "text or ref is missing"),
            ("", "", "text or ref is missing"),
            ("hi", "a b", "a ref has at most 2083 letters, digits, -, _ and ="),
            (String(repeating: "x", count: 20_001), nil, "a text has at most 20000 characters"),
        ] as [(String?, String?, String)]
    )
    func `what cannot be written is refused, and creates nobody`(text: String?, ref: String?, reason: String) {
        let test = TestPlatform()
        #expect(throws: ControlError.invalid(reason)) { try test.write(text, ref: ref) }
        #expect(test.platform.people == [])
    }

    @Test func `the person after the ten thousandth is refused`() throws {
        let test = TestPlatform()
        for _ in 1...People.limit { _ = try test.platform.addPerson(id: nil, name: nil) }
        #expect(throws: ControlError.full("10000 people exist")) {
            try test.platform.addPerson(id: nil, name: nil)
        }
    }

    @Test func `only those who exist can read and block`() {
        let test = TestPlatform()
        #expect(throws: ControlError.unknownPerson("5678")) {
            try test.platform.read(by: "5678", now: test.now)
        }
        #expect(throws: ControlError.unknownPerson("5678")) { try test.platform.setBlocked(true, by: "5678") }
    }

    @Test func `the log has both directions, and drops the oldest when full`() {
        var log = MessageLog(limit: 32)
        for number in 1...33 {
            log.append(
                LogEntry(
                    number: number,
                    at: 0,
                    direction: .incoming,
                    person: number.isMultiple(of: 2) ? "even" : "odd",
                    messageID: "m"
                )
            )
        }
        #expect(log.entries(after: 0, of: nil, count: 100).map(\.number) == Array(3...33))
        #expect(log.entries(after: 28, of: "even", count: 100).map(\.number) == [30, 32])
        #expect(log.entries(after: 4, of: nil, count: 2).map(\.number) == [5, 6])
        #expect(log.entries(after: 33, of: nil, count: 100) == [])
        #expect(log.entries(after: 99, of: nil, count: 100) == [])
        #expect(log.conversation(with: "odd").map(\.number).last == 3)
        #expect(log[message: "m"]?.number == 33)
    }
}
