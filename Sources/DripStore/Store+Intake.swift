package import DripCore
import GRDB

/// An event with the moment that counts as its own, and with its words read: that is done before it waits for the database.
package struct DatedEvent: Sendable {
    package let event: Event
    package let at: Instant
    private(set) var words: EventWords

    /// - Parameter readsAll: false: a long text is not read.
    package init(event: Event, at: Instant, readsAll: Bool = true) {
        self.event = event
        self.at = at
        words = EventWords(event, readsAll: readsAll)
    }

    /// The same; of a comment it is known which of these it has.
    fileprivate func finding(_ keywords: [Phrase]) -> DatedEvent {
        guard case .comment = event.kind else { return self }
        var known = self
        known.words.find(keywords)
        return known
    }
}

/// What a batch of events did.
package struct IntakeReport: Hashable, Sendable {
    /// Per kind, the events that were new.
    package var taken: [String: Int] = [:]
    package var duplicates = 0
    /// Of those that were new, older than a day (`EventAge.past`): nothing began by them.
    package var past = 0
    /// Events that were dropped, since they are older than the keys by which copies are known.
    package var expired = 0
    /// Events of pages that are not configured: not kept.
    package var strangers = 0
    package var enrolled = 0
    /// Sequences that somebody would have begun once more, and had too often within a day.
    package var begunTooOften: Set<String> = []
    package var confirmed = 0
    /// Who wants nothing more, and had not said so before.
    package var stopped = 0
    /// People who may want nothing more, by what the log calls them, with their page.
    package var paused: [PausedPerson] = []
    /// Accounts that answer no comments without an author for a while.
    package var commentPauses: [CommentPause] = []
    /// Somebody wrote of whom the platform has yet to tell.
    package var metUnknown = false
    /// The earliest new due time, by lane: what the dispatcher may have to wake up for.
    package var earliestDue: Instant?

    /// Adds what later events of the same batch did.
    fileprivate mutating func add(_ later: IntakeReport) {
        taken.merge(later.taken, uniquingKeysWith: +)
        duplicates += later.duplicates
        strangers += later.strangers
        enrolled += later.enrolled
        begunTooOften.formUnion(later.begunTooOften)
        confirmed += later.confirmed
        stopped += later.stopped
        paused += later.paused
        commentPauses += later.commentPauses
        metUnknown = metUnknown || later.metUnknown
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
    /// Writes events, each with all it causes. An event that is there already changes nothing.
    ///
    /// Many events are written in several transactions, between which others write. Where a later one fails the platform sends all
    /// of them again.
    package func take(_ events: [DatedEvent], now: Instant) async throws -> IntakeReport {
        let keywords = catalog.startsByComments ? catalog.commentKeywords : []
        let events = keywords.isEmpty ? events : events.map { $0.finding(keywords) }
        var report = IntakeReport()
        for slice in events.slices(of: WriteSlices.events) {
            report.add(try await intakes.take(slice, now: now, into: self))
        }
        return report
    }
}
