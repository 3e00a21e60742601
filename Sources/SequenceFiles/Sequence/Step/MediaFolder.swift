import DripCore
import Glibc

/// Where the files lie that a sequence names, and how it is known what is in them.
enum MediaFolder {
    /// On the disk, beside the sequence file. One that is not as it should be is an error.
    case disk(String)
    /// The same for a version that was kept: a file that is gone since, or no good any more, is one to be waited for.
    case kept(String)
    /// On another machine, which has told the hash of each path that it has.
    case told([String: String])

    var isKept: Bool {
        if case .kept = self { true } else { false }
    }

    func file(_ path: String) throws(Fault) -> MediaFile {
        switch self {
        case .disk(let folder):
            let location = Self.location(of: path, in: folder)
            return MediaFile(path: path, location: location, hash: try Self.hash(of: path, at: location, in: folder))
        case .kept(let folder):
            let location = Self.location(of: path, in: folder)
            return MediaFile(path: path, location: location, hash: try? Self.hash(of: path, at: location, in: folder))
        case .told(let hashes):
            return MediaFile(path: path, location: path, hash: hashes[path])
        }
    }

    /// Empty: where the process stands.
    private static func location(of path: String, in folder: String) -> String {
        folder.isEmpty ? path : folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

    private static func hash(of path: String, at location: String, in folder: String) throws(Fault) -> String {
        let file: BoundedFile
        do {
            file = try BoundedFile(path: location, limit: MessengerLimits.uploadBytes)
        } catch .missing {
            // What looks like a host's name was perhaps meant as one.
            let isAddress = path.split(separator: "/").count > 1 && path.prefix { $0 != "/" }.contains(".")
            throw Fault("no such file: '\(location)'", suggestion: isAddress ? "https://\(path)" : nil)
        } catch {
            throw Fault("'\(location)' \(MediaContent.reason(error))")
        }
        guard isInside(location, folder) else {
            throw Fault("'\(path)' is a link out of the folder of the sequence files: put the file itself there")
        }
        guard !file.bytes.isEmpty else { throw Fault("'\(location)' is empty") }
        return ContentHash.hex(of: file.bytes)
    }

    private static func isInside(_ location: String, _ folder: String) -> Bool {
        guard let file = resolved(location), let folder = resolved(folder.isEmpty ? "." : folder) else { return false }
        return file.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
    }

    /// Where all links lead.
    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
