package import Channels
package import DripCore
package import DripStore
package import Foundation
package import Logging
import Synchronization

/// Takes webhooks: checks the signature, reads the envelope, and has the store write what it holds and causes. When this
/// returns `taken`, it is on the disk.
package final class Intake: Sendable {
    package enum Reception: Hashable, Sendable {
        case taken(IntakeReport)
        case badSignature
        case notJSON
        case notAnEnvelope
        /// Over `mostItems`.
        case tooManyItems
    }

    /// Of a webhook.
    package static let mostItems = WebhookEnvelope.mostItems

    private let store: Store
    private let clock: any WallClock
    private let eventTime: EventTime
    private let appSecret: Mutex<String>
    private let logger: Logger
    private let readingLimit = ReadingLimit()
    /// Shared with the server, so that a kind is logged once a minute wherever it is found.
    package let refusals: RefusalLog
    private let reached: @Sendable (Instant) -> Void
    private let wake: @Sendable () -> Void
    private let met: @Sendable () -> Void
    private let heard: @Sendable (PolicyNotice) -> Void

    /// - Parameters:
    ///   - refusals: what a stranger can make the log say; nil: a log of its own.
    ///   - reached: told of the latest time that a signed webhook shows to have been reached.
    ///   - wake: called when there is new or earlier work for the dispatcher.
    ///   - met: called when somebody wrote of whom the platform has yet to tell.
    ///   - heard: called when the platform enforces a policy on a page, or ceases to.
    package init(
        store: Store,
        clock: any WallClock,
        eventTime: EventTime,
        appSecret: String,
        logger: Logger,
        refusals: RefusalLog? = nil,
        reached: @escaping @Sendable (Instant) -> Void = { _ in },
        wake: @escaping @Sendable () -> Void,
        met: @escaping @Sendable () -> Void,
        heard: @escaping @Sendable (PolicyNotice) -> Void
    ) {
        self.store = store
        self.clock = clock
        self.eventTime = eventTime
        self.appSecret = Mutex(appSecret)
        self.logger = logger
        self.refusals = refusals ?? RefusalLog(logger: logger)
        self.reached = reached
        self.wake = wake
        self.met = met
        self.heard = heard
        // From the start, so that the first of them is an increase.
        for result in [
            "taken", "bad_signature", "not_json", "not_an_envelope", "too_many_items", "too_large", "no_room",
        ] {
            Metric.webhooks.count(0, .label("result", result))
        }
    }

    package func use(appSecret new: String) {
        appSecret.withLock { $0 = new }
    }

    /// Whether a value of `X-Hub-Signature-256` has the form of a signature, whatever the body.
    package static func couldBeSignature(_ value: String) -> Bool {
        WebhookSignature.isWellFormed(value)
    }

    /// - Parameters:
    ///   - body: the raw bytes, as they came: the signature is over these.
    ///   - signature: the value of `X-Hub-Signature-256`.
    /// - Throws: `StoreError`: nothing was written, and the platform should send it again.
    package func receive(_ body: Data, signature: String?) async throws -> Reception {
        let reception = try await take(body, signature: signature)
        count(reception)
        return reception
    }

    private func take(_ body: Data, signature: String?) async throws -> Reception {
        guard WebhookSignature.isValid(signature, body: body, secret: appSecret.withLock { $0 }) else {
            return .badSignature
        }
        let events: [Event]
        do {
            events = try WebhookEnvelope(body).events
        } catch .notJSON {
            return .notJSON
        } catch .notAnEnvelope {
            return .notAnEnvelope
        } catch .tooManyItems {
            return .tooManyItems
        }
        if eventTime == .platform, let latest = events.compactMap(\.at).max() { reached(latest) }
        let now = clock.now()
        let dated = events.map { event in
            DatedEvent(
                event: event,
                at: eventTime.instant(of: event, receivedAt: now),
                readsAll: readingLimit.reads(event, now: now)
            )
        }
        let report = try await store.take(dated, now: now)
        if report.earliestDue != nil { wake() }
        if report.metUnknown { met() }
        logger.note(report)
        // Not when it comes again: by then it may be over.
        if PolicyNotice.kinds.contains(where: { report.taken[$0] != nil }) {
            // One of days ago says nothing of now.
            for event in dated where EventAge(at: event.at, now: now) == .current {
                if let notice = PolicyNotice(event.event) { heard(notice) }
            }
        }
        return .taken(report)
    }

    private func count(_ reception: Reception) {
        let refusal: RefusalLog.Kind
        switch reception {
        case .taken(let report):
            Metric.webhooks.count(1, .label("result", "taken"))
            for (kind, number) in report.taken {
                Metric.events.count(number, .label("kind", kind))
            }
            Metric.eventsDuplicate.count(report.duplicates)
            if report.past > 0 { Metric.eventsLate.count(report.past) }
            if report.expired > 0 {
                Metric.eventsExpired.count(report.expired)
                refusals.note(.expired, report.expired)
            }
            for sequence in report.begunTooOften.sorted() {
                refusals.note(.begunTooOften, metadata: ["sequence": "\(sequence)", "times": "\(Round.mostOfDay)"])
            }
            if report.strangers > 0 {
                Metric.eventsStranger.count(report.strangers)
                refusals.note(.unknownPage, report.strangers)
            }
            return
        case .badSignature: refusal = .badSignature
        case .notJSON: refusal = .notJSON
        case .notAnEnvelope: refusal = .notAnEnvelope
        case .tooManyItems: refusal = .tooManyItems
        }
        Metric.webhooks.count(1, .label("result", refusal.rawValue))
        refusals.note(refusal)
    }
}
