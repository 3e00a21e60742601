import DripCore
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

/// The loop on the machine's clock, a hundred times as fast.
@Suite(.timeLimit(.minutes(1)))
struct DispatcherServiceTests {
    private static let steps = [Step.text("one", 1, .second), .text("two", 2, .second), .text("three", 3, .second)]
    private let clock = SystemClock(scale: 100, epoch: SystemClock.realNow())

    @Test func `it sends what becomes due, one step after the other, and ends when asked`() async throws {
        let (state, channel, service) = try await make()
        let gate = Gate()
        gate.open()
        channel.answer { _ in
            await gate.pass()
            return .accepted(messageID: "m")
        }
        try await running(service) { group, _ in
            try await state.ingest(.message("1"), now: clock.now())
            service.wake()
            await gate.arrivals(3)
            await group.triggerGracefulShutdown()
        }
        #expect(channel.texts == ["one", "two", "three"])
        #expect(try await state.ledger() == ["one sent", "two sent", "three sent"])
    }

    @Test func `at the end it waits for what is on its way, and begins nothing new`() async throws {
        let (state, channel, service) = try await make()
        let gate = Gate()
        channel.answer { _ in
            await gate.pass()
            return .accepted(messageID: "m")
        }
        try await state.ingest(.message("1"), now: clock.now())
        try await running(service) { group, end in
            await gate.arrivals(1)
            await group.triggerGracefulShutdown()
            try await state.ingest(.message("2", from: "late", at: .start), now: .start)
            service.wake()
            await service.ping()
            #expect(!end.hasCome)
            gate.open()
        }
        #expect(channel.texts == ["one"])
        #expect(try await state.ledger() == ["one sent"])
    }

    @Test func `nothing is sent or ended by a clock that is wrong, and all of it once that is right`() async throws {
        let checked = CheckedClock(clock)
        checked.note(reached: clock.now() + .days(400), by: .webhook)
        let (state, channel, service) = try await make(checked)
        checked.whenChanged { _ in service.wake() }
        let gate = Gate()
        gate.open()
        channel.answer { _ in
            await gate.pass()
            return .accepted(messageID: "m")
        }
        try await running(service) { group, _ in
            try await state.ingest(.message("1"), now: clock.now())
            service.wake()
            for _ in 0..<100 { await service.ping() }
            #expect(channel.texts.isEmpty)
            #expect(try await state.ledger() == [])
            checked.note(platform: clock.now())
            await gate.arrivals(3)
            await group.triggerGracefulShutdown()
        }
        #expect(try await state.ledger() == ["one sent", "two sent", "three sent"])
    }

    @Test func `a ping is answered while the loop turns, and does not wait for one that has ended`() async throws {
        let (_, _, service) = try await make()
        await service.ping()
        try await running(service) { group, _ in
            for _ in 0..<100 { await service.ping() }
            await group.triggerGracefulShutdown()
        }
        await service.ping()
    }

    private func make(
        _ checked: CheckedClock? = nil
    ) async throws -> (TemporaryStore, ScriptedChannel, DispatcherService) {
        let state = try await TemporaryStore([.make(steps: Self.steps)])
        let channel = ScriptedChannel()
        let (store, account) = (state.store, state.account)
        let service = DispatcherService(
            clock: clock,
            checked: checked ?? CheckedClock(clock),
            logger: .silent,
            changed: {},
            make: {
                Dispatcher(
                    store: store,
                    channel: channel,
                    limiters: LimiterTable([
                        Limiter(id: account, channel: .messenger, page: Event.testPage, perSecond: 10, rates: .tested)
                    ]),
                    limits: DispatchLimits(),
                    random: { 0.5 },
                    requestUpload: { _ in },
                    logger: .silent
                )
            }
        )
        return (state, channel, service)
    }

    private final class End: Sendable {
        private let flag = Atomic(false)

        var hasCome: Bool { flag.load(ordering: .relaxed) }

        func come() { flag.store(true, ordering: .relaxed) }
    }

    /// Runs the service until it ends; `body` is to see to that.
    private func running(
        _ service: DispatcherService,
        _ body: (ServiceGroup, End) async throws -> Void
    ) async throws {
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [service], logger: .silent))
        let end = End()
        async let run: Void = {
            try await group.run()
            end.come()
        }()
        try await body(group, end)
        try await run
    }
}
