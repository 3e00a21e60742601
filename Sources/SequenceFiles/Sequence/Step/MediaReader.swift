import Channels
import DripCore

/// Reads pictures, videos, sounds and files: addresses that the platform fetches, or files beside the sequence file.
struct MediaReader {
    let folder: MediaFolder

    func readImages(_ fields: Fields, _ report: inout FileReport) -> [Media] {
        guard let entries = report.list(fields, "images") else { return [] }
        if entries.count > MessengerLimits.images {
            report.error(
                "\(entries.count) images: Messenger takes \(MessengerLimits.images) in a message",
                at: entries[MessengerLimits.images].place
            )
        }
        return entries.compactMap { entry in
            guard let text = report.text(entry, as: "an image") else { return nil }
            return report.value(text, at: entry.place) { (text) throws(ParseError) in try parse(text, .image) }
        }
    }

    func read(_ kind: MediaKind, _ fields: Fields, _ report: inout FileReport) -> Media? {
        report.value(fields, kind.rawValue) { (text) throws(ParseError) in try parse(text, kind) }
    }

    /// Parses an address or a path. Only an address has a scheme.
    private func parse(_ text: String, _ kind: MediaKind) throws(ParseError) -> Media {
        guard !text.contains("://") else { return .url(try WebAddress.parse(text)) }
        try check(path: text)
        try check(ending: text, kind)
        return .file(try folder.file(text, as: kind))
    }

    private func check(path: String) throws(ParseError) {
        guard !path.contains("{{") else { throw ParseError("variables and word lists work only in 'text'") }
        guard !path.hasPrefix("/") else {
            throw ParseError("'\(path)': write the path from the folder of the sequence files, such as 'media/a.jpg'")
        }
        var depth = 0
        for component in path.split(separator: "/") where component != "." {
            // A stored version that people are under way in stays usable, but never sends such a file.
            guard folder.isKept || !component.hasPrefix(".") || component == ".." else {
                throw ParseError("'\(path)': '\(component)' begins with a dot, and such files are not sent")
            }
            depth += component == ".." ? -1 : 1
            guard depth >= 0 else {
                throw ParseError("'\(path)' leads out of the folder of the sequence files: put the file below it")
            }
        }
    }

    private func check(ending path: String, _ kind: MediaKind) throws(ParseError) {
        if kind == .file {
            guard !folder.isKept, MediaFormat.promised(by: path, as: kind) == nil else { return }
            throw ParseError(
                "'\(path)' is not a document by its name, which must end in \(Words.either(MediaFormat.documents.keys.sorted())), "
                    + "or as those of pictures, videos and sounds do"
            )
        }
        let endings = kind.contentTypes
        guard endings[path.fileEnding] == nil else { return }
        if let other = MediaKind.allCases.first(where: { $0.contentTypes[path.fileEnding] != nil }) {
            throw ParseError("'\(path)' is \(other.noun): write it in '\(other.key)'")
        }
        throw ParseError(
            "'\(path)' is not \(kind.noun) by its name, which must end in \(Words.either(endings.keys.sorted()))"
        )
    }
}

extension MediaKind {
    fileprivate var noun: String {
        switch self {
        case .image: "a picture"
        case .video: "a video"
        case .audio: "a sound"
        case .file: "a file"
        }
    }

    /// The step's key for this kind.
    fileprivate var key: String { self == .image ? "images" : rawValue }
}

/// The source of a sequence's media files and of their hashes.
enum MediaFolder {
    /// The disk, beside the sequence file. An unusable file is an error.
    case disk(String)
    /// The disk, for a stored version. A file that has since gone or become unusable is not an error: the step waits for it.
    case kept(String)
    /// Another machine, which has sent the hash of each path.
    case told([String: String])

    var isKept: Bool {
        if case .kept = self { true } else { false }
    }

    func file(_ path: String, as kind: MediaKind) throws(ParseError) -> MediaFile {
        switch self {
        case .disk(let folder):
            let location = Self.location(of: path, in: folder)
            return MediaFile(path: path, location: location, hash: try Self.hash(of: path, as: kind, in: folder))
        case .kept(let folder):
            let location = Self.location(of: path, in: folder)
            return MediaFile(path: path, location: location, hash: try? Self.hash(of: path, as: kind, in: folder))
        case .told(let hashes):
            return MediaFile(path: path, location: path, hash: hashes[path])
        }
    }

    /// Returns the path to open. An empty folder is the working directory.
    private static func location(of path: String, in folder: String) -> String {
        folder.isEmpty ? path : folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

    private static func hash(of path: String, as kind: MediaKind, in folder: String) throws(ParseError) -> String {
        do {
            return ContentHash.hex(of: try MediaContent.read(path, as: kind, in: folder))
        } catch {
            // A first folder that looks like a host name may be meant as one.
            let isAddress = path.split(separator: "/").count > 1 && path.prefix { $0 != "/" }.contains(".")
            throw ParseError(
                error.message(of: location(of: path, in: folder), written: path),
                suggestion: error == .missing && isAddress ? "https://\(path)" : nil
            )
        }
    }
}
