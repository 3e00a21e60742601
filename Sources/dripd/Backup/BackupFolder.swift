import DripCore
import DripStore
import Foundation
import SafeFiles

/// A directory of backups, each named by its time, so that their names are in the order of their times.
struct BackupFolder {
    let path: String

    func file(at now: Instant) -> String {
        "\(path)/dripd-\(Self.stamp(now)).db"
    }

    /// `20270104T030000Z`
    static func stamp(_ now: Instant) -> String {
        now.description.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" } + "Z"
    }

    /// Removes what backups that were killed have left.
    func removeLeftovers() throws {
        try StateBackup.removeLeftovers(in: path, named: Self.isBackup)
    }

    private static func isBackup(_ name: String) -> Bool {
        name.wholeMatch(of: /dripd-\d{8}T\d{6}Z\.db/) != nil
    }

    /// Removes the oldest. What is named otherwise is somebody else's, and stays.
    /// - Returns: what was removed.
    func remove(allBut count: Int) throws -> [String] {
        let directory = try OpenDirectory(path)
        return try directory.names().filter(Self.isBackup).dropLast(count).map { name in
            try directory.remove(name)
            return "\(path)/\(name)"
        }
    }
}
