import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

/// Tags by hand.
@Suite struct StoreTagsTests {
    private let now = Instant.start + .minutes(5)

    @Test func `a tag by hand does what one by a button does`() async throws {
        let byHand = try await state()
        let byButton = try await state()
        let outcome = try await byHand.store.tag(["5678"], with: "vip", now: now)
        #expect(
            outcome == [
                TagOutcome(page: "1234567890", person: "5678", isChange: true, started: ["vips"], ended: ["care"])
            ]
        )
        try await byButton.ingest(.message("2", payload: "dripd/tag/vip"), now: now)
        for state in [byHand, byButton] {
            let person = try await state.store.person("5678")
            #expect(person.summary.tags == ["vip"])
            #expect(person.enrollments.map(\.cause) == ["first_message", "tag:vip"])
            #expect(person.enrollments.map(\.endReason) == ["tagged", nil])
            #expect(person.enrollments[1].next?.due == now + .minutes(15))
            #expect(try await state.ledger() == ["hello skipped tagged"])
        }
        // By hand, the person has done nothing.
        #expect(try await byHand.store.person("5678").summary.lastWroteAt == .start)
        #expect(try await byHand.store.person("5678").summary.windowEnds == .start + .hours(24))
    }

    @Test func `who has the tag already gets nothing anew`() async throws {
        let state = try await state()
        _ = try await state.store.tag(["5678"], with: "vip", now: now)
        let again = try await state.store.tag(["5678", "5678"], with: "vip", now: now + .minutes(1))
        #expect(
            again
                == Array(repeating: TagOutcome(page: "1234567890", person: "5678", isChange: false), count: 2)
        )
        #expect(try await state.store.person("5678").enrollments.count == 2)
    }

    @Test func `one who is unknown, and nobody is tagged`() async throws {
        let state = try await state()
        await #expect(throws: PersonError.unknown("1")) {
            try await state.store.tag(["5678", "1"], with: "vip", now: now)
        }
        let person = try await state.store.person("5678")
        #expect(person.summary.tags == [])
        #expect(person.summary.underWay == ["care"])
    }

    @Test func `a person has at most 100 tags, from whichever side they come`() async throws {
        let state = try await state()
        for number in 1...Tag.mostOfPerson {
            try await state.ingest(.message("t\(number)", payload: "dripd/tag/t\(number)"), now: now)
        }
        try await state.ingest(.message("vip", payload: "dripd/tag/vip"), now: now)
        await #expect(throws: PersonError.tooManyTags("5678")) {
            try await state.store.tag(["5678"], with: "vip", now: now)
        }
        var record = PersonRecord(line: 1, page: nil, address: "5678")
        record.tags = ["vip", "t1"]
        let file = try await state.store.importPeople(
            [(record, state.account)],
            enrollingIn: nil,
            isTrial: false,
            now: now
        )
        #expect((file.tagged, file.tagsLeftOut, file.changed) == (0, 1, 0))
        let person = try await state.store.person("5678")
        #expect(person.summary.tags.count == 100)
        #expect(!person.summary.tags.contains("vip"))
        #expect(person.summary.underWay == ["care"])
        #expect(try await state.store.tag(["5678"], with: "t1", now: now).map(\.isChange) == [false])
    }

    @Test func `who wants nothing more may be tagged, and nothing starts`() async throws {
        let state = try await state()
        _ = try await state.store.stop("5678", sequence: nil, now: now)
        let outcome = try await state.store.tag(["5678"], with: "vip", now: now)
        #expect(outcome == [TagOutcome(page: "1234567890", person: "5678", isChange: true)])
        #expect(try await state.store.person("5678").summary.tags == ["vip"])
    }

    @Test func `a tag may be taken, and given again`() async throws {
        let state = try await state(again: .always)
        _ = try await state.store.tag(["5678"], with: "vip", now: now)
        let taken = try await state.store.untag(["5678"], of: "vip")
        #expect(taken == [TagOutcome(page: "1234567890", person: "5678", isChange: true)])
        #expect(try await state.store.untag(["5678"], of: "vip").map(\.isChange) == [false])
        #expect(try await state.store.person("5678").summary.tags == [])
        #expect(try await state.store.person("5678").summary.underWay == ["vips"])
        _ = try await state.store.stop("5678", sequence: "vips", now: now)
        let again = try await state.store.tag(["5678"], with: "vip", now: now + .minutes(1))
        #expect(again.map(\.started) == [["vips"]])
    }

    /// Somebody under way in 'care', which the tag ends.
    private func state(again: ReenrollmentRule = .never) async throws -> TemporaryStore {
        let state = try await TemporaryStore([
            .make("care", steps: .care) { $0.stop = [.tag("vip")] },
            .make("vips", start: [.tag("vip")], again: again, steps: .care),
        ])
        try await state.ingest(.message("1"), now: .start)
        return state
    }
}
