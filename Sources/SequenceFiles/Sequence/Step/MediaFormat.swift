import Channels
package import DripCore
import Glibc
import SafeFiles

/// The format of a file, by its first bytes or by the extension of its name.
enum MediaFormat: Hashable {
    case image
    case video
    case audio
    case pdf
    /// ZIP archives, and the formats based on them: Office files, OpenDocument files, e-books.
    case archive
    /// Office files from before 2007.
    case oldOffice
    case rtf

    /// The extensions that a `file` may have in addition to those of pictures, videos and sounds.
    static let documents: [String: MediaFormat] = [
        "pdf": .pdf, "zip": .archive, "docx": .archive, "xlsx": .archive, "pptx": .archive, "odt": .archive,
        "ods": .archive, "odp": .archive, "epub": .archive, "doc": .oldOffice, "xls": .oldOffice, "ppt": .oldOffice,
        "rtf": .rtf,
    ]

    /// Returns the format that the extension promises; nil if such files are not sent as this kind.
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

    /// The number of leading bytes to check. A PDF may have other bytes before its header.
    private static let telling = 1024

    /// Returns the formats that the content may have; empty if it has none of them.
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
        // MP4 and its relatives. Some pictures use the same container, but Messenger does not accept these.
        if begins("ftyp", at: 4) {
            let pictures = ["heic", "heix", "hevc", "heim", "mif1", "msf1", "avif", "avis"]
            return pictures.contains { begins($0, at: 8) } ? [] : [.video, .audio]
        }
        if ["moov", "mdat", "wide", "free", "skip", "pnot"].contains(where: { begins($0, at: 4) }) { return [.video] }
        if beginsWith([0x1a, 0x45, 0xdf, 0xa3]) { return [.video, .audio] }
        if begins("OggS") { return [.video, .audio] }
        if begins("ID3") || begins("#!AMR") || begins("fLaC") { return [.audio] }
        // A frame of MPEG audio or AAC: eleven set bits, then a version and a bit rate that exist.
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

/// Reads the media files of messages: only pictures, videos, sounds and documents below the folder of the sequence files, and
/// no other file that the daemon can read.
package enum MediaContent {
    /// Returns a file's content if it is unchanged since the sequences were read. Repeats every check of that time.
    /// - Throws: `MediaContentError`, which says what to do.
    package static func read(_ file: MediaFile, as kind: MediaKind) throws(MediaContentError) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try read(file.path, as: kind, in: folder(of: file))
        } catch {
            throw MediaContentError(
                "\(error.message(of: file.location, written: file.path)); put the file back, then `systemctl reload dripd`"
            )
        }
        guard ContentHash.hex(of: bytes) == file.hash else {
            throw MediaContentError(
                "\(file.location) has changed since the sequences were read: `systemctl reload dripd` "
                    + "puts it in force"
            )
        }
        return bytes
    }

    /// The reason why a file is not sent.
    enum Refusal: Error, Hashable {
        case missing
        case name(ConfinedPath.Failure)
        case file(BoundedFile.Failure)
        case empty
        case notForOthers
        /// The content does not match the extension.
        case content

        func message(of location: String, written path: String) -> String {
            switch self {
            case .missing: "no such file: '\(location)'"
            case .name(.leadsOut):
                "'\(path)' is a link out of the folder of the sequence files: put the file itself there"
            case .name(.hidden(let name)): "'\(path)': '\(name)' begins with a dot, and such files are not sent"
            case .name(.closed(let folder)):
                "'\(location)' is in '\(folder)', which not all users may open: what customers get must be readable by all"
            case .name(.system(let code)): "'\(location)' cannot be read: \(String(cString: strerror(code)))"
            case .file(.tooLarge):
                "'\(location)' has more than \(MessengerLimits.uploadBytes / 1_000_000) MB, and Messenger takes no more"
            case .file(let failure): "'\(location)' \(failure.reason)"
            case .empty: "'\(location)' is empty"
            case .notForOthers:
                "'\(location)' may not be read by all users: chmod o+r it, if it is what customers are to get"
            case .content: "'\(location)' is not what its name says: its content is of another kind"
            }
        }
    }

    static func read(_ path: String, as kind: MediaKind, in folder: String) throws(Refusal) -> [UInt8] {
        let descriptor: Int32
        do throws(ConfinedPath.Failure) {
            descriptor = try ConfinedPath.open(path, below: folder)
        } catch {
            let isMissing = error == .system(ENOENT) || error == .system(ENOTDIR)
            throw isMissing ? Refusal.missing : Refusal.name(error)
        }
        defer { close(descriptor) }
        let file: BoundedFile
        do throws(BoundedFile.Failure) {
            file = try BoundedFile(descriptor: descriptor, limit: MessengerLimits.uploadBytes)
        } catch {
            throw .file(error)
        }
        guard file.isReadableByOthers else { throw .notForOthers }
        guard !file.bytes.isEmpty else { throw .empty }
        guard let promised = MediaFormat.promised(by: path, as: kind),
            MediaFormat.of(file.bytes).contains(promised)
        else { throw .content }
        return file.bytes
    }

    /// Returns the folder of the sequence file.
    private static func folder(of file: MediaFile) -> String {
        guard file.location.hasSuffix(file.path) else { return "" }
        return String(file.location.dropLast(file.path.count))
    }
}

package struct MediaContentError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
