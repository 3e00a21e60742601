import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

@Suite struct StoreDuplicatesTests {
    private let other = TemporaryStore.otherPage

    /// Adds a person with attributes, and an e-mail address if one is given.
    private func add(
        _ person: String,
        _ page: String = Event.testPage,
        _ attributes: [String: String] = [:],
        mail: String? = nil,
        to state: TemporaryStore
    ) async throws {
        try await state.ingest(.message(person, from: person, page: page), now: .start)
        try await state.store.write { db in try db.merge(attributes, into: Store.find("\(page)/\(person)", db).id) }
        if let mail { try await state.addMail(mail, to: "\(page)/\(person)") }
    }

    private func groups(_ state: TemporaryStore, limit: Int = 10) async throws -> [String] {
        try await state.store.duplicates(limit: limit).groups.map { group in
            "\(group.reason.rawValue) \(group.value): \(group.count) "
                + group.people.map { String($0.person.drop { $0 != "/" }.dropFirst()) }.joined(separator: " ")
        }
    }

    @Test func `people who share an address, a number or a name, in this order`() async throws {
        let state = try await TemporaryStore.withChannels([])
        try await add("1", Event.testPage, ["full_name": "Trần Minh", "phone": "+84912345678"], to: state)
        try await add("2", other, ["full_name": "tran  minh", "email": "lan@example.com"], to: state)
        try await add(
            "3",
            Event.testPage,
            ["phone": "0912 345 678", "note": "say \"hi\""],
            mail: "LAN@example.com",
            to: state
        )
        try await add("4", Event.testPage, ["full_name": "Trần Minh"], to: state)
        try await add("5", other, ["full_name": "Lan", "phone": "115", "email": "x@example.com"], to: state)
        try await add("6", Event.testPage, ["full_name": "Lan", "phone": "115"], to: state)
        #expect(
            try await groups(state) == [
                "email lan@example.com: 2 2 3", "phone +84912345678: 2 1 3", "name Trần Minh: 3 1 2 4",
            ]
        )
        let answer = try await state.store.duplicates(limit: 1)
        #expect((answer.groups.map(\.reason), answer.more) == ([.email], 2))
        #expect(answer.groups.first?.people.map(\.lastWroteAt) == [.start, .start])
    }

    @Test func `the same name on one page is no hint, nor is one person's own address twice`() async throws {
        let state = try await TemporaryStore.withChannels([])
        try await add(
            "1",
            Event.testPage,
            ["full_name": "Trần Minh", "email": "lan@example.com"],
            mail: "lan@example.com",
            to: state
        )
        try await add("2", Event.testPage, ["full_name": "Trần Minh"], to: state)
        #expect(try await state.store.duplicates(limit: 10) == DuplicatesAnswer())
    }

    @Test func `people who are joined are a hint no longer`() async throws {
        let state = try await TemporaryStore.withChannels([])
        try await add("1", Event.testPage, ["full_name": "Trần Minh"], to: state)
        try await add("2", other, ["full_name": "Trần Minh"], to: state)
        #expect(try await groups(state) == ["name Trần Minh: 2 1 2"])
        _ = try await state.store.link("1", with: "2", proof: "asked", now: .start)
        #expect(try await groups(state) == [])
    }

    @Test func `a group names ten people and counts the others`() async throws {
        let state = try await TemporaryStore.withChannels([])
        for person in 1...13 { try await add("\(person)", Event.testPage, ["phone": "0912345678"], to: state) }
        #expect(try await groups(state) == ["phone 0912345678: 13 1 2 3 4 5 6 7 8 9 10"])
    }

    @Test(arguments: [
        (#"{"email":"a@b.c","full_name":"Lan \"x\"","phone":"1"}"#, ["a@b.c", #"Lan "x""#, "1"]),
        (#"{"email":"a@b.c","note":"phone","phone":"2"}"#, ["a@b.c", "2"]), ("{}", []), (#"{"note":""}"#, []),
        (#"{"phone":""}"#, [""]),
    ])
    func `attributes are found in the text of a column`(text: String, values: [String]) throws {
        let found = try JSONColumn.texts(text, named: ["email", "full_name", "phone"]).sorted { $0.name < $1.name }
        #expect(found.map(\.value) == values)
    }
}
