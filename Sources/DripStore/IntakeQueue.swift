import DripCore
import GRDB
import Synchronization

/// Webhooks that come while a transaction is under way are written together in the next one: they wait for one flush of the
/// disk instead of each for its own. Each of them is all or nothing by itself.
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

    /// A transaction takes no more: nothing else is written meanwhile.
    static let mostEvents = 256

    /// Returns when all of it is on the disk.
    func take(_ events: [DatedEvent], now: Instant, into store: Store) async throws -> IntakeReport {
        try await withCheckedThrowingContinuation { answer in
            let isFirst = state.withLock { state in
                state.waiting.append(Batch(events: events, now: now, answer: answer))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if isFirst { Task { await write(into: store) } }
        }
    }

    /// Until nothing waits any more.
    private func write(into store: Store) async {
        while let batches = next() {
            do {
                let reports = try await Self.write(batches, into: store)
                for (batch, report) in zip(batches, reports) { batch.answer.resume(returning: report) }
            } catch  where batches.count > 1 && !(error is StoreError) {
                // What is wrong with one webhook is its own.
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
            let reports = try IntakeTransaction.Shared.during(db, now: batches[0].now) { shared in
                try batches.map { batch in
                    var intake = IntakeTransaction(
                        db: db,
                        instance: store.instance,
                        catalog: store.catalog,
                        now: batch.now,
                        shared: shared,
                        downtime: store.downtime
                    )
                    for event in batch.events { try intake.take(event) }
                    return intake.report
                }
            }
            if reports.contains(where: { $0.stopped > 0 || !$0.paused.isEmpty }) {
                try store.fence.noteStop(db, now: batches[0].now)
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
