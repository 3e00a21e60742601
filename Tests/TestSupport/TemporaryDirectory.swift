import Foundation

/// A directory for one test. It is removed together with the last reference to it.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws {
        // Short, because the path of a Unix socket has at most 107 bytes.
        path = NSTemporaryDirectory() + "dripd-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
