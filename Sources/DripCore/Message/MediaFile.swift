/// A file beside the sequence files. Its content is its identity: what is in force is what lay there when the sequences
/// were read, until they are read again.
package struct MediaFile: Hashable, Sendable {
    /// As the sequence file says it: relative to the folder of the sequence files.
    package let path: String
    /// Where it lies on this machine.
    package let location: String
    /// SHA-256 of its content, in lower-case hex; nil: it was not there.
    package let hash: String?
    /// What the page calls it, where it has been uploaded.
    package var attachment: String?

    package init(path: String, location: String, hash: String?, attachment: String? = nil) {
        self.path = path
        self.location = location
        self.hash = hash
        self.attachment = attachment
    }

    /// Its last component: what the person sees of a file, besides its content.
    package var name: String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Where it lies, and what a page calls it, are of one machine and one page.
    var identity: [String] { [path, hash ?? ""] }
}
