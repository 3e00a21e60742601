package import DripCore
import Foundation
import GRDB

/// A change of the sequences in force, as `dripd history` lists it.
package struct AdoptionRecord: Codable, Hashable, Sendable {
    package enum Change: String, Codable, Sendable {
        case added
        case changed
        case removed
    }

    package var at: Instant
    package var sequence: String
    package var change: Change
    /// SHA-256 of the file; nil for a sequence that was removed.
    package var hash: String?
    package var file: String?
    package var commit: String?
}

/// A file as it was in force.
package struct VersionFile: Codable, Hashable, Sendable {
    package var hash: String
    package var sequence: String
    package var content: String
}

package enum VersionFileError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknown(String)
    case ambiguous(String)

    package var description: String {
        switch self {
        case .unknown(let hash): "no version '\(hash)' was ever in force; `dripd history` lists those that were"
        case .ambiguous(let hash): "more than one version begins with '\(hash)'; write more of its hash"
        }
    }
}

extension Store {
    /// The latest changes of the sequences in force, latest first.
    package func history(sequence: String?, limit: Int) async throws -> [AdoptionRecord] {
        try await read { db in
            try db.rows(
                "SELECT * FROM adoption WHERE ? IS NULL OR sequence = ? ORDER BY id DESC LIMIT ?",
                [sequence, sequence, limit]
            ).map(AdoptionRecord.init(row:))
        }
    }

    /// A file as it was in force.
    /// - Parameter hash: its hash, or so much of the beginning that no other version has it.
    /// - Throws: `VersionFileError`.
    package func file(ofVersion hash: String) async throws -> VersionFile {
        try await read { db in
            // Every character above 'f' sorts behind all hashes that begin so.
            let found = try db.rows(
                "SELECT hash, sequence, content FROM version WHERE hash >= ? AND hash < ? ORDER BY hash LIMIT 2",
                [hash, hash + "g"]
            )
            guard let row = found.first, !hash.isEmpty else { throw VersionFileError.unknown(hash) }
            guard found.count == 1 else { throw VersionFileError.ambiguous(hash) }
            let content: Data = row["content"]
            return VersionFile(
                hash: row["hash"],
                sequence: row["sequence"],
                content: String(decoding: content, as: UTF8.self)
            )
        }
    }

    /// The versions of the files in force, by the last adoption.
    package func versionsInForce() async throws -> [SequenceVersion] {
        try await read { try Self.versionsInForce($0) }
    }

    /// Earlier versions that people finish.
    package func pinnedVersions() async throws -> [SequenceVersion] {
        try await read { try Self.pinnedVersions($0) }
    }

    static func versionsInForce(_ db: Database) throws -> [SequenceVersion] {
        try db.rows("SELECT version FROM sequence", []).compactMap { row in
            let version: String = row["version"]
            return try Self.version(String(version.prefix { $0 != " " }), db)
        }
    }

    static func pinnedVersions(_ db: Database) throws -> [SequenceVersion] {
        try db.rows(
            "SELECT DISTINCT version FROM enrollment WHERE version IS NOT NULL AND ended_at IS NULL",
            []
        ).compactMap { row in try Self.version(row["version"], db) }
    }

    static func version(_ hash: String, _ db: Database) throws -> SequenceVersion? {
        try db.row(
            """
            SELECT version.sequence, version.hash, content, file, git_commit FROM version
            LEFT JOIN adoption ON adoption.id = (SELECT max(id) FROM adoption WHERE hash = version.hash)
            WHERE version.hash = ?
            """,
            [hash]
        ).map { row in
            let content: Data = row["content"]
            let file: String? = row["file"]
            return SequenceVersion(
                sequence: row["sequence"],
                hash: row["hash"],
                file: file ?? "",
                content: Array(content),
                commit: row["git_commit"]
            )
        }
    }
}

extension AdoptionRecord {
    fileprivate init(row: Row) {
        let change: String = row["change"]
        self.init(
            at: row["at"],
            sequence: row["sequence"],
            change: Change(rawValue: change) ?? .changed,
            hash: row["hash"],
            file: row["file"],
            commit: row["git_commit"]
        )
    }
}
