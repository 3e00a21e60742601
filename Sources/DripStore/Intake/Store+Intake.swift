package import ControlAPI
package import DripCore
import GRDB
import Synchronization

/// An event with its time and its parsed words. The words are parsed before the event waits for the database.
package struct DatedEvent: Sendable {
    package let event: Event
    package let at: Instant
    private(set) var words: EventWords

    /// - Parameter readsAll: false to skip long texts.
    package init(event: Event, at: Instant, readsAll: Bool = true) {
        self.event = event
        self.at = at
        words = EventWords(event, readsAll: readsAll)
    }

    /// Returns the event with the keywords that its comment contains.
    fileprivate func finding(_ keywords: [Phrase]) -> DatedEvent {
        guard case .comment = event.kind else { return self }
        var known = self
        known.words.find(keywords)
        return known
    }
}

/// The result of ingesting a batch of events.
package struct IntakeReport: Hashable, Sendable {
    /// The number of new events, by kind.
    package var taken: [String: Int] = [:]
    package var duplicates = 0
    /// New events that were older than a day (`EventAge.past`), so they started nothing.
    package var past = 0
    /// Events that were dropped because they are older than the keys that detect duplicates.
    package var expired = 0
    /// Events of pages that are not configured. They are not stored.
    package var unknownPages = 0
    package var enrolled = 0
    /// Sequences that were not started because a person had started them too often within a day.
    package var startLimitReached: Set<String> = []
    package var confirmed = 0
    /// People who asked to get nothing more, and had not done so before.
    package var stopped = 0
    /// People who may have asked to get nothing more, by their pseudonym, with their page.
    package var paused: [PausedPerson] = []
    /// Pauses that have begun: these accounts answer no comments without an author for a while.
    package var commentPauses: [CommentPause] = []
    /// Whether a person wrote whose profile is not known yet.
    package var needsProfile = false
    /// The earliest new due time, for which the dispatcher may have to wake up.
    package var earliestDue: Instant?

    /// Adds the results of later events of the same batch.
    fileprivate mutating func add(_ later: IntakeReport) {
        taken.merge(later.taken, uniquingKeysWith: +)
        duplicates += later.duplicates
        unknownPages += later.unknownPages
        enrolled += later.enrolled
        startLimitReached.formUnion(later.startLimitReached)
        confirmed += later.confirmed
        stopped += later.stopped
        paused += later.paused
        commentPauses += later.commentPauses
        needsProfile = needsProfile || later.needsProfile
        earliestDue = [earliestDue, later.earliestDue].compactMap(\.self).min()
        expired += later.expired
        past += later.past
    }
}

/// A person whose messages are paused until an operator decides.
package struct PausedPerson: Hashable, Sendable {
    package let page: String
    package let pseudonym: String
}

extension Store {
    /// Writes events with all their effects. An event that is stored already changes nothing.
    ///
    /// Many events are written in several transactions, with other writes in between. If a later one fails, the
    /// platform sends all of them again.
    package func ingest(_ events: [DatedEvent], now: Instant) async throws -> IntakeReport {
        let keywords = catalog.startsByComments ? catalog.commentKeywords : []
        let events = keywords.isEmpty ? events : events.map { $0.finding(keywords) }
        var report = IntakeReport()
        for slice in events.slices(of: WriteSlices.events) {
            report.add(try await intakes.ingest(slice, now: now, into: self))
        }
        return report
    }
}

/// Collects webhooks that arrive during a transaction and writes them together in the next one, so that they share one
/// flush of the disk. Each webhook is written completely or not at all.
final class IntakeQueue: Sendable {
    private struct Batch {
        let events: [DatedEvent]
        let now: Instant
        let answer: CheckedContinuation<IntakeReport, any Error>
    }

    private struct State {
        var waiting: [Batch] = []
        var isWriting = false
    }

    private let state = Mutex(State())

    /// The maximum number of events per transaction: other writes wait for it.
    static let mostEvents = 256

    /// Writes events, and returns once all of them are on the disk.
    func ingest(_ events: [DatedEvent], now: Instant, into store: Store) async throws -> IntakeReport {
        try await withCheckedThrowingContinuation { answer in
            let isFirst = state.withLock { state in
                state.waiting.append(Batch(events: events, now: now, answer: answer))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if isFirst { Task { await write(into: store) } }
        }
    }

    /// Writes until no batch waits.
    private func write(into store: Store) async {
        while let batches = next() {
            do {
                let reports = try await Self.write(batches, into: store)
                for (batch, report) in zip(batches, reports) { batch.answer.resume(returning: report) }
            } catch  where batches.count > 1 && !(error is StoreError) {
                // An error in one webhook must not affect the others.
                for batch in batches { await Self.write(alone: batch, into: store) }
            } catch {
                for batch in batches { batch.answer.resume(throwing: error) }
            }
        }
    }

    private static func write(alone batch: Batch, into store: Store) async {
        do {
            for report in try await write([batch], into: store) { batch.answer.resume(returning: report) }
        } catch {
            batch.answer.resume(throwing: error)
        }
    }

    private static func write(_ batches: [Batch], into store: Store) async throws -> [IntakeReport] {
        try await store.write(as: "intake") { db in
            let reports = try IntakeTransaction.TransactionState.during(db, now: batches[0].now) { shared in
                try batches.map { batch in
                    var intake = IntakeTransaction(
                        db: db,
                        instance: store.instance,
                        catalog: store.catalog,
                        now: batch.now,
                        shared: shared,
                        downtime: store.downtime
                    )
                    for event in batch.events { try intake.ingest(event) }
                    return intake.report
                }
            }
            if reports.contains(where: { $0.stopped > 0 || !$0.paused.isEmpty }) {
                try store.fence.countOptOut(db, now: batches[0].now)
            }
            return reports
        }
    }

    private func next() -> [Batch]? {
        state.withLock { state in
            var events = 0
            let batches = state.waiting.prefix { batch in
                defer { events += batch.events.count }
                return events == 0 || events + batch.events.count <= Self.mostEvents
            }
            state.waiting.removeFirst(batches.count)
            state.isWriting = !batches.isEmpty
            return batches.isEmpty ? nil : Array(batches)
        }
    }
}
