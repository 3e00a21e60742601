package import DripCore
package import DripStore
package import Logging
import SequenceFiles

/// Reads the conversations of people with a delivery in doubt. `InDoubtDelivery.find` decides whether the message arrived.
///
/// Its state is in the database, except for pauses of pages that do not answer: after a restart it asks those again.
package final class Reconciler {
    private let store: Store
    private let accounts: [AccountID]
    private let settling: Milliseconds
    private let comparesClocks: Bool
    private let logger: Logger
    private let ask: @Sendable (_ page: String, _ person: String) async -> ConversationsAnswer
    private let wake: @Sendable () -> Void
    /// Pages that did not answer: the end of the pause and its length.
    private var pauses: [AccountID: (until: Instant, span: Milliseconds)] = [:]

    private static let firstPause = Milliseconds.seconds(30)
    private static let longestPause = Milliseconds.minutes(30)

    /// - Parameters:
    ///   - accounts: the pages' accounts.
    ///   - settling: how long the platform may take to show a message that it accepted: `InDoubtDelivery.settling`, or more on a
    ///     fast clock, which does not make the network faster.
    ///   - comparesClocks: false on a fast clock, which differs from the platform's.
    ///   - ask: asks the platform for a person's conversation, at the pace that it allows.
    ///   - wake: called when there is new work for the dispatcher.
    package init(
        store: Store,
        accounts: [AccountID],
        settling: Milliseconds,
        comparesClocks: Bool,
        logger: Logger,
        ask: @escaping @Sendable (_ page: String, _ person: String) async -> ConversationsAnswer,
        wake: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.accounts = accounts
        self.settling = settling
        self.comparesClocks = comparesClocks
        self.logger = logger
        self.ask = ask
        self.wake = wake
    }

    /// Checks all conversations that are due, those of a page in the order in which their messages were sent.
    /// - Returns: when to check again. A delivery that comes into doubt meanwhile has to settle first, so that time is never too
    ///   late and no caller has to wake the reconciler.
    /// - Throws: `StoreError`.
    package func look(now: () -> Instant) async throws -> Instant {
        var next = now() + settling
        for account in accounts {
            while !Task.isCancelled, now() >= pauses[account]?.until ?? .distantPast,
                let delivery = try await store.deliveryInDoubt(account: account, settling: settling, now: now())
            {
                try await check(delivery, now: now)
            }
            guard let due = try await store.nextCheck(account: account, settling: settling) else { continue }
            next = min(next, max(due, pauses[account]?.until ?? due))
        }
        return next
    }

    private func check(_ delivery: InDoubtDelivery, now: () -> Instant) async throws {
        if let id = delivery.echoMessageID { return try await reconcile(delivery, .found(messageID: id), now: now()) }
        guard delivery.isAddressKnown else {
            let why = "the platform has not named the comment's author yet"
            return try await reconcile(delivery, .unknown(why: why), now: now())
        }
        switch await ask(delivery.person.address.account.externalID, delivery.person.address.externalID) {
        case .found(let page):
            pauses[delivery.person.address.account.id] = nil
            let finding = delivery.match(
                store.catalog.expectedMessage(of: delivery, in: try await sequence(of: delivery)),
                in: page.conversations.first { $0.person == delivery.person.address.externalID },
                readAt: comparesClocks ? page.readAt : nil,
                settling: settling,
                now: now()
            )
            try await reconcile(delivery, finding, now: now())
        case .later(let why):
            // At a shutdown the platform was not asked.
            if Task.isCancelled { return }
            let last = pauses[delivery.person.address.account.id]?.span
            let span = last.map { min(Milliseconds(2 * $0.milliseconds), Self.longestPause) } ?? Self.firstPause
            pause(delivery.person, span, why, now: now())
            try await store.deferReconciliation(delivery, because: why)
        case .refused(let why):
            // The platform may refuse this person or the whole page: the next delivery will tell.
            pause(delivery.person, Self.longestPause, why, now: now())
            try await reconcile(delivery, .unknown(why: why), now: now())
        }
    }

    private func pause(_ person: Person, _ span: Milliseconds, _ why: String, now: Instant) {
        pauses[person.address.account.id] = (now + span, span)
        logger.warning(
            "conversations cannot be read: deliveries in doubt stay so for now",
            metadata: ["page": "\(person.address.account.externalID)", "reason": "\(why)", "for": "\(span)"]
        )
    }

    private func reconcile(_ delivery: InDoubtDelivery, _ finding: MatchResult, now: Instant) async throws {
        var metadata: Logger.Metadata = [
            "sequence": "\(delivery.enrollment.sequence)", "step": "\(delivery.step)",
            "enrollment": "\(delivery.enrollment.id.rawValue)",
        ]
        switch try await store.reconcile(delivery, finding, now: now) {
        case .sent: logger.notice("no longer in doubt: the conversation shows it", metadata: metadata)
        case .goesOn:
            logger.notice(
                "no longer in doubt: the conversation shows it, and the rest of its step follows",
                metadata: metadata
            )
            wake()
        case .again:
            logger.notice("no longer in doubt: it did not arrive, and is sent again", metadata: metadata)
            wake()
        case .skipped(let reason):
            metadata["reason"] = "\(reason)"
            logger.notice("no longer in doubt: it did not arrive, and is not sent any more", metadata: metadata)
        case .open(let why, let nextCheck):
            metadata["reason"] = "\(why)"
            let more =
                nextCheck == nil ? ": `dripd jobs list` shows it, `dripd jobs resolve` decides it" : " for now"
            logger.warning("stays in doubt\(more)", metadata: metadata)
        case .nothing: break
        }
    }

    /// Returns the version that the message was made from; nil if this dripd does not understand it.
    private func sequence(of delivery: InDoubtDelivery) async throws -> DripSequence? {
        guard let hash = delivery.sequenceHash else { return nil }
        let catalog = store.catalog
        if let current = catalog[delivery.enrollment.sequence], current.hash == hash { return current }
        if let pinned = catalog.pinned[hash] { return pinned }
        return try await store.version(hash).flatMap { SequenceFolder.sequence(of: $0.content, path: $0.file) }
    }
}
