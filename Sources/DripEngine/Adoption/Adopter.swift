package import DripCore
package import DripStore
package import Foundation
package import Logging
import SequenceFiles
import Synchronization

/// Puts the sequence files in force: at the start, and at every reload. All of them or none, one reload after the other.
package final class Adopter: Sendable {
    private let store: Store
    private let sequences: String
    private let zone: TimeZone
    private let confirmAbove: Int?
    private let optOut: Set<Phrase>
    private let lanes: [String: SubscriptionLanes]
    private let dailyLimit: DailyLimit?
    private let clock: any WallClock
    private let logger: Logger
    private let renewSecrets: @Sendable () throws -> Void
    private let wake: @Sendable () -> Void
    private let lastRefusal = Mutex<String?>(nil)
    private let turns = Turns()

    /// - Parameters:
    ///   - sequences: a file or a folder.
    ///   - confirmAbove: files that would send to more people than this at once wait for `dripd apply`; nil: none do.
    ///   - optOut: a message that says one of these ends everything for its person.
    ///   - lanes: by which subscriptions pages may write, by page.
    ///   - dailyLimit: what a person gets in a day at most; nil: no limit.
    ///   - renewSecrets: reads the secrets again and hands them to whoever uses them.
    ///   - wake: called when jobs may be due at other times than before.
    package init(
        store: Store,
        sequences: String,
        zone: TimeZone,
        confirmAbove: Int?,
        optOut: Set<Phrase>,
        lanes: [String: SubscriptionLanes] = [:],
        dailyLimit: DailyLimit? = nil,
        clock: any WallClock,
        logger: Logger,
        renewSecrets: @escaping @Sendable () throws -> Void,
        wake: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.sequences = sequences
        self.zone = zone
        self.confirmAbove = confirmAbove
        self.optOut = optOut
        self.lanes = lanes
        self.dailyLimit = dailyLimit
        self.clock = clock
        self.logger = logger
        self.renewSecrets = renewSecrets
        self.wake = wake
    }

    /// Why the files on the disk are not those in force; nil when they are.
    package var refused: String? {
        lastRefusal.withLock { $0 }
    }

    /// Reads the files, and the secrets again if asked, and puts them in force if nothing is wrong with any of them.
    package func adopt(_ cause: AdoptionCause) async -> ReloadOutcome {
        await turns.take { await self.adoptNow(cause) }
    }

    private func adoptNow(_ cause: AdoptionCause) async -> ReloadOutcome {
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
            if cause == .start { await restore() }
        }
        return outcome
    }

    /// With all that a catalog knows besides its files.
    private func complete(_ files: Catalog) async throws -> Catalog {
        var catalog = try await store.withPinnedVersions(files)
        catalog.optOut = optOut
        catalog.lanes = lanes
        catalog.dailyLimit = dailyLimit
        return catalog
    }

    /// Puts in force what was so when the last process ended: files that are wrong or wait for a word end nobody's care,
    /// and a restart is no other thing than a reload.
    private func restore() async {
        do {
            let versions = try await store.versionsInForce()
            guard !versions.isEmpty else { return }
            let catalog = try await complete(try Catalog(versions, zone: zone))
            _ = try await store.adopt(catalog, versions: versions, plan: nil, now: clock.now())
            logger.warning(
                "the sequences that were in force stay in force",
                metadata: ["sequences": "\(versions.count)"]
            )
        } catch {
            logger.error("\(error)")
        }
    }

    private func attempt(_ cause: AdoptionCause) async -> ReloadOutcome {
        let folder = SequenceFolder.load(paths: [sequences], defaultZone: zone)
        guard let files = folder.catalog else {
            return .refused(folder.diagnostics.filter { $0.severity == .error }.map(\.description))
        }
        do {
            if cause == .reload { try renewSecrets() }
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
            let report = try await store.adopt(catalog, versions: versions, plan: cause.plan, now: clock.now())
            return .adopted(report)
        } catch {
            return .refused(["\(error)"])
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
        for (name, count) in [("moved", moved), ("finished", finished), ("reopened", reopened), ("held", held)]
        where count > 0 {
            metadata[name] = "\(count)"
        }
        return metadata
    }
}
