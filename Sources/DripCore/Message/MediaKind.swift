/// What the platform is to show of an attachment.
package enum MediaKind: String, CaseIterable, Codable, Hashable, Sendable {
    case image
    case video
    case audio
    case file
}

extension MediaKind {
    /// Of what a file of this kind is announced as, by its name's ending; empty: any ending will do. The platform names no
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

    /// What a file of this name is announced as.
    package func contentType(of name: String) -> String {
        let ending = name.fileEnding
        guard self == .file else { return contentTypes[ending] ?? "\(rawValue)/\(ending)" }
        guard ending != "pdf" else { return "application/pdf" }
        return Self.allCases.lazy.compactMap { $0.contentTypes[ending] }.first ?? "application/octet-stream"
    }
}

extension String {
    /// In lower case, without the dot; empty where the name has none.
    package var fileEnding: String {
        let name = split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }
}
