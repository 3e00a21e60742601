import DripCore
import TestSupport
import Testing

/// When the platform lets a page write to a person: a row per situation, with its edges, and by what the step goes out.
/// Sources: "Send messages", "Private Replies", "Utility messages", "Marketing Message API", "One-Time Notification".
@Suite struct PolicyTableTests {
    private static let now = Instant.start + .days(30)
    private static let everything = SubscriptionPolicy(campaign: "c1", oneTime: true)

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// When the person last wrote, in minutes ago; nil: never.
        var wrote: Int64?
        /// When they commented on a post, in minutes ago, and have had no answer yet.
        var commented: Int64?
        var ways: [OutsideWindow] = []
        var purpose = Purpose.care
        var subscriptions: [Subscription] = []
        var accounts = everything
        /// When somebody of the team last wrote to them, in minutes ago.
        var human: Int64?
        var unreachable: String?
        var stopped = false
        let verdict: String

        init(
            _ name: String,
            wrote: Int64? = nil,
            commented: Int64? = nil,
            ways: [OutsideWindow] = [],
            purpose: Purpose = .care,
            subscriptions: [Subscription] = [],
            accounts: SubscriptionPolicy = everything,
            human: Int64? = nil,
            unreachable: String? = nil,
            stopped: Bool = false,
            _ verdict: String
        ) {
            testDescription = name
            self.wrote = wrote
            self.commented = commented
            self.ways = ways
            self.purpose = purpose
            self.subscriptions = subscriptions
            self.accounts = accounts
            self.human = human
            self.unreachable = unreachable
            self.stopped = stopped
            self.verdict = verdict
        }
    }

    private static let hours24: Int64 = 24 * 60
    private static let days7: Int64 = 7 * 24 * 60
    private static let order = OutsideWindow.utility(UtilityTemplate(name: "order", language: "vi", parameters: []))
    private static let paid = Subscription(kind: .marketing, token: "M", topic: "", since: .start, expires: nil)
    private static let stock = Subscription(kind: .oneTime, token: "S", topic: "STOCK", since: .start, expires: nil)

    static let rows = [
        Row("within 24 hours: anything", wrote: 1, "standard_window: text"),
        Row("within 24 hours: advertising", wrote: 1, purpose: .promotion, "standard_window: text"),
        Row(
            "within 24 hours, the step's own text before its template",
            wrote: 1,
            ways: [order],
            "standard_window: text"
        ),
        Row("up to five minutes before they are over", wrote: hours24 - 6, "standard_window: text"),
        Row("and not later, since the platform judges at its receipt", wrote: hours24 - 5, "wait for the window"),
        Row("after 24 hours", wrote: hours24, "wait for the window"),
        Row("who never wrote", "wait for the window"),

        Row(
            "after 24 hours, news of an order",
            wrote: hours24,
            ways: [order],
            purpose: .transaction,
            "utility_template: order vi"
        ),
        Row("after 24 hours, care", wrote: hours24, ways: [order], "utility_template: order vi"),
        Row("after months, the same", wrote: 90 * hours24, ways: [order], "utility_template: order vi"),

        Row(
            "after 24 hours, advertising by a template",
            wrote: hours24,
            ways: [order],
            purpose: .promotion,
            "skip window_closed"
        ),
        Row("after 24 hours, advertising by no way", wrote: hours24, purpose: .promotion, "wait for the window"),
        Row(
            "after 24 hours, advertising to a subscriber",
            wrote: hours24,
            ways: [.marketing],
            purpose: .promotion,
            subscriptions: [paid],
            "marketing: text"
        ),
        Row(
            "after 24 hours, advertising to a subscriber, of a page without a campaign",
            wrote: hours24,
            ways: [.marketing],
            purpose: .promotion,
            subscriptions: [paid],
            accounts: .none,
            "skip window_closed"
        ),
        Row(
            "after 24 hours, advertising to who has not subscribed",
            wrote: hours24,
            ways: [.marketing],
            "skip window_closed"
        ),
        Row(
            "after 24 hours, what was asked for once",
            ways: [.oneTime(topic: "STOCK")],
            subscriptions: [stock],
            "one_time: text"
        ),

        Row(
            "within 7 days, the team wrote: that is no permission for a program",
            wrote: 2 * hours24,
            human: hours24,
            "wait for the window"
        ),

        Row("a comment", commented: 1, "private_reply: text"),
        Row(
            "a comment, up to five minutes before the seventh day is over",
            commented: days7 - 6,
            "private_reply: text"
        ),
        Row("and not later", commented: days7 - 5, "wait for the window"),
        Row("a comment of somebody who wrote", wrote: 1, commented: 1, "standard_window: text"),

        Row("who wants nothing more", wrote: 1, stopped: true, "skip stopped"),
        Row(
            "who wants nothing more, whatever they allowed before",
            commented: 1,
            ways: [.marketing, order],
            subscriptions: [paid],
            stopped: true,
            "skip stopped"
        ),
        Row("who has blocked the page, or is not there (551)", wrote: 1, unreachable: "551", "skip unreachable"),
        Row(
            "the same, by a template or a private reply",
            commented: 1,
            ways: [order],
            unreachable: "551",
            "skip unreachable"
        ),
    ]

    @Test(arguments: rows)
    func `a situation, and what is allowed in it`(_ row: Row) {
        let step = Step.make("week", Offset(0, .second), outsideWindow: row.ways, text: [.literal("text")])
        var catalog = Catalog(
            zone: .hoChiMinh,
            sequences: [
                .make(late: LateRule(after: .days(60), then: .skip), steps: [step]) { $0.purpose = row.purpose }
            ]
        )
        catalog.subscriptionPolicies = [Event.testPage: row.accounts]
        let person = Person.make(
            windowEnds: row.wrote.map { Self.now - .minutes($0) + StandardWindow.length },
            unreachable: row.unreachable,
            stoppedAt: row.stopped ? Self.now - .minutes(1) : nil,
            humanAt: row.human.map { Self.now - .minutes($0) },
            subscriptions: row.subscriptions
        )
        let enrollment = Enrollment(
            id: EnrollmentID(rawValue: 1),
            person: person.id,
            sequence: "care",
            round: 1,
            anchor: Self.now - .minutes(row.commented ?? 0),
            position: nil,
            comment: row.commented.map { _ in "9_8" }
        )
        let job = Job(
            enrollment: enrollment,
            person: person,
            step: "week",
            scheduled: Self.now,
            attempt: 0,
            part: 0,
            waitingFor: nil
        )
        let admission = catalog.admit(job, now: Self.now)
        let verdict =
            switch admission {
            case .send: admission.sent ?? ""
            case .wait(_, let reason): "wait for the \(reason.rawValue)"
            case .skip(let reason): "skip \(reason.rawValue)"
            case .fail(let why): "fail: \(why)"
            case .move(let address): "move to \(address.account.channel.rawValue)"
            case .refused(let delivery): "refused: \(delivery.reason ?? "")"
            }
        #expect(verdict == row.verdict)
    }
}
