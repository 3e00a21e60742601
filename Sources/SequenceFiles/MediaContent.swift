package import DripCore
import Glibc
import SafeFiles

/// Reads the files that messages show: pictures, videos, sounds and documents below the folder of the sequence files, and
/// nothing else that the daemon can read.
package enum MediaContent {
    /// The content that is in force: what was there when the sequences were read. All that was checked then is checked again.
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
                "\(file.location) is not the file that it was when the sequences were read: `systemctl reload dripd` "
                    + "puts it in force"
            )
        }
        return bytes
    }

    /// Why a file is not sent.
    enum Refusal: Error, Hashable {
        case missing
        case name(ConfinedPath.Failure)
        case file(BoundedFile.Failure)
        case empty
        case notForOthers
        /// It is not what its name says.
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

    /// In which the sequence file is.
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
