package import ControlAPI
package import DripCore
package import DripStore
package import Foundation
package import Logging
import SequenceFiles
import ServiceLifecycle
import Synchronization

/// Puts the sequence files in force at the start and at every reload: all of them or none, one reload at a time.
///
/// Files take effect at once and for everyone. The jobs of the people under way follow in slices (`EditApplier`); if there are
/// many, the rest follows in the background.
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
    private let turns = SerialQueue()
    private let applier: EditApplier
    /// How long an adoption itself applies the edit. The rest is done in the background.
    private let patience: Duration
    /// Signals that the background has an edit to complete.
    private let pendingWork: AsyncStream<Void>
    private let pendingWorkDue: AsyncStream<Void>.Continuation
    /// True until the files have been read, if an edit of the previous process comes first.
    private let readsFilesLater = Mutex(false)

    /// - Parameters:
    ///   - sequences: a file or a folder.
    ///   - confirmAbove: files that would send to more people than this at once wait for `dripd apply`; nil for no limit.
    ///   - settings: the settings of the configuration that affect messages.
    ///   - renewSecrets: reads the secrets again and passes them to their users.
    ///   - patience: how long an adoption applies the edit before it returns.
    ///   - wake: called when due times may have changed.
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
        (pendingWork, pendingWorkDue) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How far the last edit has been applied to the people under way; nil if there was none.
    package var edit: AdoptionReport? { applier.progress }

    /// Applies the rest of edits until the daemon ends. The next process continues from there.
    package func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in self.pendingWork { await self.applyLeftovers() }
        }
    }

    private func applyLeftovers() async {
        while !Task.isCancelled {
            do {
                try await applier.apply()
                break
            } catch {
                logger.error("cannot apply the edit yet", because: error, metadata: ["next": "\(Self.retry)"])
                try? await Task.sleep(for: Self.retry)
            }
        }
        guard let report = edit, report.isComplete else { return }
        logger.notice("all people under way follow the files in force", metadata: report.counts)
        let readsFiles = readsFilesLater.withLock { isLater in
            defer { isLater = false }
            return isLater
        }
        if readsFiles { _ = await adopt(.start) }
    }

    private static let retry = Duration.seconds(5)

    /// The reason why the files on the disk are not in force; nil if they are.
    package var refused: String? {
        lastRefusal.withLock { $0 }
    }

    /// Reads the files, and at a reload the secrets, and puts them in force if none of them has an error.
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
            // One explanation serves all problems.
            for (index, problem) in problems.enumerated() {
                logger.error("\(problem)", metadata: index == 0 ? CatalogedMessage.filesRefused.metadata : [:])
            }
            let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
            lastRefusal.withLock { $0 = (problems.first ?? "") + more }
            if cause == .start { _ = await restore() }
        }
        return outcome
    }

    /// Continues the edit that the previous process did not complete. Its files are put in force again; those on the disk are
    /// read once the edit is complete.
    /// - Returns: the edit's progress; nil if there is no such edit, or its files cannot be put in force any more.
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
            logger.error("cannot apply the edit yet", because: error)
        }
        let report = edit.report
        if !report.isComplete || readsFilesLater.withLock({ $0 }) { pendingWorkDue.yield() }
        return report
    }

    /// Returns the catalog with the settings and the pinned versions, which are not in the files.
    private func complete(_ files: Catalog) async throws -> Catalog {
        try await store.withPinnedVersions(files.with(settings))
    }

    /// Puts the versions in force again that were in force when the last process ended. A restart then behaves like a reload:
    /// files that have errors, or wait for `dripd apply`, end no enrollment.
    /// - Returns: whether any versions were in force.
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
                        "these files would send to \(atOnce) people at once, more than adopt.confirm_above "
                            + "(\(confirmAbove)): `dripd plan` shows what they do, `dripd apply` puts them in force"
                    ])
                }
            }
            let versions = folder.versions
            let edit = try await store.beginEdit(catalog, versions: versions, plan: cause.plan, now: clock.now())
            // A start should take a second at most.
            return .adopted(await begin(edit, for: cause == .start ? min(patience, .milliseconds(200)) : patience))
        } catch {
            return .refused([ErrorDescription.words(error)])
        }
    }
}

/// The reason for putting files in force.
package enum AdoptionCause: Hashable, Sendable {
    /// The daemon starts.
    case start
    /// `systemctl reload`: secrets are read again, too.
    case reload
    /// `dripd apply`: an operator has seen what the files do. If they named a plan, the files must still match it.
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

/// A queue that runs async work one item at a time, in the order of the calls.
final class SerialQueue: Sendable {
    private let last = Mutex<Task<Void, Never>?>(nil)

    func take<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        let task = last.withLock { last in
            let task = Task { [before = last] in
                await before?.value
                return await body()
            }
            last = Task { _ = await task.value }
            return task
        }
        return await task.value
    }
}
