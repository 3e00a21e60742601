package import Channels
import ControlAPI
package import DripCore
package import DripStore
package import Foundation
package import Logging
import Synchronization

/// Receives webhooks: checks the signature, reads the envelope, and has the store record the events and their effects. Once
/// `receive` returns `taken`, they are on the disk.
package final class Intake: Sendable {
    package enum IntakeResult: Hashable, Sendable {
        case taken(IntakeReport)
        case badSignature
        case notJSON
        case notAnEnvelope
        /// More than `mostItems`.
        case tooManyItems
    }

    /// The limit on the items of one webhook.
    package static let mostItems = WebhookEnvelope.mostItems

    private let store: Store
    private let clock: any WallClock
    private let eventTime: EventTime
    private let appSecret: Mutex<String>
    private let logger: Logger
    private let readingLimit = ReadingLimit()
    /// Shared with the server, so that each kind is logged once a minute wherever it occurs.
    package let refusals: RefusalLog
    private let reached: @Sendable (Instant) -> Void
    private let wake: @Sendable () -> Void
    private let onUnknownPerson: @Sendable () -> Void
    private let onPolicyNotice: @Sendable (PolicyNotice) -> Void

    /// - Parameters:
    ///   - refusals: the log of refusals that strangers can cause; nil for a log of its own.
    ///   - reached: called with the latest time in a signed webhook, which proves that this time has been reached.
    ///   - wake: called when there is new or earlier work for the dispatcher.
    ///   - onUnknownPerson: called when a person wrote whose profile is not known yet.
    ///   - onPolicyNotice: called when the platform enforces a policy on a page, or stops doing so.
    package init(
        store: Store,
        clock: any WallClock,
        eventTime: EventTime,
        appSecret: String,
        logger: Logger,
        refusals: RefusalLog? = nil,
        reached: @escaping @Sendable (Instant) -> Void = { _ in },
        wake: @escaping @Sendable () -> Void,
        onUnknownPerson: @escaping @Sendable () -> Void,
        onPolicyNotice: @escaping @Sendable (PolicyNotice) -> Void
    ) {
        self.store = store
        self.clock = clock
        self.eventTime = eventTime
        self.appSecret = Mutex(appSecret)
        self.logger = logger
        self.refusals = refusals ?? RefusalLog(logger: logger)
        self.reached = reached
        self.wake = wake
        self.onUnknownPerson = onUnknownPerson
        self.onPolicyNotice = onPolicyNotice
        // Created at the start, so that the first webhook of each result shows as an increase.
        for result in [
            "taken", "bad_signature", "not_json", "not_an_envelope", "too_many_items", "too_large", "no_room",
        ] {
            Metric.webhooks.count(0, .label("result", result))
        }
    }

    package func use(appSecret new: String) {
        appSecret.withLock { $0 = new }
    }

    /// Returns whether a value of `X-Hub-Signature-256` has the form of a signature. It may still be wrong for the body.
    package static func couldBeSignature(_ value: String) -> Bool {
        WebhookSignature.isWellFormed(value)
    }

    /// Checks and records one webhook.
    /// - Parameters:
    ///   - body: the raw bytes as received, which are signed.
    ///   - signature: the value of `X-Hub-Signature-256`.
    /// - Throws: `StoreError`: nothing was written, and the platform should send it again.
    package func receive(_ body: Data, signature: String?) async throws -> IntakeResult {
        let reception = try await take(body, signature: signature)
        count(reception)
        return reception
    }

    private func take(_ body: Data, signature: String?) async throws -> IntakeResult {
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
        let report = try await store.ingest(dated, now: now)
        if report.earliestDue != nil { wake() }
        if report.needsProfile { onUnknownPerson() }
        logger.note(report)
        // Only new notices count: by the time of a repetition the enforcement may be over.
        if PolicyNotice.kinds.contains(where: { report.taken[$0] != nil }) {
            // A notice that is days old says nothing about now.
            for event in dated where EventAge(at: event.at, now: now) == .current {
                if let notice = PolicyNotice(event.event) { onPolicyNotice(notice) }
            }
        }
        return .taken(report)
    }

    private func count(_ reception: IntakeResult) {
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
            for sequence in report.startLimitReached.sorted() {
                refusals.note(.startLimitReached, metadata: ["sequence": "\(sequence)", "times": "\(Round.maxPerDay)"])
            }
            if report.unknownPages > 0 {
                Metric.eventsStranger.count(report.unknownPages)
                refusals.note(.unknownPage, report.unknownPages)
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

extension Logger {
    /// Logs the effects of a batch of events that an operator has to act on. It names people by pseudonym, and quotes nothing that
    /// they wrote.
    func note(_ report: IntakeReport) {
        for person in report.paused {
            warning(
                "a person may want nothing more: their messages are paused until you decide",
                metadata: ["page": "\(person.page)", "person": "\(person.pseudonym)"].merging(
                    CatalogedMessage.unclearOptOut.metadata
                ) { own, _ in own }
            )
        }
        for pause in report.commentPauses { note(pause) }
    }

    /// Logs and counts a pause.
    func note(_ pause: CommentPause) {
        Metric.commentPauses.count(1, .label("page", pause.page), .label("reason", pause.reason.rawValue))
        warning(
            """
            comments whose author the platform does not name are not answered for a while: a private reply reached a person \
            who should have got none. Give the page's token pages_read_user_content, so that dripd knows the authors
            """,
            metadata: ["page": "\(pause.page)", "reason": "\(pause.reason.rawValue)", "until": "\(pause.until)"]
                .merging(
                    CatalogedMessage.commentsPaused.metadata
                ) { own, _ in own }
        )
    }
}

/// A limit on the long texts of one person that are read in a minute. Above it a text still opens the window and counts as a
/// reply, but it is not compared with any phrase. Short texts are always read, so that a STOP is never missed.
final class ReadingLimit: Sendable {
    /// A person who types writes one or two.
    static let mostOfMinute = 20

    /// The number of counters, which people share by hash. With this many a counter nearly always belongs to one person, and
    /// memory stays at 64 KiB.
    private static let places = 65_536

    private struct State {
        var minute: Int64 = 0
        var counts = [UInt8](repeating: 0, count: ReadingLimit.places)
    }

    private let state = Mutex(State())

    /// Returns whether the event's text may be read, and counts it.
    func reads(_ event: Event, now: Instant) -> Bool {
        guard let person = event.person, EventWords.isLong(event) else { return true }
        // Each process seeds the hasher anew, so a sender cannot choose whose counter to share.
        var hasher = Hasher()
        hasher.combine(event.page)
        hasher.combine(person)
        let place = Int(UInt(bitPattern: hasher.finalize()) % UInt(Self.places))
        let minute = now.milliseconds / 60_000
        return state.withLock { state in
            if state.minute != minute { state = State(minute: minute) }
            guard state.counts[place] < Self.mostOfMinute else { return false }
            state.counts[place] += 1
            return true
        }
    }
}
