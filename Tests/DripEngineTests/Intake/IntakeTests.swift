import Channels
import ControlAPI
import Crypto
import DripCore
import DripStore
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import DripEngine

@Suite struct IntakeTests {
    private let body = Data(
        #"""
        {"object":"page","entry":[{"id":"1234567890","time":1798859970000,"messaging":[{"sender":{"id":"5678"},\#
        "recipient":{"id":"1234567890"},"timestamp":1798859970000,"message":{"mid":"m_1","text":"Xin chào"}}]}]}
        """#.utf8
    )

    @Test func `a signed message is on the disk when it is taken, and wakes the dispatcher`() async throws {
        let bench = try await Bench()
        let reception = try await bench.receive(body)
        guard case .taken(let report) = reception else {
            Issue.record("\(reception)")
            return
        }
        #expect(report.taken == ["message": 1])
        #expect(report.enrolled == 1)
        #expect(bench.wakes.count == 1)
        #expect(try await bench.state.next()?.step == "hello")

        guard case .taken(let second) = try await bench.receive(body) else { return }
        #expect(second.duplicates == 1)
        #expect(bench.wakes.count == 1)
    }

    @Test func `somebody who is not enrolled is a new person all the same, once`() async throws {
        let bench = try await Bench(sequences: [.make(start: [.manual], steps: .care)])
        _ = try await bench.receive(body)
        #expect((bench.wakes.count, bench.meetings.count) == (0, 1))
        let person = try #require(try await bench.state.store.peopleWithoutProfile(limit: 1).first)
        try await bench.state.store.saveProfile(nil, of: person, now: .start)
        _ = try await bench.receive(Data(String(decoding: body, as: UTF8.self).replacing("m_1", with: "m_2").utf8))
        #expect((bench.wakes.count, bench.meetings.count) == (0, 1))
    }

    @Test func `an event counts from the platform's time, or from the receipt on a fast clock`() async throws {
        let wrote = Instant(milliseconds: 1_798_859_970_000)
        for (eventTime, now, anchor) in [
            (EventTime.platform, wrote + .minutes(5), wrote), (.receipt, wrote + .minutes(5), wrote + .minutes(5)),
        ] {
            let bench = try await Bench(eventTime: eventTime, now: now)
            _ = try await bench.receive(body)
            #expect(try await bench.state.store.person(Event.testPerson).enrollments.map(\.anchor) == [anchor])
        }
    }

    @Test(arguments: [Milliseconds.hours(6), .days(400)])
    func `a clock that is behind begins nobody's sequence early`(span: Milliseconds) async throws {
        let wrote = Instant(milliseconds: 1_798_859_970_000)
        let bench = try await Bench(now: wrote - span)
        _ = try await bench.receive(body)
        #expect(bench.clock.trouble != nil)
        #expect(try await bench.state.store.person(Event.testPerson).enrollments.map(\.anchor) == [wrote])
    }

    @Test func `a clock that is ahead by the platform's date dates by the platform's time`() async throws {
        let wrote = Instant(milliseconds: 1_798_859_970_000)
        let bench = try await Bench(now: wrote + .days(400))
        bench.clock.note(platform: wrote + .seconds(3))
        _ = try await bench.receive(body)
        #expect(try await bench.state.store.person(Event.testPerson).enrollments.map(\.anchor) == [wrote])
    }

    @Test func `what is not signed with the app's secret is refused and changes nothing`() async throws {
        let bench = try await Bench()
        for signature in [nil, "", "sha256=00", bench.signature(body, secret: "other")] {
            #expect(try await bench.intake.receive(body, signature: signature) == .badSignature)
        }
        #expect(try await bench.state.store.status().people == 0)
        #expect(bench.wakes.count == 0)
    }

    @Test(arguments: [
        (
            #""policy_enforcement":{"action":"block","reason":"spam"}"#,
            "page 1234567890 policy enforcement: block: spam"
        ),
        (#""policy-enforcement":{"action":"warning"}"#, "page 1234567890 policy enforcement: warning"),
        (#""policy_enforcement":{"action":"unblock"}"#, "page 1234567890 policy enforcement: unblock"),
        (#""policy_enforcement":{}"#, "page 1234567890 policy enforcement: warning"),
    ])
    func `a policy that the platform enforces is heard, once`(field: String, notice: String) async throws {
        let bench = try await Bench()
        let body = Data(
            #"""
            {"object":"page","entry":[{"id":"1234567890","time":1798859970000,"messaging":[\#
            {"recipient":{"id":"1234567890"},"timestamp":1798859970000,\#(field)}]}]}
            """#.utf8
        )
        for _ in 0..<2 { _ = try await bench.receive(body) }
        #expect(bench.heard.all == [notice])
    }

    @Test func `a new secret holds from now on`() async throws {
        let bench = try await Bench()
        bench.intake.use(appSecret: "new")
        #expect(try await bench.receive(body) == .badSignature)
        let reception = try await bench.intake.receive(body, signature: bench.signature(body, secret: "new"))
        guard case .taken = reception else {
            Issue.record("\(reception)")
            return
        }
    }

    @Test func `what is signed and no webhook is told apart`() async throws {
        let bench = try await Bench()
        #expect(try await bench.receive(Data("{".utf8)) == .notJSON)
        #expect(try await bench.receive(Data()) == .notJSON)
        #expect(try await bench.receive(Data("[]".utf8)) == .notAnEnvelope)
        #expect(try await bench.receive(Data(#"{"object":"page"}"#.utf8)) == .notAnEnvelope)
        let items = Array(repeating: "{}", count: Intake.mostItems + 1).joined(separator: ",")
        let many = #"{"object":"page","entry":[{"id":"1","messaging":[\#(items)]}]}"#
        #expect(try await bench.receive(Data(many.utf8)) == .tooManyItems)
    }

    @Test func `all of a webhook's items are taken, in parts`() async throws {
        let bench = try await Bench()
        let items = (1...600).map { number in
            #"{"sender":{"id":"\#(number)"},"timestamp":1798859970000,"message":{"mid":"m_\#(number)","text":"hi"}}"#
        }
        let body = #"{"object":"page","entry":[{"id":"1234567890","messaging":[\#(items.joined(separator: ","))]}]}"#
        guard case .taken(let report) = try await bench.receive(Data(body.utf8)),
            case .taken(let again) = try await bench.receive(Data(body.utf8))
        else {
            Issue.record("refused")
            return
        }
        #expect(report.taken == ["message": 600])
        #expect(report.enrolled == 600)
        #expect(again.duplicates == 600)
        #expect(try await bench.state.store.status().people == 600)
    }

    /// Of the twenty-first long text in a minute nothing is read; a word that stops is.
    @Test func `long texts of one person are read so many times a minute`() async throws {
        let bench = try await Bench()
        func write(_ number: Int, _ text: String) async throws {
            let body = #"""
                {"object":"page","entry":[{"id":"1234567890","messaging":[{"sender":{"id":"5678"},\#
                "timestamp":1798859970000,"message":{"mid":"m_\#(number)","text":"\#(text)"}}]}]}
                """#
            _ = try await bench.receive(Data(body.utf8))
        }
        let padding = String(repeating: " a", count: 200)
        for number in 1...20 { try await write(number, "an@example.com" + padding) }
        try await write(21, "binh@example.com" + padding)
        let person = try await bench.state.store.person(Event.testPerson)
        #expect(person.summary.attributes["email"] == "an@example.com")
        #expect(person.summary.stoppedAt == nil)
        try await write(22, "chi@example.com")
        try await write(23, "stop")
        let after = try await bench.state.store.person(Event.testPerson)
        #expect(after.summary.attributes["email"] == "chi@example.com")
        #expect(after.summary.stoppedAt != nil)
    }
}

private final class Bench {
    let state: TemporaryStore
    let intake: Intake
    let clock: CheckedClock
    let wakes: Counter
    let meetings: Counter
    let heard = Recorder()

    final class Counter: Sendable {
        private let number = Atomic(0)

        var count: Int { number.load(ordering: .relaxed) }

        func increment() { number.add(1, ordering: .relaxed) }
    }

    init(
        sequences: [DripSequence] = [.make(steps: .care)],
        eventTime: EventTime = .platform,
        // When the bodies were written.
        now: Instant = Instant(milliseconds: 1_798_859_970_000)
    ) async throws {
        state = try await TemporaryStore(sequences)
        let clock = CheckedClock(ManualClock(now))
        self.clock = clock
        let (wakes, meetings) = (Counter(), Counter())
        self.wakes = wakes
        self.meetings = meetings
        intake = Intake(
            store: state.store,
            clock: clock,
            eventTime: eventTime,
            appSecret: "test-app-secret",
            logger: .silent,
            reached: { [clock] in clock.note(reached: $0, by: .webhook) },
            wake: { wakes.increment() },
            onUnknownPerson: { meetings.increment() },
            onPolicyNotice: { [heard] notice in heard.record("page \(notice.page) \(notice)") }
        )
    }

    func receive(_ body: Data) async throws -> Intake.IntakeResult {
        try await intake.receive(body, signature: signature(body, secret: "test-app-secret"))
    }

    func signature(_ body: Data, secret: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Data(secret.utf8)))
        return "sha256=" + code.map { String(format: "%02x", $0) }.joined()
    }
}
