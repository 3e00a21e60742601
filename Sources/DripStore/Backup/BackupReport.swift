package import DripCore

/// What is in a backup.
package struct BackupReport: Codable, Hashable, Sendable {
    package var bytes: Int64
    /// The last moment that it knows of; nil where an earlier dripd wrote it.
    package var at: Instant?
    package var sums: StoreStatus
}

package enum BackupError: Error, Hashable, Sendable, CustomStringConvertible {
    case exists(String)
    case underWay(String)
    case notAFileName(String)

    package var description: String {
        switch self {
        case .exists(let path): "\(path) is there already; --force replaces it once the new one is whole"
        case .underWay(let path): "another backup is being written to \(path): wait until it has ended"
        case .notAFileName(let path):
            "'\(path)' is not the name of a backup: a backup is a file, and is not written to the standard output; for a file "
                + "of this name write ./\(path)"
        }
    }
}
