import ControlAPI
import DripCore
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

/// People's names, between their first message and our first.
@Suite struct ProfileServiceTests {
    @Test func `everybody is asked for once, the latest first, and named`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        for person in ["1", "2", "3"] { try await state.ingest(.message(person, from: person), now: .start) }
        let service = Service(state) { person in
            person.address == "2"
                ? .withheld
                : .found(Profile(attributes: ["full_name": "Lan \(person.address)"], zone: .berlin))
        }
        #expect(try await service.service.askEverybody() == nil)
        #expect(service.asked == ["3", "2", "1"])
        let names = try await state.names()
        #expect(names == ["1": "Lan 1", "3": "Lan 3"])
        #expect(try await service.service.askEverybody() == nil)
        #expect(service.asked.count == 3)
    }

    @Test func `a refusal ends the round and forgets nobody`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        for person in ["1", "2"] { try await state.ingest(.message(person, from: person), now: .start) }
        let service = Service(state) { $0.address == "2" ? .withheld : .later(why: "190 Invalid token") }
        #expect(try await service.service.askEverybody() == "190 Invalid token")
        #expect(try await state.store.peopleWithoutProfile(limit: 10).map(\.address) == ["1"])
    }

    @Test func `somebody whose profile fails three times holds nobody up`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        for person in ["1", "2"] { try await state.ingest(.message(person, from: person), now: .start) }
        let service = Service(state) { $0.address == "2" ? .failed(why: "2 unexpected") : .withheld }
        #expect(try await service.service.askEverybody() == "2 unexpected")
        #expect(try await service.service.askEverybody() == "2 unexpected")
        #expect(try await service.service.askEverybody() == nil)
        #expect(service.asked == ["2", "2", "2", "1"])
    }

    @Test func `who writes after a month is asked for anew, and what they told us themselves stays`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1", text: "0912345678"), now: .start)
        let service = Service(state) { _ in .found(Profile(attributes: ["full_name": "Lan"], zone: nil)) }
        _ = try await service.service.askEverybody()
        try await state.ingest(.message("2"), now: .start + .days(29))
        #expect(try await state.store.peopleWithoutProfile(limit: 10).isEmpty)
        try await state.ingest(.message("3"), now: .start + .days(31))
        #expect(try await state.store.peopleWithoutProfile(limit: 10).count == 1)
        let person = try await state.store.person(Event.testPerson)
        #expect(person.summary.attributes == ["full_name": "Lan", "phone": "+84912345678"])
    }

    /// The service with a platform that answers as the test says.
    private final class Service: Sendable {
        let service: ProfileService
        private let log: Log

        private final class Log: Sendable {
            let addresses = Mutex<[String]>([])
        }

        var asked: [String] { log.addresses.withLock { $0 } }

        init(_ state: TemporaryStore, answer: @escaping @Sendable (UnknownPerson) -> ProfileAnswer) {
            let log = Log()
            self.log = log
            service = ProfileService(
                store: state.store,
                clock: ManualClock(.start),
                logger: .silent,
                ask: { person in
                    log.addresses.withLock { $0.append(person.address) }
                    return answer(person)
                },
                pause: { _ in }
            )
        }
    }
}

extension TemporaryStore {
    /// The full names that are known, by address.
    fileprivate func names() async throws -> [String: String] {
        let people = try await store.people(limit: 100, after: nil)
        return Dictionary(
            uniqueKeysWithValues: people.compactMap { person in
                person.attributes["full_name"].map { (person.person, $0) }
            }
        )
    }
}
