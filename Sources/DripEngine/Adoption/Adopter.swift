import DripCore
package import DripStore
package import Foundation
package import Logging
import SequenceFiles
import Synchronization

/// Puts the sequence files in force: at the start, and at every reload. All of them or none.
package final class Adopter: Sendable {
    private let store: Store
    private let sequences: String
    private let zone: TimeZone
    private let clock: any WallClock
    private let logger: Logger
    private let renewSecrets: @Sendable () throws -> Void
    private let wake: @Sendable () -> Void
    private let lastRefusal = Mutex<String?>(nil)

    /// - Parameters:
    ///   - sequences: a file or a folder.
    ///   - renewSecrets: reads the secrets again and hands them to whoever uses them.
    ///   - wake: called when jobs may be due at other times than before.
    package init(
        store: Store,
        sequences: String,
        zone: TimeZone,
        clock: any WallClock,
        logger: Logger,
        renewSecrets: @escaping @Sendable () throws -> Void,
        wake: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.sequences = sequences
        self.zone = zone
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
    package func adopt(renewingSecrets: Bool) async -> ReloadOutcome {
        let outcome = await attempt(renewingSecrets: renewingSecrets)
        switch outcome {
        case .adopted(let report):
            lastRefusal.withLock { $0 = nil }
            logger.notice("sequences in force", metadata: report.metadata(sequences: store.catalog.sequences.count))
            wake()
        case .refused(let problems):
            for problem in problems { logger.error("\(problem)") }
            let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
            lastRefusal.withLock { $0 = (problems.first ?? "") + more }
        }
        return outcome
    }

    private func attempt(renewingSecrets: Bool) async -> ReloadOutcome {
        let folder = SequenceFolder.load(paths: [sequences], defaultZone: zone)
        guard let catalog = folder.catalog else {
            return .refused(folder.diagnostics.filter { $0.severity == .error }.map(\.description))
        }
        do {
            if renewingSecrets { try renewSecrets() }
            return .adopted(try await store.adopt(catalog, now: clock.now()))
        } catch {
            return .refused(["\(error)"])
        }
    }
}

extension AdoptionReport {
    fileprivate func metadata(sequences: Int) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["sequences": "\(sequences)"]
        for (name, list) in [("added", added), ("changed", changed), ("removed", removed)] where !list.isEmpty {
            metadata[name] = "\(list.joined(separator: " "))"
        }
        for (name, count) in [("moved", moved), ("finished", finished), ("held", held)] where count > 0 {
            metadata[name] = "\(count)"
        }
        return metadata
    }
}
