import Channels
import DripCore
import Foundation
import TestSupport
import Testing

/// What must hold for every channel. A new channel adds itself to `ChannelUnderTest.all`.
///
/// Each delivery is one trial, which also checks that its outcome tells no secret and quotes no message.
@Suite struct ChannelConformanceTests {
    @Test func `every channel is under test`() {
        #expect(ChannelUnderTest.all.map(\.rules) == ChannelRegistry.all)
    }

    @Test(arguments: ChannelRegistry.all.map(\.name.rawValue))
    func `a channel's name fits into a line of the list of stops`(_ name: String) {
        #expect((1...ChannelName.longest).contains(name.utf8.count))
        #expect(name.allSatisfy { $0.isASCII && $0.isLetter })
    }

    @Test(arguments: ChannelUnderTest.all)
    func `a message is accepted, once`(_ channel: ChannelUnderTest) async throws {
        let trial = try await channel.trial(script: channel.accepting)
        #expect(ExpectedOutcome(trial.outcome) == .accepted, "\(trial.outcome)")
        #expect(trial.received.count == 1)
        #expect(trial.connections == 1)
    }

    @Test(arguments: ChannelUnderTest.each(\.answers))
    func `an answer of the platform has its outcome`(_ channel: ChannelUnderTest, _ answer: PlatformAnswer) async throws
    {
        let trial = try await channel.trial(answer: answer.text, script: answer.script)
        #expect(answer.outcome.matches(trial.outcome), "\(trial.outcome)")
        #expect(trial.received.count == answer.received)
        #expect(trial.connections <= 1)
    }

    @Test(arguments: ChannelUnderTest.each(\.faults))
    func `a fault has its outcome, and nothing is sent twice`(_ channel: ChannelUnderTest, _ fault: Fault) async throws
    {
        let trial = try await channel.trial(fault.values, script: fault.script)
        #expect(fault.outcome.matches(trial.outcome), "\(trial.outcome)")
        #expect(trial.received.count == fault.received)
        #expect(trial.connections <= 1)
        // What the platform may have is never called unsent.
        if fault.received > 0 { #expect(ExpectedOutcome(trial.outcome) != .unsent) }
    }

    @Test(arguments: ChannelUnderTest.all)
    func `a message on a used connection that ends is in doubt, and not sent again`(
        _ channel: ChannelUnderTest
    ) async throws {
        let server = try ScriptedServer(script: channel.cuttingTheSecond)
        defer { server.stop() }
        let opened = try await channel.open(server.port, channel.values, .tested)
        var outcomes: [ExpectedOutcome] = []
        for part in 0..<3 {
            let key = DeliveryKey(instance: "7f3a", enrollment: EnrollmentID(rawValue: 1), step: "ngay-3", part: part)
            outcomes.append(ExpectedOutcome(await opened.channel.deliver(try channel.message(channel.values, key))))
        }
        await opened.close()
        server.stop()
        #expect(outcomes == [.accepted, .inDoubt, .accepted])
        #expect(server.rawRequests.count == 3)
        // The first two came on one connection.
        #expect(server.bytesReceived.count { $0 > 0 } == 2)
    }

    @Test(arguments: ChannelUnderTest.each(\.limits))
    func `a text of the most characters is sent, and a longer one is not`(
        _ channel: ChannelUnderTest,
        _ limit: Limit
    ) async throws {
        func values(_ scalars: Int) -> [String: String] {
            limit.values.merging([limit.value: String(repeating: limit.letter, count: scalars)]) { $1 }
        }
        guard case .send(let dispatch) = try channel.admission(of: values(limit.scalars)) else {
            Issue.record("a text of \(limit.scalars) characters is not sent")
            return
        }
        let trial = try await channel.trial(values(limit.scalars), part: dispatch.message, script: channel.accepting)
        #expect(ExpectedOutcome(trial.outcome) == .accepted, "\(trial.outcome)")
        #expect(trial.received.count == 1)
        guard case .fail(let why) = try channel.admission(of: values(limit.scalars + 1)) else {
            Issue.record("a text of \(limit.scalars + 1) characters does not fail")
            return
        }
        #expect(why.contains("\(limit.scalars + 1) characters"))
    }

    @Test(Python.isInstalled("email"), arguments: ChannelUnderTest.each(\.fields))
    func `the receiver reads any text as it is`(_ channel: ChannelUnderTest, _ field: HostileField) async throws {
        var (sent, received): ([HostileText], [[UInt8]]) = ([], [])
        for text in HostileText.all + HostileText.large {
            let values = field.values.merging([field.name: text.text]) { $1 }
            let trial = try await channel.trial(values, script: channel.accepting)
            if case .refused(let refusal) = trial.outcome, field.mayRefuse(text.text) {
                #expect(refusal.meaning == .message, "\(text.name)")
                #expect(trial.received.isEmpty, "\(text.name)")
                continue
            }
            #expect(ExpectedOutcome(trial.outcome) == .accepted, "\(text.name): \(trial.outcome)")
            #expect(trial.received.count == 1, "\(text.name)")
            sent.append(text)
            received += trial.received
        }
        let read = try await channel.read(received)
        try #require(read.count == sent.count)
        for (text, values) in zip(sent, read) {
            #expect(values["problems"] == nil, "\(text.name)")
            #expect(field.isIntact(values, text.text), "\(text.name): \(values)")
        }
    }

    @Test(Python.isInstalled("email"), arguments: ChannelUnderTest.all)
    func `a repetition can be recognised, and another message is not taken for one`(
        _ channel: ChannelUnderTest
    ) async throws {
        let tested = DeliveryKey.tested
        let others = [
            DeliveryKey(instance: "7f3a", enrollment: EnrollmentID(rawValue: 4_712), step: "ngay-3", part: 0),
            DeliveryKey(instance: "7f3a", enrollment: EnrollmentID(rawValue: 4_711), step: "ngay-30", part: 0),
            DeliveryKey(instance: "7f3a", enrollment: EnrollmentID(rawValue: 4_711), step: "ngay-3", part: 1),
        ]
        var received: [[UInt8]] = []
        for (key, now) in [(tested, Instant.tested), (tested, .tested + .hours(30))] + others.map({ ($0, .tested) }) {
            received += try await channel.trial(key: key, now: now, script: channel.accepting).received
        }
        let identities = try await channel.read(received).map(channel.identity)
        try #require(identities.count == 5)
        #expect(identities.joined().allSatisfy { $0?.isEmpty == false }, "\(identities)")
        #expect(identities[0] == identities[1])
        for place in identities[0].indices {
            #expect(Set(identities.dropFirst().map { $0[place] }).count == 4, "\(identities)")
        }
    }
}
