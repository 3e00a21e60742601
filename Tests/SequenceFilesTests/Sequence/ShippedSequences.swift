import Foundation

/// The folder `Sequences` of the project.
enum ShippedSequences {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sequences").path
}
