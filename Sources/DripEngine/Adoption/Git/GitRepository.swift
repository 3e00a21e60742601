import Foundation

/// The repository around a folder, read directly from `.git`: the daemon's sandbox has no git, and git refuses a working copy of
/// another user. Sources: gitrepository-layout(5), git-pack-refs(1), git-worktree(1).
struct GitRepository {
    /// The root of the working copy.
    let folder: String
    private let directory: URL

    /// Returns nil if there is no repository.
    init?(around path: String) {
        var folder = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL
        while folder.path != "/" {
            if let directory = Self.directory(at: folder.appending(path: ".git")) {
                self.folder = folder.path
                self.directory = directory
                return
            }
            folder.deleteLastPathComponent()
        }
        return nil
    }

    /// The commit that is checked out; nil if there is none yet.
    var commit: String? {
        guard let head = Self.firstLine(of: directory.appending(path: "HEAD")) else { return nil }
        guard head.hasPrefix("ref: ") else { return Self.commit(head) }
        let name = String(head.dropFirst("ref: ".count))
        if let line = Self.firstLine(of: shared.appending(path: name)) { return Self.commit(line) }
        let packed = Self.text(of: shared.appending(path: "packed-refs")) ?? ""
        let line = packed.split(separator: "\n").first { $0.hasSuffix(" " + name) }
        return line.flatMap { Self.commit(String($0.prefix { $0 != " " })) }
    }

    /// The folder of branches and objects, which additional worktrees share. Each worktree has a HEAD of its own.
    var shared: URL {
        Self.firstLine(of: directory.appending(path: "commondir"))
            .map { URL(filePath: $0, relativeTo: URL(filePath: directory.path + "/")) } ?? directory
    }

    /// Returns the repository's folder: `.git` itself or, in an additional worktree, the folder that the file `.git` names.
    private static func directory(at path: URL) -> URL? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder) else { return nil }
        if isFolder.boolValue { return path }
        guard let line = firstLine(of: path), line.hasPrefix("gitdir: ") else { return nil }
        return URL(filePath: String(line.dropFirst("gitdir: ".count)), relativeTo: path.deletingLastPathComponent())
    }

    /// Returns nil unless the text is a SHA-1 or SHA-256 hash in hex.
    private static func commit(_ text: String) -> String? {
        [40, 64].contains(text.utf8.count) && text.allSatisfy(\.isHexDigit) ? text : nil
    }

    private static func firstLine(of path: URL) -> String? {
        text(of: path)?.split(separator: "\n").first.map(String.init)
    }

    private static func text(of path: URL) -> String? {
        try? String(contentsOf: path, encoding: .utf8)
    }
}
