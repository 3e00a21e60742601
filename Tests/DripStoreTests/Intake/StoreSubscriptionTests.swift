import ControlAPI
import DripCore
import Foundation
import TestSupport
import Testing

@testable import DripStore

/// A subscription is used once, by one message, whatever comes in between.
@Suite struct StoreSubscriptionTests {
    private let due = Instant.start + .days(7)

    @Test func `two sequences that want the same token at once get it once`() async throws {
        let state = try await subscribed(["a", "b"])
        // The second is looked at anew, and finds nothing left.
        let claims = try await state.claim(now: due) + state.claim(now: due)
        #expect(claims.map(\.recipient) == [.oneTime(token: "secret-token")])
        try await state.record(.accepted(messageID: "m_1"), of: claims[0], now: due)
        #expect(try await state.ledger().sorted() == ["news sent", "news skipped window_closed"])
        #expect(try await state.store.person(Event.testPerson).summary.subscriptions?.map(\.usedAt) == [due])
    }

    @Test func `it is given back when the message has certainly not gone out`() async throws {
        let state = try await subscribed(["a"])
        let first = try #require(try await state.claim(now: due).first)
        try await state.record(.unsent(why: "no connection"), of: first, now: due)
        #expect(try await state.store.person(Event.testPerson).summary.subscriptions?.map(\.usedAt) == [nil])
        let later = due + .hours(1)
        #expect(try await state.claim(now: later).map(\.recipient) == [.oneTime(token: "secret-token")])
    }

    @Test func `and not when it may have arrived`() async throws {
        let state = try await subscribed(["a"])
        _ = try await state.claim(now: due)
        #expect(try await state.store.recover(now: due + .minutes(1)) == 1)
        #expect(try await state.ledger() == ["news in_doubt dripd ended before the answer came"])
        #expect(try await state.store.person(Event.testPerson).summary.subscriptions?.map(\.usedAt) == [due])
    }

    @Test func `who subscribes is known from then on, is explained, and can be forgotten`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(
            .of(.subscribed(.marketing, token: "secret-token", topic: "", expires: nil), key: "s"),
            now: .start
        )
        let summary = try await state.store.explain(Event.testPerson, now: due).person
        #expect(summary.subscriptions?.map(\.kind) == [.marketing])
        #expect(summary.windowEnds == nil)
        #expect(summary.firstMessageAt == nil)
        try await state.ingest(.of(.unsubscribed(token: "secret-token"), key: "u"), now: .start + .days(1))
        #expect(try await state.store.person(Event.testPerson).summary.subscriptions == nil)
        try await state.ingest(
            .of(
                .subscribed(.marketing, token: "secret-token", topic: "", expires: nil),
                key: "s2",
                body: #"{"token":"secret-token"}"#
            ),
            now: .start + .days(2)
        )
        _ = try await state.store.forget(Event.testPerson, now: due)
        for file in ["dripd.db", "dripd.db-wal"] {
            let bytes = try Data(contentsOf: URL(filePath: state.directory.path + "/" + file))
            #expect(bytes.range(of: Data("secret-token".utf8)) == nil, "it is in \(file)")
        }
    }

    /// Somebody who is under way in these sequences and asked to be notified of STOCK; the window has closed.
    private func subscribed(_ sequences: [String]) async throws -> TemporaryStore {
        let state = try await TemporaryStore()
        state.subscriptionLanes = [Event.testPage: SubscriptionPolicy(oneTime: true)]
        let step = Step.make(
            "news",
            Offset(1, .week),
            outsideWindow: [.oneTime(topic: "STOCK")],
            text: [.literal("news")]
        )
        _ = try await state.adopt(sequences.map { .make($0, steps: [step]) }, now: .start)
        try await state.ingest(
            .message("1"),
            .of(.subscribed(.oneTime, token: "secret-token", topic: "STOCK", expires: nil), key: "s"),
            now: .start
        )
        return state
    }
}
