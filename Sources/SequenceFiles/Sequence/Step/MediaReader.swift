import DripCore

/// Pictures, videos, sounds and files: addresses that the platform fetches, or files beside the sequence file.
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
            return report.value(text, at: entry.place) { (text) throws(Fault) in try parse(text, .image) }
        }
    }

    func read(_ kind: MediaKind, _ fields: Fields, _ report: inout FileReport) -> Media? {
        report.value(fields, kind.rawValue) { (text) throws(Fault) in try parse(text, kind) }
    }

    /// A file on the disk has no scheme.
    private func parse(_ text: String, _ kind: MediaKind) throws(Fault) -> Media {
        guard !text.contains("://") else { return .url(try WebAddress.parse(text)) }
        try check(path: text)
        try check(ending: text, kind)
        return .file(try folder.file(text, as: kind))
    }

    private func check(path: String) throws(Fault) {
        guard !path.contains("{{") else { throw Fault("variables and word lists work only in 'text'") }
        guard !path.hasPrefix("/") else {
            throw Fault("'\(path)': write where it lies from the folder of the sequence files, such as 'media/a.jpg'")
        }
        var depth = 0
        for component in path.split(separator: "/") where component != "." {
            // A version that people are under way in stays usable: of such a file it sends nothing.
            guard folder.isKept || !component.hasPrefix(".") || component == ".." else {
                throw Fault("'\(path)': '\(component)' begins with a dot, and such files are not sent")
            }
            depth += component == ".." ? -1 : 1
            guard depth >= 0 else {
                throw Fault("'\(path)' leads out of the folder of the sequence files: put the file below it")
            }
        }
    }

    private func check(ending path: String, _ kind: MediaKind) throws(Fault) {
        if kind == .file {
            guard !folder.isKept, MediaFormat.promised(by: path, as: kind) == nil else { return }
            throw Fault(
                "'\(path)' is not a document by its name, which must end in \(Words.either(MediaFormat.documents.keys.sorted())), "
                    + "or as those of pictures, videos and sounds do"
            )
        }
        let endings = kind.contentTypes
        guard endings[path.fileEnding] == nil else { return }
        if let other = MediaKind.allCases.first(where: { $0.contentTypes[path.fileEnding] != nil }) {
            throw Fault("'\(path)' is \(other.noun): write it in '\(other.key)'")
        }
        throw Fault(
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

    /// Of a step.
    fileprivate var key: String { self == .image ? "images" : rawValue }
}
