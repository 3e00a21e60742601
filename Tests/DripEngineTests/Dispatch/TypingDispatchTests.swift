import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

/// What is shown before a message, and that nothing depends on it.
@Suite struct TypingDispatchTests {
    private let now = Instant.start

    private func fixture(perSecond: Int = 10) async throws -> DispatcherFixture {
        let step = Step.make("hello", Offset(0, .second), typing: .seconds(5), persona: "42", text: [.literal("hi")])
        let fixture = try await DispatcherFixture([.make(steps: [step])], perSecond: perSecond)
        fixture.channel.acceptAll()
        return fixture
    }

    @Test func `typing is shown, and the message comes a few seconds later`() async throws {
        let fixture = try await fixture()
        try await fixture.state.ingest(.message("1"), now: now)
        #expect(try await fixture.run(at: now) == now + .seconds(5))
        var typing = fixture.channel.typing.makeAsyncIterator()
        #expect(await typing.next() == Typing(address: Event.testPerson, persona: "42"))
        #expect(try await fixture.run(at: now + .seconds(4)) == now + .seconds(5))
        #expect(fixture.channel.requests.isEmpty)
        try await fixture.run(at: now + .seconds(5))
        #expect(fixture.channel.texts == ["hi"])
        #expect(fixture.channel.requests.map(\.part.persona) == ["42"])
        #expect(try await fixture.state.ledger() == ["hello sent"])
        #expect(try await fixture.state.delivery("hello")?.attempts == 1)
    }

    @Test func `nothing is on its way meanwhile - a crash leaves no doubt`() async throws {
        let fixture = try await fixture()
        try await fixture.state.ingest(.message("1"), now: now)
        _ = try await fixture.dispatcher.tick(now: now)
        #expect(fixture.dispatcher.isIdle)
        #expect(try await fixture.state.store.recover(now: now + .seconds(1)) == 0)
        #expect(try await fixture.state.next()?.waitingFor == "typing")
        try await fixture.run(at: now + .hours(2))
        #expect(fixture.channel.texts == ["hi"])
    }

    @Test func `it counts against the page's rate`() async throws {
        let fixture = try await fixture(perSecond: 2)
        try await fixture.people(3, at: now)
        #expect(try await fixture.run(at: now) == now + .seconds(1))
        #expect(try await fixture.run(at: now + .seconds(1)) == now + .seconds(5))
        try await fixture.run(at: now + .seconds(5))
        #expect(fixture.channel.requests.count == 2)
        try await fixture.run(at: now + .seconds(6))
        #expect(fixture.channel.requests.count == 3)
    }

    @Test func `who stops meanwhile gets no message`() async throws {
        let fixture = try await fixture()
        try await fixture.state.ingest(.message("1"), now: now)
        try await fixture.run(at: now)
        _ = try await fixture.state.store.stop(Event.testPerson, sequence: nil, now: now + .seconds(1))
        try await fixture.run(at: now + .seconds(5))
        #expect(fixture.channel.requests.isEmpty)
    }
}
