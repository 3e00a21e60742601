package import DripCore
package import DripStore
package import Foundation
package import Logging
import SequenceFiles
import ServiceLifecycle
import Synchronization

/// Puts the sequence files in force: at the start, and at every reload. All of them or none, one reload after the other.
///
/// Files are in force at once and for everybody; the jobs of the people under way follow in slices (`EditApplier`), in the
/// background where they are many.
package final class Adopter: Service {
    private let store: Store
    private let sequences: String
    private let zone: TimeZone
    private let confirmAbove: Int?
    private let settings: CatalogSettings
    private let clock: any WallClock
    private let logger: Logger
    private let renewSecrets: @Sendable () throws -> Void
    private let wake: @Sendable () -> Void
    private let lastRefusal = Mutex<String?>(nil)
    private let turns = Turns()
    private let applier: EditApplier
    /// How long an adoption itself applies the edit; what is left then is done in the background.
    private let patience: Duration
    /// What is left of an edit for the background.
    private let leftovers: AsyncStream<Void>
    private let leftoversDue: AsyncStream<Void>.Continuation
    /// The files are still to be read, since an edit of the process before this one comes first.
    private let readsFilesLater = Mutex(false)

    /// - Parameters:
    ///   - sequences: a file or a folder.
    ///   - confirmAbove: files that would send to more people than this at once wait for `dripd apply`; nil: none do.
    ///   - settings: what the configuration says that decides over messages.
    ///   - renewSecrets: reads the secrets again and hands them to whoever uses them.
    ///   - patience: for how long an adoption brings people into line before it returns.
    ///   - wake: called when jobs may be due at other times than before.
    package init(
        store: Store,
        sequences: String,
        zone: TimeZone,
        confirmAbove: Int?,
        settings: CatalogSettings,
        clock: any WallClock,
        logger: Logger,
        patience: Duration = .seconds(1),
        renewSecrets: @escaping @Sendable () throws -> Void,
        wake: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.sequences = sequences
        self.zone = zone
        self.confirmAbove = confirmAbove
        self.settings = settings
        self.clock = clock
        self.logger = logger
        self.renewSecrets = renewSecrets
        self.wake = wake
        self.patience = patience
        applier = EditApplier(store: store, clock: clock, wake: wake)
        (leftovers, leftoversDue) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How far the last edit has been applied to the people under way; nil where there was none.
    package var edit: AdoptionReport? { applier.progress }

    /// Applies what is left of edits, until the daemon ends. The next one goes on from there.
    package func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in self.leftovers { await self.applyLeftovers() }
        }
    }

    private func applyLeftovers() async {
        while !Task.isCancelled {
            do {
                try await applier.apply()
                break
            } catch {
                logger.error("the edit waits", because: error, metadata: ["next": "\(Self.retry)"])
                try? await Task.sleep(for: Self.retry)
            }
        }
        guard let report = edit, report.isComplete else { return }
        logger.notice("everybody under way follows the files in force", metadata: report.counts)
        let readsFiles = readsFilesLater.withLock { isLater in
            defer { isLater = false }
            return isLater
        }
        if readsFiles { _ = await adopt(.start) }
    }

    private static let retry = Duration.seconds(5)

    /// Why the files on the disk are not those in force; nil when they are.
    package var refused: String? {
        lastRefusal.withLock { $0 }
    }

    /// Reads the files, and the secrets again if asked, and puts them in force if nothing is wrong with any of them.
    package func adopt(_ cause: AdoptionCause) async -> ReloadOutcome {
        await turns.take { await self.adoptNow(cause) }
    }

    private func adoptNow(_ cause: AdoptionCause) async -> ReloadOutcome {
        if cause == .start, let pending = await resume() { return .adopted(pending) }
        let outcome = await attempt(cause)
        switch outcome {
        case .adopted(let report):
            lastRefusal.withLock { $0 = nil }
            logger.notice("sequences in force", metadata: report.metadata(sequences: store.catalog.sequences.count))
            wake()
        case .refused(let problems):
            // Explained once.
            for (index, problem) in problems.enumerated() {
                logger.error("\(problem)", metadata: index == 0 ? CatalogedMessage.filesRefused.metadata : [:])
            }
            let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
            lastRefusal.withLock { $0 = (problems.first ?? "") + more }
            if cause == .start { _ = await restore() }
        }
        return outcome
    }

    /// Goes on with the edit that the process before this one did not complete: its files are put in force again, and those on
    /// the disk are read once everybody follows them.
    /// - Returns: how far it came; nil where there is none, or its files cannot be put in force any more.
    private func resume() async -> AdoptionReport? {
        do {
            guard let edit = try await store.pendingEdit(), await restore() else { return nil }
            readsFilesLater.withLock { $0 = true }
            return await begin(edit, for: .zero)
        } catch {
            logger.error(because: error)
            return nil
        }
    }

    /// Applies an edit for a while, and leaves the rest to the background.
    private func begin(_ edit: Edit, for limit: Duration) async -> AdoptionReport {
        applier.begin(edit)
        do {
            try await applier.apply(for: limit)
        } catch {
            logger.error("the edit waits", because: error)
        }
        let report = edit.report
        if !report.isComplete || readsFilesLater.withLock({ $0 }) { leftoversDue.yield() }
        return report
    }

    /// With all that a catalog knows besides its files.
    private func complete(_ files: Catalog) async throws -> Catalog {
        try await store.withPinnedVersions(files.with(settings))
    }

    /// Puts in force what was so when the last process ended: files that are wrong or wait for a word end nobody's care,
    /// and a restart is no other thing than a reload.
    /// - Returns: whether anything was.
    private func restore() async -> Bool {
        do {
            let versions = try await store.versionsInForce()
            guard !versions.isEmpty else { return false }
            let catalog = try await complete(try Catalog(versions, zone: zone))
            _ = try await store.beginEdit(catalog, versions: versions, plan: nil, now: clock.now())
            logger.warning(
                "the sequences that were in force stay in force",
                metadata: ["sequences": "\(versions.count)"]
            )
            return true
        } catch {
            logger.error(because: error)
            return false
        }
    }

    private func attempt(_ cause: AdoptionCause) async -> ReloadOutcome {
        let folder = SequenceFolder.load(paths: [sequences], defaultZone: zone, settings: settings)
        guard let files = folder.catalog else {
            return .refused(folder.diagnostics.filter { $0.severity == .error }.map(\.description))
        }
        do {
            if cause == .reload { try renewSecrets() }
            // An earlier edit comes first: see `Store.beginEdit`.
            try await applier.apply()
            let catalog = try await complete(files)
            if let confirmAbove, !cause.isConfirmed {
                let atOnce = try await store.plan(catalog, people: 0, now: clock.now()).plan.atOnce
                if atOnce > confirmAbove {
                    return .refused([
                        "these files would send to \(atOnce) people at once, over adopt.confirm_above, "
                            + "\(confirmAbove): `dripd plan` shows what they do, `dripd apply` puts them in force"
                    ])
                }
            }
            let versions = folder.versions
            let edit = try await store.beginEdit(catalog, versions: versions, plan: cause.plan, now: clock.now())
            // A start is to take a second.
            return .adopted(await begin(edit, for: cause == .start ? min(patience, .milliseconds(200)) : patience))
        } catch {
            return .refused([ErrorText.words(error)])
        }
    }
}

/// Why files are to be put in force.
package enum AdoptionCause: Hashable, Sendable {
    /// The daemon starts.
    case start
    /// `systemctl reload`: secrets are read again, too.
    case reload
    /// An operator has seen what the files do: `dripd apply`. Held to a plan, if they named one.
    case apply(plan: String?)

    var isConfirmed: Bool { plan != nil || self == .apply(plan: nil) }

    var plan: String? {
        if case .apply(let plan) = self { plan } else { nil }
    }
}

extension AdoptionReport {
    fileprivate func metadata(sequences: Int) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["sequences": "\(sequences)"]
        for (name, list) in [("added", added), ("changed", changed), ("removed", removed)] where !list.isEmpty {
            metadata[name] = "\(list.joined(separator: " "))"
        }
        metadata.merge(counts) { _, count in count }
        if !isComplete { metadata["applied"] = "\(Int(share * 100)) %" }
        return metadata
    }

    fileprivate var counts: Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        for (name, count) in [("moved", moved), ("finished", finished), ("reopened", reopened), ("held", held)]
        where count > 0 {
            metadata[name] = "\(count)"
        }
        return metadata
    }
}
