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

    package var description: String {
        switch self {
        case .exists(let path): "\(path) is there already; --force replaces it once the new one is whole"
        }
    }
}
