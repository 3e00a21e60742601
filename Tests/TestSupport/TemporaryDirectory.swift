import Foundation

/// A directory for one test, removed with all it holds when the last reference goes.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws {
        // Short: the path of a Unix socket in it has room for 107 bytes.
        path = NSTemporaryDirectory() + "dripd-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
