package import DripCore
package import DripStore
package import Logging
import SequenceFiles

/// Looks at the conversations of those to whom a message is in doubt. Decides nothing itself: `Doubt.find` does.
///
/// All that it has to remember is in the database, except which pages do not answer now: a restart asks those again.
package final class Reconciler {
    private let store: Store
    private let lanes: [LaneID]
    private let settling: Span
    private let comparesClocks: Bool
    private let logger: Logger
    private let ask: @Sendable (_ page: String, _ person: String) async -> ConversationsAnswer
    private let wake: @Sendable () -> Void
    /// Pages that were asked in vain: until when they are left alone, and how long they were the last time.
    private var pauses: [LaneID: (until: Instant, span: Span)] = [:]

    private static let firstPause = Span.seconds(30)
    private static let longestPause = Span.minutes(30)

    /// - Parameters:
    ///   - lanes: the pages' lanes.
    ///   - settling: how long the platform may take to show what it took: `Doubt.settling`, or more on a fast clock, which
    ///     does not make the network faster.
    ///   - comparesClocks: not on a fast clock, where the platform's time is another.
    ///   - ask: puts the question to the platform, at its pace.
    ///   - wake: called when there is new work for the dispatcher.
    package init(
        store: Store,
        lanes: [LaneID],
        settling: Span,
        comparesClocks: Bool,
        logger: Logger,
        ask: @escaping @Sendable (_ page: String, _ person: String) async -> ConversationsAnswer,
        wake: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.lanes = lanes
        self.settling = settling
        self.comparesClocks = comparesClocks
        self.logger = logger
        self.ask = ask
        self.wake = wake
    }

    /// Looks at all conversations that are to be looked at, those of a page in the order in which its messages left.
    /// - Returns: when to come again, even if nothing is in doubt now: what will be has to settle first, so that no look
    ///   comes late and nobody has to call.
    /// - Throws: `StoreError`.
    package func look(now: () -> Instant) async throws -> Instant {
        var next = now() + settling
        for lane in lanes {
            while !Task.isCancelled, now() >= pauses[lane]?.until ?? .distantPast,
                let doubt = try await store.doubt(lane: lane, settling: settling, now: now())
            {
                try await look(doubt, now: now)
            }
            guard let due = try await store.nextLook(lane: lane, settling: settling) else { continue }
            next = min(next, max(due, pauses[lane]?.until ?? due))
        }
        return next
    }

    private func look(_ doubt: Doubt, now: () -> Instant) async throws {
        if let id = doubt.shownAs { return try await reconcile(doubt, .found(messageID: id), now: now()) }
        guard doubt.isAddressKnown else {
            let why = "the platform has not told yet who wrote the comment"
            return try await reconcile(doubt, .unknown(why: why), now: now())
        }
        switch await ask(doubt.person.page, doubt.person.address) {
        case .found(let page):
            pauses[doubt.person.lane] = nil
            let finding = doubt.find(
                store.catalog.sought(by: doubt, in: try await sequence(of: doubt)),
                in: page.conversations.first { $0.person == doubt.person.address },
                readAt: comparesClocks ? page.readAt : nil,
                settling: settling,
                now: now()
            )
            try await reconcile(doubt, finding, now: now())
        case .later(let why):
            // It was not asked.
            if Task.isCancelled { return }
            let last = pauses[doubt.person.lane]?.span
            let span = last.map { min(Span(milliseconds: 2 * $0.milliseconds), Self.longestPause) } ?? Self.firstPause
            pause(doubt.person, span, why, now: now())
            try await store.doubtWaits(doubt, because: why)
        case .refused(let why):
            // Of this person, or of all: whoever is next finds out.
            pause(doubt.person, Self.longestPause, why, now: now())
            try await reconcile(doubt, .unknown(why: why), now: now())
        }
    }

    private func pause(_ person: Person, _ span: Span, _ why: String, now: Instant) {
        pauses[person.lane] = (now + span, span)
        logger.warning(
            "conversations cannot be read: what is in doubt stays so for now",
            metadata: ["page": "\(person.page)", "reason": "\(why)", "for": "\(span)"]
        )
    }

    private func reconcile(_ doubt: Doubt, _ finding: Finding, now: Instant) async throws {
        var metadata: Logger.Metadata = [
            "sequence": "\(doubt.enrollment.sequence)", "step": "\(doubt.step)",
            "enrollment": "\(doubt.enrollment.id.rawValue)",
        ]
        switch try await store.reconcile(doubt, finding, now: now) {
        case .sent: logger.notice("no longer in doubt: the conversation shows it", metadata: metadata)
        case .goesOn:
            logger.notice(
                "no longer in doubt: the conversation shows it, and what is left of its step follows",
                metadata: metadata
            )
            wake()
        case .again:
            logger.notice("no longer in doubt: it did not arrive, and goes out once more", metadata: metadata)
            wake()
        case .skipped(let reason):
            metadata["reason"] = "\(reason)"
            logger.notice("no longer in doubt: it did not arrive, and is not sent any more", metadata: metadata)
        case .open(let why, let nextLook):
            metadata["reason"] = "\(why)"
            let more =
                nextLook == nil ? ": `dripd jobs list` shows it, `dripd jobs resolve` decides over it" : " for now"
            logger.warning("stays in doubt\(more)", metadata: metadata)
        case .nothing: break
        }
    }

    /// The version that the message was made from; nil where this dripd does not understand it.
    private func sequence(of doubt: Doubt) async throws -> DripSequence? {
        guard let hash = doubt.sequenceHash else { return nil }
        let catalog = store.catalog
        if let current = catalog[doubt.enrollment.sequence], current.hash == hash { return current }
        if let pinned = catalog.pinned[hash] { return pinned }
        return try await store.version(hash).flatMap { SequenceFolder.sequence(of: $0.content, path: $0.file) }
    }
}
