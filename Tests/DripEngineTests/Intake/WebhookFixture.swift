import ControlAPI
import Crypto
import DripCore
import Foundation
import TestSupport

@testable import DripEngine
@testable import DripStore

/// A page to which one person has written before, and webhooks that reach it signed, through the real intake, onto a real disk.
///
/// Known is the person 100: they wrote two hours ago, the step `hello` of `care` went out to them 105 minutes ago, and the next
/// waits.
final class WebhookFixture {
    static let page = "12345654332"
    private static let secret = "test-app-secret"

    let state: TemporaryStore
    private let limiters: LimiterTable
    private let intake: Intake
    private let clock = ManualClock(.start)

    init() async throws {
        state = try await TemporaryStore([
            .make("care", steps: .care) { $0.stop = [.replied] },
            .make("link", start: [.ref("R")], steps: [.text("hello", 1, .hour)]),
            .make("go", start: [.postback("GO")], steps: [.text("hello", 1, .hour)]),
            .make("vip", start: [.tag("vip")], steps: [.text("hello", 1, .hour)]),
            .make(
                "share",
                start: [.comment(CommentRule(contains: [Phrase("share")], post: "\(Self.page)_9"))],
                steps: [.text("hello", 1, .hour)]
            ),
        ])
        let id = try await state.store.accounts(channel: "messenger", pages: [Self.page])[0]
        limiters = LimiterTable([Limiter(id: id, channel: .messenger, page: Self.page, perSecond: 10, rates: .tested)])
        let updates = AccountStatusUpdates(limiters: limiters, clock: clock, logger: .silent)
        intake = Intake(
            store: state.store,
            clock: clock,
            eventTime: .platform,
            appSecret: Self.secret,
            logger: .silent,
            wake: {},
            onUnknownPerson: {},
            onPolicyNotice: { updates.policyChanged($0) }
        )
        try await state.ingest(.message("0", from: "100", page: Self.page), now: .start - .hours(2))
        let due = Instant.start - .minutes(105)
        for claim in try await state.store.claim(account: id, limit: 10, now: due).claims {
            try await state.record(.accepted(messageID: "mid.100"), of: claim, now: due)
        }
    }

    /// - Returns: all that is so now and was not before, in words.
    func effect(of body: String) async throws -> [String] {
        let before = try await facts()
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(body.utf8),
            using: SymmetricKey(data: Data(Self.secret.utf8))
        )
        let signature = "sha256=" + code.map { String(format: "%02x", $0) }.joined()
        guard case .taken(let report) = try await intake.receive(Data(body.utf8), signature: signature) else {
            return ["refused"]
        }
        let counted = report.taken.sorted { $0.key < $1.key }
            .map { kind, count in count == 1 ? kind : "\(count) \(kind)" }
        let others = [(report.duplicates, "known before"), (report.unknownPages, "of a page that is not ours")]
            .compactMap { count, what in count > 0 ? "\(count) \(what)" : nil }
        return counted + others + (try await facts()).filter { !before.contains($0) }
    }

    private func facts() async throws -> [String] {
        var facts: [String] = []
        for summary in try await state.store.people(limit: 100, after: nil) {
            let person = try await state.store.person(summary.person)
            facts += ["person \(summary.person)"] + Self.facts(of: person).map { "\(summary.person) \($0)" }
        }
        facts += limiters.all.compactMap { $0.restricted.map { "page on hold, \($0)" } }
        return facts
    }

    private static func facts(of person: PersonDetail) -> [String] {
        let summary = person.summary
        let moments = [
            ("window until", summary.windowEnds), ("wrote first", summary.firstMessageAt),
            ("wrote", summary.lastWroteAt), ("human wrote", summary.humanAt), ("stopped", summary.stoppedAt),
        ]
        let subscriptions = summary.subscriptions ?? []
        let enrollments = person.enrollments.flatMap { enrollment in
            ["in \(enrollment.sequence) by \(enrollment.cause)"]
                + (enrollment.endReason.map { ["\(enrollment.sequence) over: \($0)"] } ?? [])
                + enrollment.deliveries.compactMap { delivery in
                    delivery.receipt.map { "\(enrollment.sequence)/\(delivery.step) \($0)" }
                }
        }
        return moments.compactMap { name, at in at.map { "\(name) \(Self.offset($0))" } }
            + summary.attributes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            + summary.tags.map { "tag \($0)" }
            + subscriptions.map { "subscribed \($0.kind.rawValue) \($0.topic)".trimmed }
            + enrollments
    }

    /// In hours and minutes from now: `+24:00`.
    private static func offset(_ at: Instant) -> String {
        let seconds = (at - .start).milliseconds / 1000
        let (sign, minutes) = (seconds < 0 ? "-" : "+", abs(seconds) / 60)
        return "\(sign)\(minutes / 60):\(String(format: "%02d", minutes % 60))"
    }
}
