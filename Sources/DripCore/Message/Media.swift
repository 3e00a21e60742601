/// A picture, a video, a sound or a file that a message shows.
package enum Media: Hashable, Sendable {
    /// The platform fetches it from this address.
    case url(String)
    /// It lies beside the sequence files, and is uploaded to the page before it is first sent.
    case file(MediaFile)

    /// As the sequence file says it.
    package var name: String {
        switch self {
        case .url(let url): url
        case .file(let file): file.path
        }
    }

    /// Tells two contents apart, as far as they are known.
    var identity: [String] {
        switch self {
        case .url(let url): [url]
        case .file(let file): file.identity
        }
    }
}
