package import ControlAPI
import DripCore
import Foundation
import GRDB

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
    /// Returns the latest changes of the sequences in force, latest first.
    package func history(sequence: String?, limit: Int) async throws -> [AdoptionRecord] {
        try await read { db in
            try db.rows(
                "SELECT * FROM adoption WHERE ? IS NULL OR sequence = ? ORDER BY id DESC LIMIT ?",
                [sequence, sequence, limit]
            ).map(AdoptionRecord.init(row:))
        }
    }

    /// Returns a file as it was in force.
    /// - Parameter hash: its hash, or a prefix of it that no other version has.
    /// - Throws: `VersionFileError`.
    package func file(ofVersion hash: String) async throws -> VersionFile {
        try await read { db in
            // 'g' sorts after every hash that begins with this prefix.
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

    /// Returns the versions of the files in force, as the last adoption left them.
    package func versionsInForce() async throws -> [SequenceVersion] {
        try await read { try Self.versionsInForce($0) }
    }

    /// Returns earlier versions that enrollments are pinned to.
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
