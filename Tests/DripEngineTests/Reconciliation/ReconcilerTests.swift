import Channels
import ControlAPI
import DripCore
import DripStore
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DripEngine

/// Reads the conversations of those to whom a message is in doubt, with the platform's answers laid ready.
@Suite struct ReconcilerTests {
    private static let due = Instant.start + .minutes(15)
    private static let settled = due + .minutes(10)

    @Test func `what the conversation shows was sent`() async throws {
        let test = try await Doubtful(people: ["77"])
        test.shows("77", [("m_9", "2027-01-04T03:15:02+0000", Event.testPage, "hello")])
        // Before it has settled nobody is asked, and afterwards it is time at once.
        test.clock.set(Self.settled - .seconds(1))
        #expect(try await test.look() == Self.settled)
        #expect(test.asked == [])
        test.clock.set(Self.settled)
        #expect(try await test.look() == Self.settled + .minutes(10))
        #expect(test.asked == ["77"])
        #expect(try await test.state.ledger(of: "77") == ["hello sent"])
        #expect(try await test.state.delivery("hello", of: "77")?.messageIDs == ["m_9"])
        #expect(test.wakes == 0)
        // And is not asked for again.
        test.clock.set(Self.settled + .days(3))
        _ = try await test.look()
        #expect(test.asked == ["77"])
    }

    @Test func `what it certainly does not show goes out once more`() async throws {
        let test = try await Doubtful(people: ["77"])
        test.shows("77", [("m_8", "2027-01-04T03:00:00+0000", "77", "Shop ơi")])
        test.clock.set(Self.settled)
        _ = try await test.look()
        #expect(try await test.state.ledger(of: "77") == [])
        #expect(try await test.state.next(of: "77")?.due == Self.settled)
        #expect(test.wakes == 1)
    }

    @Test func `a person whom the platform shows nothing of stays in doubt, and is asked for later`() async throws {
        let test = try await Doubtful(people: ["77"])
        test.clock.set(Self.settled)
        test.says(#"{"data":[]}"#)
        _ = try await test.look()
        let why = "the platform shows no conversation with this person"
        #expect(try await test.state.delivery("hello", of: "77")?.note == why)
        // Somebody else's conversation is not theirs.
        test.clock.set(Self.settled + .hours(1))
        test.shows("78", [("m_8", "2027-01-04T03:00:00+0000", "78", "Shop ơi")], answering: "77")
        _ = try await test.look()
        #expect(try await test.state.ledger(of: "77") == ["hello in_doubt timeout"])
        #expect(test.asked == ["77", "77"])
    }

    @Test func `a clock that differs from the platform's proves nothing, unless it is to run fast`() async throws {
        for (compares, ledger) in [(true, ["hello in_doubt timeout"]), (false, ["hello sent"])] {
            let test = try await Doubtful(people: ["77"], comparesClocks: compares)
            test.shows(
                "77",
                [("m_9", "2027-01-04T03:15:02+0000", Event.testPage, "hello")],
                date: "Mon, 04 Jan 2027 03:31:00 GMT"
            )
            test.clock.set(Self.settled)
            _ = try await test.look()
            #expect(try await test.state.ledger(of: "77") == ledger)
        }
    }

    @Test func `the first that left is asked for first, and a platform that is busy is left alone`() async throws {
        let test = try await Doubtful(people: ["78", "77"])
        test.clock.set(Self.settled + .minutes(1))
        test.says(#"{"error":{"code":613,"message":"limit"}}"#, status: 400)
        #expect(try await test.look() == Self.settled + .minutes(1) + .seconds(30))
        #expect(test.asked == ["78"])
        #expect(try await test.state.delivery("hello", of: "78")?.note == "613 limit")
        // Nobody is asked for before that time is over.
        test.clock.advance(by: .seconds(29))
        #expect(try await test.look() == Self.settled + .minutes(1) + .seconds(30))
        #expect(test.asked == ["78"])
        // Twice as long.
        test.clock.advance(by: .seconds(1))
        test.says("<html>", status: 502)
        #expect(try await test.look() == Self.settled + .minutes(1) + .seconds(90))
        test.clock.advance(by: .seconds(60))
        test.shows("78", [("m_9", "2027-01-04T03:15:02+0000", Event.testPage, "hello")])
        test.shows("77", [("m_8", "2027-01-04T03:00:00+0000", "77", "Shop ơi")])
        _ = try await test.look()
        #expect(test.asked == ["78", "78", "78", "77"])
        #expect(try await test.state.ledger(of: "78") == ["hello sent"])
        #expect(try await test.state.ledger(of: "77") == [])
    }

    @Test func `a refusal is counted as a look, and whoever is next is asked for half an hour later`() async throws {
        let test = try await Doubtful(people: ["78", "77"])
        test.clock.set(Self.settled + .minutes(1))
        test.says(#"{"error":{"code":10,"message":"permission"}}"#, status: 400)
        #expect(try await test.look() == Self.settled + .minutes(11))
        #expect(try await test.state.delivery("hello", of: "78")?.note == "10 permission")
        test.clock.advance(by: .minutes(30))
        test.shows("77", [("m_8", "2027-01-04T03:00:00+0000", "77", "Shop ơi")])
        _ = try await test.look()
        #expect(test.asked == ["78", "77"])
        #expect(try await test.state.ledger(of: "77") == [])
    }

    @Test func `an author of a comment who has no address yet is not asked for`() async throws {
        let address = Comment.placeholder(for: "1_2")
        let test = try await Doubtful(people: [address])
        test.clock.set(Self.settled)
        _ = try await test.look()
        #expect(test.asked == [])
        let why = "the platform has not named the comment's author yet"
        #expect(try await test.state.delivery("hello", of: address)?.note == why)
    }

    @Test func `it goes on after a crash, by the version that the message was made from`() async throws {
        let state = try await TemporaryStore()
        let old = Self.file("Chào {{full_name, default: \"bạn\"}}!")
        try await Self.adopt(old, in: state, now: .start)
        try await state.ingest(.message("1", from: "77"), now: .start)
        #expect(try await state.claim(now: Self.due).count == 1)
        try state.reopen()
        // The file is another one by now.
        try await Self.adopt(Self.file("Xin chào!"), in: state, now: Self.due)
        #expect(try await state.store.recover(now: Self.due) == 1)
        let test = Doubtful(state, comparesClocks: true)
        test.shows("77", [("m_9", "2027-01-04T03:15:02+0000", Event.testPage, "Chào bạn!")])
        test.clock.set(Self.settled)
        _ = try await test.look()
        #expect(try await state.ledger(of: "77") == ["hello sent"])
    }

    private static func file(_ text: String) -> SequenceVersion {
        let content = """
            sequence: care
            title: Care
            start: [first_message]
            steps: [{step: hello, after: 15 min, text: '\(text)'}]

            """
        return SequenceVersion(
            sequence: "care",
            hash: StableHash.hex(of: [text]),
            file: "care.yaml",
            content: Array(content.utf8),
            commit: nil
        )
    }

    private static func adopt(_ version: SequenceVersion, in state: TemporaryStore, now: Instant) async throws {
        let catalog = try Catalog([version], zone: .hoChiMinh)
        let hash = try #require(catalog["care"]?.hash)
        let kept = SequenceVersion(
            sequence: "care",
            hash: hash,
            file: version.file,
            content: version.content,
            commit: nil
        )
        _ = try await state.store.adopt(catalog, versions: [kept], plan: nil, now: now)
    }
}

/// People whose first message left a minute after the other and whose answers never came; and a platform that is asked.
private final class Doubtful {
    private struct Platform {
        /// By the person who is asked for.
        var conversations: [String: HTTPResponse] = [:]
        /// What comes before them.
        var answers: [HTTPResponse] = []
        var asked: [String] = []
        var wakes = 0
    }

    private final class Shared: Transport {
        let value = Mutex(Platform())

        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            let answer = value.withLock { platform -> HTTPResponse? in
                let person = request.url.split(separator: "&").first { $0.hasPrefix("user_id=") }?.dropFirst(8) ?? ""
                platform.asked.append(String(person))
                if !platform.answers.isEmpty { return platform.answers.removeFirst() }
                return platform.conversations[String(person)]
            }
            guard let answer else { preconditionFailure("no answer is laid ready for this request") }
            return answer
        }
    }

    let state: TemporaryStore
    let clock = ManualClock(.start)
    private let platform: Shared
    private let reconciler: Reconciler

    init(_ state: TemporaryStore, comparesClocks: Bool) {
        let platform = Shared()
        let channel = MessengerChannel(
            transport: platform,
            graphURL: "https://example.com/v25.0",
            tokens: [Event.testPage: "t"]
        )
        self.state = state
        self.platform = platform
        reconciler = Reconciler(
            store: state.store,
            accounts: [state.account],
            settling: InDoubtDelivery.settling,
            comparesClocks: comparesClocks,
            logger: .silent,
            ask: { page, person in await channel.conversation(of: page, with: person) },
            wake: { platform.value.withLock { $0.wakes += 1 } }
        )
    }

    convenience init(people: [String], comparesClocks: Bool = true) async throws {
        let state = try await TemporaryStore([.make(steps: [.text("hello", 15, .minute)])])
        for (minute, person) in people.enumerated() {
            let wrote = Instant.start + .minutes(Int64(minute))
            try await state.ingest(.message("m_\(minute)", from: person), now: wrote)
            let due = wrote + .minutes(15)
            for claim in try await state.claim(now: due) {
                try await state.record(.inDoubt(why: "timeout"), of: claim, now: due)
            }
        }
        self.init(state, comparesClocks: comparesClocks)
    }

    var asked: [String] { platform.value.withLock { $0.asked } }
    var wakes: Int { platform.value.withLock { $0.wakes } }

    func look() async throws -> Instant {
        try await reconciler.look(now: clock.now)
    }

    /// The next answer, whoever is asked for.
    func says(_ body: String, status: Int = 200) {
        platform.value.withLock { $0.answers.append(.json(status, body)) }
    }

    /// - Parameters:
    ///   - messages: all that were ever written.
    ///   - asked: whose conversation it is given for; nil: this person's.
    func shows(
        _ person: String,
        _ messages: [(id: String, at: String, from: String, text: String)],
        date: String? = nil,
        answering asked: String? = nil
    ) {
        let list = messages.map { message in
            #"{"id":"\#(message.id)","created_time":"\#(message.at)","from":{"id":"\#(message.from)"},"#
                + #""message":"\#(message.text)"}"#
        }
        let body = """
            {"data":[{"participants":{"data":[{"id":"\(person)"},{"id":"\(Event.testPage)"}]},\
            "messages":{"data":[\(list.joined(separator: ","))]}}]}
            """
        let headers = date.map { [HTTPHeader("Date", $0)] } ?? []
        platform.value.withLock { $0.conversations[asked ?? person] = .json(200, body, headers: headers) }
    }
}
