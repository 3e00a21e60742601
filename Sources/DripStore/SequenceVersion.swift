/// A file as it came into force.
package struct SequenceVersion: Hashable, Sendable {
    package let sequence: String
    /// SHA-256 of the file's bytes, in lower-case hex.
    package let hash: String
    /// Its path, as the daemon read it.
    package let file: String
    package let content: [UInt8]
    /// The git commit of the working copy that it was read from, where it was one.
    package let commit: String?

    package init(sequence: String, hash: String, file: String, content: [UInt8], commit: String?) {
        self.sequence = sequence
        self.hash = hash
        self.file = file
        self.content = content
        self.commit = commit
    }
}
