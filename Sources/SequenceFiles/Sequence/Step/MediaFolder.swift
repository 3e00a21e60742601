import DripCore

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

    func file(_ path: String, as kind: MediaKind) throws(Fault) -> MediaFile {
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

    /// Empty: where the process stands.
    private static func location(of path: String, in folder: String) -> String {
        folder.isEmpty ? path : folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

    private static func hash(of path: String, as kind: MediaKind, in folder: String) throws(Fault) -> String {
        do {
            return ContentHash.hex(of: try MediaContent.read(path, as: kind, in: folder))
        } catch {
            // What looks like a host's name was perhaps meant as one.
            let isAddress = path.split(separator: "/").count > 1 && path.prefix { $0 != "/" }.contains(".")
            throw Fault(
                error.message(of: location(of: path, in: folder), written: path),
                suggestion: error == .missing && isAddress ? "https://\(path)" : nil
            )
        }
    }
}
