/// A picture, a video, a sound or a file that a message shows.
package enum Media: Hashable, Sendable {
    /// The platform fetches it from this address.
    case url(String)
    /// A file beside the sequence files. It is uploaded to the page before it is first sent.
    case file(MediaFile)

    /// The address or path as the sequence file writes it.
    package var name: String {
        switch self {
        case .url(let url): url
        case .file(let file): file.path
        }
    }

    /// Distinguishes contents, as far as they are known.
    var identity: [String] {
        switch self {
        case .url(let url): [url]
        case .file(let file): file.identity
        }
    }
}

/// A file beside the sequence files. Its content is its identity: the content that was read with the sequences is in
/// force until they are read again.
package struct MediaFile: Hashable, Sendable {
    /// The path as the sequence file writes it, relative to the folder of the sequence files.
    package let path: String
    /// The path on this machine.
    package let location: String
    /// SHA-256 of its content, in lower-case hex; nil if the file was missing.
    package let hash: String?
    /// The page's attachment id; nil if the file has not been uploaded.
    package var attachment: String?

    package init(path: String, location: String, hash: String?, attachment: String? = nil) {
        self.path = path
        self.location = location
        self.hash = hash
        self.attachment = attachment
    }

    /// The last component of the path. The person sees it with a file.
    package var name: String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Leaves out `location` and `attachment`, which differ between machines and pages.
    var identity: [String] { [path, hash ?? ""] }
}

/// The form in which the platform shows an attachment.
package enum MediaKind: String, CaseIterable, Codable, Hashable, Sendable {
    case image
    case video
    case audio
    case file
}

extension MediaKind {
    /// The content types of this kind, by file extension; empty if any extension is allowed. The platform publishes no
    /// list; a sound's type must begin with `audio/` (Messenger Platform, "Saving assets").
    package var contentTypes: [String: String] {
        switch self {
        case .image:
            [
                "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
                "bmp": "image/bmp",
            ]
        case .video:
            [
                "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime", "webm": "video/webm",
                "3gp": "video/3gpp",
                "avi": "video/x-msvideo",
            ]
        case .audio:
            [
                "mp3": "audio/mpeg", "m4a": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg", "wav": "audio/wav",
                "amr": "audio/amr",
            ]
        case .file: [:]
        }
    }

    /// Returns the content type under which a file with this name is uploaded.
    package func contentType(of name: String) -> String {
        let ending = name.fileEnding
        guard self == .file else { return contentTypes[ending] ?? "\(rawValue)/\(ending)" }
        guard ending != "pdf" else { return "application/pdf" }
        return Self.allCases.lazy.compactMap { $0.contentTypes[ending] }.first ?? "application/octet-stream"
    }
}

extension String {
    /// The file extension in lower case, without the dot; empty if the name has none.
    package var fileEnding: String {
        let name = split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }
}

/// A file that must be uploaded to a page before a message can show it.
package struct Upload: Hashable, Sendable {
    package let account: AccountID
    /// The page's address.
    package let page: String
    package let kind: MediaKind
    package let file: MediaFile

    package init(account: AccountID, page: String, kind: MediaKind, file: MediaFile) {
        self.account = account
        self.page = page
        self.kind = kind
        self.file = file
    }
}

/// The result of an upload to a page.
package enum UploadAnswer: Hashable, Sendable {
    /// The upload succeeded under this attachment id.
    case uploaded(attachment: String)
    /// The upload failed. Repeating it is harmless: an upload reaches no person.
    case failed(why: String)
}
