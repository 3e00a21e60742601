import DripCore
import TestSupport
import Testing

/// By which subscriptions a person may be written to behind the window.
@Suite struct SubscriptionTests {
    private static let now = Instant.start + .days(7)
    private static let everything = SubscriptionPolicy(campaign: "c1", oneTime: true)

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var way = OutsideWindow.marketing
        var accounts = everything
        var subscriptions: [Subscription] = [.marketing()]
        var purpose = Purpose.care
        let permission: Permission?
    }

    @Test(arguments: [
        Case(testDescription: "marketing", permission: .marketing),
        Case(testDescription: "advertising is what it is for", purpose: .promotion, permission: .marketing),
        Case(testDescription: "nobody has subscribed", subscriptions: [], permission: nil),
        Case(testDescription: "the page has no campaign", accounts: .init(oneTime: true), permission: nil),
        Case(testDescription: "a token that has expired", subscriptions: [.marketing(expires: now)], permission: nil),
        Case(
            testDescription: "one that expires in a moment: the platform judges later",
            subscriptions: [.marketing(expires: now + .minutes(5))],
            permission: nil
        ),
        Case(
            testDescription: "used by another campaign today",
            subscriptions: [.marketing(used: (Milliseconds(86_399_999), "c0"))],
            permission: nil
        ),
        Case(
            testDescription: "used by another campaign yesterday",
            subscriptions: [.marketing(used: (.hours(24), "c0"))],
            permission: .marketing
        ),
        Case(
            testDescription: "used by this campaign",
            subscriptions: [.marketing(used: (Milliseconds(7_775_999_999), "c1"))],
            permission: nil
        ),
        Case(
            testDescription: "90 days later",
            subscriptions: [.marketing(used: (.days(90), "c1"))],
            permission: .marketing
        ),
        Case(testDescription: "another kind", subscriptions: [.oneTime("STOCK")], permission: nil),
        Case(
            testDescription: "one time",
            way: .oneTime(topic: "STOCK"),
            subscriptions: [.oneTime("STOCK")],
            permission: .oneTime
        ),
        Case(
            testDescription: "another topic",
            way: .oneTime(topic: "SALE"),
            subscriptions: [.oneTime("STOCK")],
            permission: nil
        ),
        Case(
            testDescription: "used",
            way: .oneTime(topic: "STOCK"),
            subscriptions: [.oneTime("STOCK", used: .days(200))],
            permission: nil
        ),
        Case(
            testDescription: "the page may not",
            way: .oneTime(topic: "STOCK"),
            accounts: .init(campaign: "c1"),
            subscriptions: [.oneTime("STOCK")],
            permission: nil
        ),
    ])
    func `what is permitted`(_ test: Case) {
        let step = Step.make("week", Offset(1, .week), outsideWindow: [test.way], text: [.literal("week")])
        var catalog = Catalog(zone: .hoChiMinh, sequences: [.make(steps: [step]) { $0.purpose = test.purpose }])
        catalog.subscriptionPolicies = [Event.testPage: test.accounts]
        let person = Person.make(subscriptions: test.subscriptions)
        let admission = catalog.admit(.make("week", of: person, scheduled: Self.now), now: Self.now)
        #expect(admission.sent == test.permission.map { "\($0.rawValue): week" })
        // On another page it is nothing.
        catalog.subscriptionPolicies = ["9": test.accounts]
        #expect(catalog.admit(.make("week", of: person, scheduled: Self.now), now: Self.now) == .skip(.windowClosed))
    }

    @Test func `a paid message has a length of its own`() {
        let text = String(repeating: "ề", count: 641)
        let step = Step.make("week", Offset(1, .week), outsideWindow: [.marketing], text: [.literal(text)])
        var catalog = Catalog(zone: .hoChiMinh, sequences: [.make(steps: [step])])
        catalog.subscriptionPolicies = [Event.testPage: Self.everything]
        let job = Job.make("week", of: .make(subscriptions: [.marketing()]), scheduled: Self.now)
        #expect(
            catalog.admit(job, now: Self.now)
                == .fail("the text has 641 characters for this person, over 640 for a paid message")
        )
    }

    @Test func `of a topic there is one, and what it was used for stays`() {
        let used = Subscription.oneTime("STOCK", used: .days(1))
        let sale = Subscription.oneTime("SALE")
        let again = Subscription(kind: .oneTime, token: "STOCK-1", topic: "STOCK", since: Self.now, expires: nil)
        let all = Subscription.adding(again, to: [used, sale])
        #expect(all.map(\.token) == ["SALE-1", "STOCK-1"])
        #expect(all[1].usedAt == used.usedAt)
        let new = Subscription(kind: .oneTime, token: "STOCK-2", topic: "STOCK", since: Self.now, expires: nil)
        #expect(Subscription.adding(new, to: all).map(\.token) == ["SALE-1", "STOCK-2"])
        #expect(Subscription.adding(new, to: all)[1].usedAt == nil)
    }

    @Test func `a person subscribes and has enough, and the window stays as it was`() {
        let subscribed = decide([], .subscribed(.oneTime, token: "T", topic: "STOCK", expires: nil))
        let expected = Subscription(
            kind: .oneTime,
            token: "T",
            topic: "STOCK",
            since: .start,
            expires: .start + .days(365)
        )
        #expect(subscribed == [.subscriptions([expected])])
        #expect(
            decide([expected, .marketing()], .unsubscribed(token: "T")) == [.subscriptions([.marketing()])]
        )
    }

    private func decide(_ had: [Subscription], _ kind: Event.Kind) -> [Change] {
        Catalog(zone: .hoChiMinh, sequences: [.make(steps: .care)])
            .decide(.of(kind, key: "1"), at: .start, person: .make(subscriptions: had), rounds: [:])
    }
}

extension Subscription {
    fileprivate static let now = Instant.start + .days(7)

    fileprivate static func marketing(
        expires: Instant? = nil,
        used: (ago: Milliseconds, by: String)? = nil
    ) -> Subscription {
        Subscription(
            kind: .marketing,
            token: "M",
            topic: "",
            since: .start,
            expires: expires,
            usedAt: used.map { now - $0.ago },
            usedBy: used?.by
        )
    }

    fileprivate static func oneTime(_ topic: String, used: Milliseconds? = nil) -> Subscription {
        Subscription(
            kind: .oneTime,
            token: "\(topic)-1",
            topic: topic,
            since: .start,
            expires: now + .days(300),
            usedAt: used.map { now - $0 }
        )
    }
}
