import Foundation
import TestSupport
import Testing

@testable import DripCore

struct PeopleSearchTests {
    private static let buoi = ["full_name": "Nguyễn Thị Bưởi", "first_name": "Bưởi", "phone": "+84912345678"]

    @Test(arguments: [
        "Bưởi", "buoi", "BƯỞI", "Bu\u{31B}o\u{31B}\u{309}i", "thi buoi", " nguyen ", "0912345678", "0912 345 678",
        "+84 912-345-678", "84912345678", "345678", "(0912) 345.678",
    ])
    func `case, marks and the form of a number do not count`(_ text: String) throws {
        let search = try #require(PeopleSearch(text))
        #expect(search.fits(Self.buoi))
        #expect(search.mayFit(#"{"first_name":"Bưởi","full_name":"Nguyễn Thị Bưởi","phone":"+84912345678"}"#))
    }

    @Test(arguments: ["Bười x", "0987654321", "phone", "buoi nguyen", "678 ", "123"])
    func `others do not fit`(_ text: String) throws {
        let search = try #require(PeopleSearch(text))
        #expect(!search.fits(Self.buoi))
    }

    @Test(arguments: ["", "  ", String(repeating: "a", count: 101), "e" + String(repeating: "\u{301}", count: 400)])
    func `nothing that could be looked for`(_ text: String) {
        #expect(PeopleSearch(text) == nil)
    }

    @Test func `letters with strokes, other alphabets, and what JSON escapes`() throws {
        #expect(try #require(PeopleSearch("do")).fits(["full_name": "Đỗ Văn Đạt"]))
        #expect(try #require(PeopleSearch("dat")).fits(["full_name": "Ðạt"]))
        #expect(try #require(PeopleSearch("田")).fits(["full_name": "田中"]))
        #expect(try #require(PeopleSearch("😀")).fits(["full_name": "Lan 😀"]))
        let quoted = try #require(PeopleSearch(#"Lan "bé""#))
        #expect(quoted.fits(["full_name": #"Lan "Bé""#]))
        #expect(quoted.mayFit(#"{"full_name":"Lan \"Bé\""}"#))
    }
}

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
