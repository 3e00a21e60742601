import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

@Suite struct StatusTests {
    private let sums = StoreStatus(
        people: 3,
        enrolled: 3,
        underWay: 2,
        sent: 7,
        skipped: 1,
        failed: 1,
        inDoubt: 0,
        undecided: 0,
        nextDue: .start + .minutes(15)
    )

    @Test func `a page is open, paused or stopped`() {
        var paused = Limiter(id: AccountID(rawValue: 1), channel: .messenger, page: "1", perSecond: 10, rates: .tested)
        paused.sent(1)
        paused.ended(.usedUp("80006 slow down", regainAfter: .minutes(19)), now: .start, jitter: 0.5)
        var stopped = Limiter(id: AccountID(rawValue: 2), channel: .messenger, page: "2", perSecond: 10, rates: .tested)
        stopped.sent(1)
        stopped.ended(.stopped("190 Invalid OAuth access token."), now: .start, jitter: 0.5)
        let open = Limiter(id: AccountID(rawValue: 3), channel: .messenger, page: "3", perSecond: 10, rates: .tested)

        let status = status([paused, stopped, open])
        #expect(status.pages.map(\.state) == ["paused", "stopped", "open"])
        #expect(status.pages.map(\.reason) == ["80006 slow down", "190 Invalid OAuth access token.", nil])
        #expect(status.pages.map(\.until) == [.start + .minutes(19), nil, nil])
        #expect(
            StatusLine(status, zone: .hoChiMinh).description == """
                page 1 paused: 80006 slow down; page 2 stopped: 190 Invalid OAuth access token.; 2 under way, \
                next due 2027-01-04 10:15:00, 7 sent, 1 failed
                """
        )
    }

    @Test func `a page is slowed, or restricted`() {
        var slowed = Limiter(id: AccountID(rawValue: 1), channel: .messenger, page: "1", perSecond: 10, rates: .tested)
        slowed.note(Usage(percent: 82, regainAfter: nil), now: .start)
        var restricted = Limiter(
            id: AccountID(rawValue: 2),
            channel: .messenger,
            page: "2",
            perSecond: 10,
            rates: .tested
        )
        restricted.restrict("policy enforcement: block: spam", now: .start)
        let status = status([slowed, restricted])
        #expect(status.pages.map(\.state) == ["slowed", "restricted"])
        #expect(status.pages.map(\.usedPercent) == [82, nil])
        #expect(status.pages.map(\.until) == [nil, .start + .minutes(30)])
        #expect(
            StatusLine(status, zone: .hoChiMinh).description == """
                page 1 slowed: 82 % of the platform's call allowance is used up; page 2 restricted: policy enforcement: \
                block: spam; 2 under way, next due 2027-01-04 10:15:00, 7 sent, 1 failed
                """
        )
    }

    @Test func `a page that answers no comments without an author says so`() {
        let pause = CommentPause(page: "1", reason: .stopped, until: .start + .hours(1))
        let status = Status(
            version: "1",
            now: .start,
            hold: nil,
            sequences: [],
            refused: nil,
            uploadTroubles: [],
            commentPauses: [pause],
            limiters: [],
            sums: sums
        )
        #expect(
            StatusLine(status, zone: .hoChiMinh).description == """
                page 1 answers no comments without an author until 2027-01-04 11:00:00; 2 under way, \
                next due 2027-01-04 10:15:00, 7 sent, 1 failed
                """
        )
    }

    @Test func `one line tells what an operator has to know`() {
        var sums = sums
        #expect(
            StatusLine(status([]), zone: .berlin).description
                == "2 under way, next due 2027-01-04 04:15:00, 7 sent, 1 failed"
        )
        sums.nextDue = .start - .seconds(59)
        #expect(
            StatusLine(status([], sums), zone: .berlin).description
                == "2 under way, next due 2027-01-04 03:59:01, 7 sent, 1 failed"
        )
        sums.nextDue = .start - .minutes(1)
        #expect(
            StatusLine(status([], sums), zone: .berlin).description
                == "2 under way, late since 2027-01-04 03:59:00, 7 sent, 1 failed"
        )
        sums.nextDue = nil
        sums.inDoubt = 3
        sums.undecided = 2
        let status = Status(
            version: "1",
            now: .start,
            hold: nil,
            sequences: [],
            refused: "a.yaml:3:1: error: x",
            uploadTroubles: ["media/a.jpg for page 1: it is gone"],
            limiters: [],
            sums: sums
        )
        #expect(
            StatusLine(status, zone: .berlin).description
                == "upload fails: media/a.jpg for page 1: it is gone; files refused: a.yaml:3:1: error: x; "
                + "2 in doubt for good: dripd jobs resolve; 2 under way, nothing due, 7 sent, 1 failed"
        )
    }

    @Test func `people whom an operator has to decide about`() {
        var sums = sums
        sums.paused = 2
        #expect(
            StatusLine(status([], sums), zone: .berlin).description
                == "2 paused until you decide: dripd people list --paused; 2 under way, next due 2027-01-04 04:15:00, 7 sent, "
                + "1 failed"
        )
    }

    @Test func `a page that first reads what it missed`() throws {
        var held = Limiter(id: AccountID(rawValue: 1), channel: .messenger, page: "1", perSecond: 10, rates: .tested)
        held.beginCatchingUp(until: .start + .seconds(60))
        let status = status([held])
        #expect(status.pages.map(\.state) == ["open"])
        #expect(status.pages.map(\.catchingUpUntil) == [.start + .seconds(60)])
        #expect(
            StatusLine(status, zone: .berlin).description
                == "page 1 reads what it missed before it sends, until 2027-01-04 04:01:00 at the latest; 2 under way, next due "
                + "2027-01-04 04:15:00, 7 sent, 1 failed"
        )
        #expect(Status.Page(held, now: .start + .seconds(60)).catchingUpUntil == nil)
    }

    @Test func `while it reads what it missed, no message would go out`() async {
        var held = Limiter(id: AccountID(rawValue: 1), channel: .messenger, page: "1", perSecond: 10, rates: .tested)
        held.beginCatchingUp(until: .start + .seconds(60))
        let limiters = [held]
        for (now, obstacles) in [
            (Instant.start, ["page 1 first reads what was written while dripd was down"]), (.start + .seconds(60), []),
        ] {
            #expect(await ReadinessCheck.pages { (limiters, now) }.obstacles() == obstacles)
        }
    }

    @Test func `on hold, that comes first`() {
        let status = status([], nil, hold: Hold(reason: .olderCopy, copiedAt: .start, noticedAt: nil))
        #expect(
            StatusLine(status, zone: .berlin).description == """
                ON HOLD, nothing is sent (dripd adopt-state): the database is an older copy of itself, as after restoring a \
                backup; 2 under way, next due 2027-01-04 04:15:00, 7 sent, 1 failed
                """
        )
    }

    private func status(_ limiters: [Limiter], _ sums: StoreStatus? = nil, hold: Hold? = nil) -> Status {
        Status(
            version: "1",
            now: .start,
            hold: hold,
            sequences: ["care"],
            refused: nil,
            uploadTroubles: [],
            limiters: limiters,
            sums: sums ?? self.sums
        )
    }
}
