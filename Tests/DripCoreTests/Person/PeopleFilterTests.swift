import DripCore
import Foundation
import TestSupport
import Testing

@Suite struct PeopleFilterTests {
    private let now = Instant.start
    private let lan = Person.make(
        attributes: ["phone": "+84912345678", "email": " "],
        windowEnds: .start + .hours(1),
        tags: ["vip", "quen"],
        lastWroteAt: .start - .hours(23)
    )

    @Test func `all that is said has to hold`() {
        let cases: [(say: (inout PeopleFilter) -> Void, holds: Bool)] = [
            ({ _ in }, true),
            ({ $0.page = Event.testPage }, true),
            ({ $0.page = "1" }, false),
            ({ $0.tags = ["vip", "quen"] }, true),
            ({ $0.tags = ["vip", "khác"] }, false),
            ({ $0.withoutTags = ["khác"] }, true),
            ({ $0.withoutTags = ["khác", "vip"] }, false),
            ({ $0.has = ["phone"] }, true),
            // Blank is not known.
            ({ $0.has = ["phone", "email"] }, false),
            ({ $0.sequence = "care" }, true),
            ({ $0.sequence = "other" }, false),
            ({ $0.wroteWithin = .hours(23) }, true),
            ({ $0.wroteWithin = .hours(22) }, false),
            ({ $0.reachableNow = true }, true),
        ]
        for (say, holds) in cases {
            var filter = PeopleFilter()
            say(&filter)
            #expect(filter.holds(for: lan, underWay: ["care"], now: now) == holds, "\(filter)")
            // Beside another condition that does not hold, none is enough.
            filter.tags += ["other"]
            #expect(!filter.holds(for: lan, underWay: ["care"], now: now), "\(filter)")
        }
    }

    @Test func `who never wrote did not write lately`() {
        var filter = PeopleFilter()
        filter.wroteWithin = .days(3650)
        #expect(!filter.holds(for: .make(), underWay: [], now: now))
    }

    @Test func `reachable is who has an open window with its margin, and neither stopped nor is out of reach`() {
        let ends = Instant.start + .hours(1)
        #expect(Person.make(windowEnds: ends).isReachable(at: ends - .minutes(5) - .seconds(1)))
        #expect(!Person.make(windowEnds: ends).isReachable(at: ends - .minutes(5)))
        #expect(!Person.make().isReachable(at: now))
        #expect(!Person.make(windowEnds: ends, unreachable: "blocked").isReachable(at: now))
        #expect(!Person.make(windowEnds: ends, stoppedAt: now).isReachable(at: now))
    }
}
