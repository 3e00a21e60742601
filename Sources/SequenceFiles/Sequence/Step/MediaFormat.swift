import DripCore

/// What a file is by its first bytes, and what its name's ending promises.
enum MediaFormat: Hashable {
    case image
    case video
    case audio
    case pdf
    /// ZIP archives, and what is one inside: Office's and OpenDocument's files, books.
    case archive
    /// Office's files until 2007.
    case oldOffice
    case rtf

    /// Endings that a `file` may have besides those of pictures, videos and sounds.
    static let documents: [String: MediaFormat] = [
        "pdf": .pdf, "zip": .archive, "docx": .archive, "xlsx": .archive, "pptx": .archive, "odt": .archive,
        "ods": .archive, "odp": .archive, "epub": .archive, "doc": .oldOffice, "xls": .oldOffice, "ppt": .oldOffice,
        "rtf": .rtf,
    ]

    /// What the name promises; nil: nothing that is sent as this kind.
    static func promised(by path: String, as kind: MediaKind) -> MediaFormat? {
        let ending = path.fileEnding
        let kinds = kind == .file ? [MediaKind.image, .video, .audio] : [kind]
        for kind in kinds where kind.contentTypes[ending] != nil {
            switch kind {
            case .image: return .image
            case .video: return .video
            case .audio: return .audio
            case .file: break
            }
        }
        return kind == .file ? documents[ending] : nil
    }

    /// So many of the first bytes tell. A PDF may have some other bytes before its own.
    private static let telling = 1024

    /// What the content can be; empty: nothing of all this.
    static func of(_ bytes: [UInt8]) -> Set<MediaFormat> {
        let head = bytes.prefix(telling)
        func begins(_ text: String, at offset: Int = 0) -> Bool {
            head.dropFirst(offset).starts(with: text.utf8)
        }
        func beginsWith(_ bytes: [UInt8]) -> Bool { head.starts(with: bytes) }
        if beginsWith([0xff, 0xd8, 0xff]) { return [.image] }
        if beginsWith([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) { return [.image] }
        if begins("GIF87a") || begins("GIF89a") { return [.image] }
        // "BM", the size, and four bytes that are zero.
        if begins("BM"), head.count >= 14, head[6..<10].allSatisfy({ $0 == 0 }) { return [.image] }
        if begins("RIFF") {
            if begins("WEBP", at: 8) { return [.image] }
            if begins("AVI ", at: 8) { return [.video] }
            return begins("WAVE", at: 8) ? [.audio] : []
        }
        // Of one container; pictures are in it, too, which Messenger does not take.
        if begins("ftyp", at: 4) {
            let pictures = ["heic", "heix", "hevc", "heim", "mif1", "msf1", "avif", "avis"]
            return pictures.contains { begins($0, at: 8) } ? [] : [.video, .audio]
        }
        if ["moov", "mdat", "wide", "free", "skip", "pnot"].contains(where: { begins($0, at: 4) }) { return [.video] }
        if beginsWith([0x1a, 0x45, 0xdf, 0xa3]) { return [.video, .audio] }
        if begins("OggS") { return [.video, .audio] }
        if begins("ID3") || begins("#!AMR") || begins("fLaC") { return [.audio] }
        // A frame of MPEG audio or of AAC: eleven bits that are set, and a layer or version that exists.
        if head.count >= 4, head[0] == 0xff, head[1] & 0xe0 == 0xe0, head[1] & 0x18 != 0x08, head[2] & 0xf0 != 0xf0 {
            return [.audio]
        }
        if begins("PK\u{3}\u{4}") { return [.archive] }
        if beginsWith([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) { return [.oldOffice] }
        if begins(#"{\rtf"#) { return [.rtf] }
        return contains(head, "%PDF-") ? [.pdf] : []
    }

    private static func contains(_ head: ArraySlice<UInt8>, _ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard head.count >= wanted.count else { return false }
        return (0...(head.count - wanted.count)).contains { head[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }
}
