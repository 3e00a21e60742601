package import DripCore
package import DripStore
package import Foundation
import SequenceFiles

extension Catalog {
    /// Creates a catalog from versions in the database.
    /// - Throws: `VersionError` if this dripd does not understand one of them.
    package init(_ versions: [SequenceVersion], zone: TimeZone) throws(VersionError) {
        var sequences: [DripSequence] = []
        for version in versions {
            guard let sequence = SequenceFolder.sequence(of: version.content, path: version.file) else {
                throw VersionError.notUnderstood(sequence: version.sequence, hash: version.hash)
            }
            sequences.append(sequence)
        }
        self.init(zone: zone, sequences: sequences)
    }
}

package enum VersionError: Error, Hashable, Sendable, CustomStringConvertible {
    case notUnderstood(sequence: String, hash: String)

    package var description: String {
        switch self {
        case .notUnderstood(let sequence, let hash):
            "this dripd does not understand version \(hash.prefix(12)) of '\(sequence)', which the database keeps"
        }
    }
}

extension Store {
    /// Returns the catalog with the earlier versions that people finish (`on_edit: pin`). A version that this dripd does not
    /// understand is left out: its people follow the file.
    package func withPinnedVersions(_ catalog: Catalog) async throws -> Catalog {
        let kept = try await pinnedVersions().compactMap {
            SequenceFolder.sequence(of: $0.content, path: $0.file)
        }
        return catalog.pinning(kept + Array(self.catalog.sequences.values))
    }
}

extension SequenceFolder {
    /// The files as the database stores them. Files with errors are left out.
    var versions: [SequenceVersion] {
        var commits = GitCommits()
        return files.compactMap { file in
            file.sequence.map { sequence in
                SequenceVersion(
                    sequence: sequence.id,
                    hash: sequence.hash,
                    file: file.path,
                    content: file.bytes,
                    commit: commits.commit(of: file.path, content: file.bytes)
                )
            }
        }
    }
}
