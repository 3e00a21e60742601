import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

/// What a look at the conversation does to a delivery in doubt.
@Suite struct StoreInDoubtTests {
    private let due = Instant.start + .minutes(15)
    /// When the doubt began, and when its conversation may be looked at.
    private let began = Instant.start + .minutes(16)
    private let settled = Instant.start + .minutes(26)

    // MARK: When to look

    @Test func `a doubt is looked at once it has settled, with all that the comparison needs`() async throws {
        let state = try await inDoubt()
        #expect(try await state.store.nextCheck(account: state.account, settling: .minutes(10)) == settled)
        #expect(try await doubt(state, now: settled - .seconds(1)) == nil)
        let doubt = try #require(try await doubt(state, now: settled))
        #expect((doubt.person.address.externalID, doubt.enrollment.sequence) == (Event.testPerson, "care"))
        #expect((doubt.step, doubt.part, doubt.permission) == ("hello", 0, .standardWindow))
        #expect((doubt.leftAt, doubt.recordedAt, doubt.known) == (due, began, []))
        #expect(doubt.sequenceHash == state.store.catalog["care"]?.hash)
        #expect(
            state.store.catalog.expectedMessage(of: doubt, in: state.store.catalog["care"])
                == .text("hello", hasButtons: false)
        )
    }

    @Test func `those of a page in the order in which they left, and nobody else's`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        for (minute, person) in [(2, "2"), (1, "1")] {
            try await state.ingest(.message(person, from: person), now: .start + .minutes(Int64(minute)))
        }
        for claim in try await state.claim(now: due + .minutes(1)) + state.claim(now: due + .minutes(2)) {
            try await state.record(.inDoubt(why: "timeout"), of: claim, now: due + .minutes(3))
        }
        let first = try #require(try await doubt(state, now: due + .minutes(13)))
        #expect(first.person.address.externalID == "1")
        _ = try await reconcile(state, first, .found(messageID: "m_1"), now: due + .minutes(13))
        #expect(try await doubt(state, now: due + .minutes(13))?.person.address.externalID == "2")
        let other = AccountID(rawValue: state.account.rawValue + 1)
        #expect(try await state.store.nextCheck(account: other, settling: .minutes(10)) == nil)
        #expect(
            try await state.store.deliveryInDoubt(account: other, settling: .minutes(10), now: due + .hours(1)) == nil
        )
    }

    @Test func `what was on its way when the process died is looked at after the next start`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        _ = try await state.claim(now: due)
        try await state.reopen([.make(steps: .care)], now: began)
        #expect(try await state.store.recover(now: began) == 1)
        #expect(try await state.store.nextCheck(account: state.account, settling: .minutes(10)) == settled)
    }

    // MARK: Found

    @Test func `what is found was sent, under its id, and what comes next stays as it is`() async throws {
        let state = try await inDoubt()
        let next = try await state.next()
        #expect(try await reconcile(state, .found(messageID: "m_1")) == .sent)
        #expect(try await state.ledger() == ["hello sent"])
        #expect(try await state.delivery("hello")?.messageIDs == ["m_1"])
        #expect(try await state.next() == next)
        let sums = try await state.store.status()
        #expect((sums.sent, sums.inDoubt, sums.undecided) == (1, 0, 0))
        #expect(try await state.store.nextCheck(account: state.account, settling: .minutes(10)) == nil)
    }

    @Test func `a message of the same person that arrived is known, one of somebody else is not`() async throws {
        let state = try await inDoubt()
        _ = try await reconcile(state, .found(messageID: "m_1"))
        try await state.ingest(.message("2", from: "2"), now: settled)
        try await lose(state, at: settled + .minutes(15))
        #expect(try await doubt(state, now: settled + .hours(1))?.known == [])
        try await lose(state, at: .start + .hours(20))
        let later = try #require(try await doubt(state, of: Event.testPerson, now: .start + .hours(21)))
        #expect((later.step, later.known) == ("day", ["m_1"]))
    }

    // MARK: Absent

    @Test func `what did not arrive goes out once more, and what was to come next comes after it`() async throws {
        let state = try await inDoubt()
        #expect(try await reconcile(state, .absent) == .again)
        #expect(try await state.ledger() == [])
        let next = try await state.next()
        #expect((next?.step, next?.due, next?.scheduled) == ("hello", settled, due))
        try await state.send(as: "m_2", now: settled)
        #expect(try await state.ledger() == ["hello sent"])
        #expect(try await state.next()?.step == "day")
        #expect(try await state.store.status().inDoubt == 0)
    }

    @Test func `it goes out only if it still may`() async throws {
        let state = try await inDoubt()
        let doubt = try #require(try await doubt(state, now: settled))
        let later = due + .hours(25)
        #expect(try await reconcile(state, doubt, .absent, now: later) == .again)
        #expect(try await state.claim(now: later).isEmpty)
        #expect(try await state.ledger() == ["hello skipped late"])
    }

    @Test func `a part in doubt goes out once more, those before it do not`() async throws {
        let state = try await inDoubt([.textAndPicture(after: 15)], sending: 1)
        #expect(try await reconcile(state, .absent) == .again)
        let claim = try #require(try await state.claim(now: settled).first)
        #expect(claim.dispatch.message == .images([.url("https://example.com/1.jpg")]))
        try await state.record(.accepted(messageID: "m_2"), of: claim, now: settled)
        #expect(try await state.delivery("parts")?.messageIDs == ["m_1", "m_2"])
    }

    @Test func `twice by itself, and then an operator is to look`() async throws {
        let state = try await inDoubt()
        var now = settled
        for _ in 1...2 {
            let doubt = try #require(try await doubt(state, now: now))
            #expect(try await reconcile(state, doubt, .absent, now: now) == .again)
            // The same outcome of the same request counts once.
            #expect(try await reconcile(state, doubt, .absent, now: now) == .nothing)
            try await lose(state, at: now)
            now = now + .minutes(10)
        }
        let doubt = try #require(try await doubt(state, now: now))
        let why = "it was sent 3 times and never arrived; check the connection to the platform"
        #expect(try await reconcile(state, doubt, .absent, now: now) == .open(why: why, nextCheck: nil))
        #expect(try await state.ledger() == ["hello in_doubt timeout"])
        #expect(try await state.store.status().undecided == 1)
        let job = try await state.store.jobs([.inDoubt], limit: 1).first
        #expect((job?.error, job?.nextCheck) == ("timeout; \(why)", nil))
        // The operator's word counts anew, and the next step has its own count.
        try await state.store.resolve(Event.testPerson, sequence: "care", step: "hello", as: .resend, now: now)
        try await lose(state, at: now)
        #expect(try await reconcile(state, .absent, now: now + .minutes(10)) == .again)
        try await state.send(as: "m_9", now: now + .minutes(10))
        try await lose(state, at: .start + .hours(20))
        #expect(try await reconcile(state, .absent, now: .start + .hours(21)) == .again)
    }

    @Test func `who asked to get nothing more is not sent it, and a rule's end stays an end`() async throws {
        let stopped = try await inDoubt()
        _ = try await stopped.store.stop(Event.testPerson, sequence: nil, now: began)
        #expect(try await reconcile(stopped, .absent) == .skipped(reason: "stopped"))
        #expect(try await stopped.ledger() == ["hello skipped stopped", "day skipped stopped"])
        let replied = try await inDoubt { $0.stop = [.replied] }
        try await replied.ingest(.message("2"), now: began)
        #expect(try await reconcile(replied, .absent) == .skipped(reason: "replied"))
        #expect(try await replied.store.status().underWay == 0)
        #expect(try await replied.store.status().inDoubt == 0)
    }

    @Test func `the last step of a way that is over opens it again`() async throws {
        let state = try await inDoubt([.text("hello", 15, .minute)])
        #expect(try await state.store.status().underWay == 0)
        #expect(try await reconcile(state, .absent) == .again)
        #expect(try await state.store.status().underWay == 1)
    }

    @Test func `a step that is in no file any more stays in doubt, and says so`() async throws {
        let state = try await inDoubt()
        _ = try await state.adopt([.make(steps: Array([Step].care.dropFirst()))], now: began)
        let why = "it did not arrive, but step 'hello' is in no file any more, so it can't be sent again"
        #expect(try await reconcile(state, .absent) == .open(why: why, nextCheck: nil))
        #expect(try await state.delivery("hello")?.note == why)
        #expect(try await state.store.status().undecided == 1)
    }

    // MARK: Unknown

    @Test func `what cannot be told is looked at three times more, and then left to the operator`() async throws {
        let state = try await inDoubt()
        var now = settled
        for wait in [Milliseconds.hours(1), .hours(6), .hours(24)] {
            let doubt = try #require(try await doubt(state, now: now))
            let open = Reconciliation.open(why: "a picture", nextCheck: now + wait)
            #expect(try await reconcile(state, doubt, .unknown(why: "a picture"), now: now) == open)
            #expect(try await state.store.jobs([.inDoubt], limit: 1).first?.nextCheck == now + wait)
            #expect(try await state.store.status().undecided == 0)
            now = now + wait
        }
        let doubt = try #require(try await doubt(state, now: now))
        let open = Reconciliation.open(why: "a picture", nextCheck: nil)
        #expect(try await reconcile(state, doubt, .unknown(why: "a picture"), now: now) == open)
        #expect(try await self.doubt(state, now: now + .days(9)) == nil)
        #expect(try await state.store.status().undecided == 1)
        #expect(try await state.delivery("hello")?.note == "a picture")
        // An echo that comes after all ends it, and the note with it.
        let key = DeliveryKey(instance: "test", enrollment: doubt.enrollment.id, step: "hello", part: 0)
        #expect(try await state.ingest(.echo("m_1", of: key), now: now).confirmed == 1)
        #expect(try await state.delivery("hello")?.note == nil)
        #expect(try await state.store.status().undecided == 0)
    }

    @Test func `a page that cannot be asked leaves a note, and the look is still to come`() async throws {
        let state = try await inDoubt()
        let doubt = try #require(try await doubt(state, now: settled))
        try await state.store.deferReconciliation(doubt, because: "613 limit")
        #expect(try await state.delivery("hello")?.note == "613 limit")
        #expect(try await self.doubt(state, now: settled) == doubt)
    }

    // MARK: What happens meanwhile

    @Test func `an echo or an operator may be quicker`() async throws {
        let state = try await inDoubt()
        let doubt = try #require(try await doubt(state, now: settled))
        try await state.store.resolve(Event.testPerson, sequence: "care", step: "hello", as: .skip, now: settled)
        for finding in [MatchResult.absent, .found(messageID: "m_1"), .unknown(why: "x")] {
            #expect(try await reconcile(state, doubt, finding, now: settled) == .nothing)
        }
        #expect(try await state.ledger() == ["hello skipped operator"])
    }

    @Test(arguments: [MatchResult.absent, .found(messageID: "m_2")])
    func `while the person's next message is on its way, what was read may be that one`(
        finding: MatchResult
    ) async throws {
        let state = try await inDoubt([.text("hello", 15, .minute), .text("next", 20, .minute)])
        let doubt = try #require(try await doubt(state, now: settled))
        let claim = try #require(try await state.claim(now: settled).first)
        #expect(try await reconcile(state, doubt, finding, now: settled) == .nothing)
        #expect(try await self.doubt(state, now: settled) == nil)
        // Neither when its answer has come since the conversation was read.
        try await state.record(.accepted(messageID: "m_2"), of: claim, now: settled + .minutes(1))
        #expect(try await reconcile(state, doubt, finding, now: settled + .minutes(1)) == .nothing)
        let again = try #require(try await self.doubt(state, now: settled + .minutes(2)))
        #expect(again.known == ["m_2"])
        #expect(try await reconcile(state, again, .absent, now: settled + .minutes(2)) == .again)
    }

    @Test func `a step that is half there is not begun anew for the sake of an earlier one`() async throws {
        let state = try await inDoubt([.text("hello", 15, .minute), .textAndPicture(after: 20)])
        let claim = try #require(try await state.claim(now: began + .minutes(5)).first)
        try await state.record(.accepted(messageID: "m_2"), of: claim, now: began + .minutes(5))
        #expect(try await reconcile(state, .absent) == .nothing)
        await #expect(throws: ResolveError.busy(person: Event.testPerson)) {
            try await state.store.resolve(Event.testPerson, sequence: "care", step: "hello", as: .resend, now: settled)
        }
        #expect(try await state.ledger() == ["hello in_doubt timeout"])
        try await state.send(as: "m_3", now: settled)
        #expect(try await reconcile(state, .absent, now: settled + .minutes(10)) == .again)
        try await state.send(as: "m_4", now: settled + .minutes(10))
        #expect(try await state.delivery("parts")?.messageIDs == ["m_2", "m_3"])
        #expect(try await state.delivery("hello")?.messageIDs == ["m_4"])
    }

    @Test(arguments: [true, false])
    func `half of a step waits for the next one to be over before its other half follows`(isEcho: Bool) async throws {
        let state = try await inDoubt([.parts, .textAndPicture("next", after: 20)])
        let key = DeliveryKey(instance: "test", enrollment: EnrollmentID(rawValue: 1), step: "parts", part: 0)
        func see(now: Instant) async throws -> Bool {
            if isEcho { return try await state.ingest(.echo("m_1", of: key), now: now).confirmed == 1 }
            return try await reconcile(state, .found(messageID: "m_1"), now: now) == .goesOn
        }
        try await state.send(as: "m_2", now: settled)
        #expect(try await !see(now: settled))
        #expect(try await state.ledger() == ["parts in_doubt timeout"])
        for resolution in [Resolution.sent, .resend] {
            await #expect(throws: ResolveError.busy(person: Event.testPerson)) {
                try await state.store.resolve(
                    Event.testPerson,
                    sequence: "care",
                    step: "parts",
                    as: resolution,
                    now: settled
                )
            }
        }
        try await state.send(as: "m_3", now: settled)
        let later = settled + .minutes(10)
        // What an echo has told need not be asked for.
        #expect(try await doubt(state, now: later)?.echoMessageID == (isEcho ? "m_1" : nil))
        #expect(try await reconcile(state, .found(messageID: "m_1"), now: later) == .goesOn)
        try await state.send(as: "m_4", now: later)
        try await state.send(as: "m_5", now: later)
        #expect(try await state.delivery("parts")?.messageIDs == ["m_1", "m_4", "m_5"])
        #expect(try await state.delivery("next")?.messageIDs == ["m_2", "m_3"])
    }

    @Test func `what an echo has shown since the conversation was read is not sent once more`() async throws {
        let state = try await inDoubt([.parts, .text("next", 20, .minute)])
        let key = DeliveryKey(instance: "test", enrollment: EnrollmentID(rawValue: 1), step: "parts", part: 0)
        let next = try #require(try await state.claim(now: settled).first)
        let read = try #require(try await doubt(state, now: settled))
        try await state.ingest(.echo("m_1", of: key), now: settled)
        // Nothing but the echo is new: this one has not arrived.
        try await state.record(.refused(.person), of: next, now: settled)
        #expect(try await reconcile(state, read, .absent, now: settled) == .nothing)
        #expect(try await state.ledger().first == "parts in_doubt timeout")
    }

    @Test func `of somebody who is forgotten no doubt stays`() async throws {
        let state = try await inDoubt()
        let doubt = try #require(try await doubt(state, now: settled))
        _ = try await reconcile(state, doubt, .unknown(why: "a picture"), now: settled)
        _ = try await state.store.forget(Event.testPerson, now: settled)
        #expect(try await self.doubt(state, now: settled + .days(9)) == nil)
        #expect(try await reconcile(state, doubt, .absent, now: settled) == .nothing)
        #expect(try await state.store.status().undecided == 0)
    }

    // MARK: -

    /// The first step's request left at `due` and its answer never came. Of a step with parts, so many were sent before.
    private func inDoubt(
        _ steps: [Step] = .care,
        sending parts: Int = 0,
        change: (inout DripSequence) -> Void = { _ in }
    ) async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: steps, change: change)])
        try await state.ingest(.message("1"), now: .start)
        for part in 0..<parts { try await state.send(as: "m_\(part + 1)", now: due) }
        let claim = try #require(try await state.claim(now: due).first)
        try await state.record(.inDoubt(why: "timeout"), of: claim, now: began)
        return state
    }

    private func lose(_ state: TemporaryStore, at now: Instant) async throws {
        for claim in try await state.claim(now: now) {
            try await state.record(.inDoubt(why: "timeout"), of: claim, now: now)
        }
    }

    private func doubt(_ state: TemporaryStore, now: Instant) async throws -> InDoubtDelivery? {
        try await state.store.deliveryInDoubt(account: state.account, settling: .minutes(10), now: now)
    }

    /// The one of this person, those of others having been left to the operator.
    private func doubt(_ state: TemporaryStore, of person: String, now: Instant) async throws -> InDoubtDelivery? {
        while let doubt = try await doubt(state, now: now), doubt.person.address.externalID != person {
            _ = try await reconcile(state, doubt, .unknown(why: "somebody else"), now: now)
        }
        return try await doubt(state, now: now)
    }

    private func reconcile(
        _ state: TemporaryStore,
        _ finding: MatchResult,
        now: Instant? = nil
    ) async throws -> Reconciliation {
        let now = now ?? settled
        return try await reconcile(state, try #require(try await doubt(state, now: now)), finding, now: now)
    }

    private func reconcile(
        _ state: TemporaryStore,
        _ delivery: InDoubtDelivery,
        _ finding: MatchResult,
        now: Instant
    ) async throws -> Reconciliation {
        try await state.store.reconcile(delivery, finding, now: now)
    }
}

extension Step {
    /// A text, then a picture.
    fileprivate static func textAndPicture(_ id: String = "parts", after minutes: Int) -> Step {
        .make(
            id,
            Offset(minutes, .minute),
            text: [.literal("text")],
            images: [.url("https://example.com/1.jpg")]
        )
    }
}
