package import DripCore

/// A sequence file that was looked at.
package struct SequenceFile: Hashable, Sendable {
    /// As it was given, or as it was found in the folder that was given.
    package let path: String
    /// Its content; empty when it could not be read.
    package let bytes: [UInt8]
    /// nil when the file has errors.
    package let sequence: DripSequence?

    /// The hashes of the files beside it that its steps send, by path.
    package var media: [String: String] {
        let files = sequence?.steps.flatMap(\.files).map(\.file) ?? []
        return Dictionary(files.map { ($0.path, $0.hash ?? "") }, uniquingKeysWith: { first, _ in first })
    }
}
