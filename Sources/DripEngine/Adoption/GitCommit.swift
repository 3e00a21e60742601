import Foundation

/// The commit that a working copy stands on, read from `.git` itself: the daemon's sandbox has no git, and git itself
/// refuses a working copy of another user. Sources: gitrepository-layout(5), git-pack-refs(1), git-worktree(1).
enum GitCommit {
    /// nil where the path is in no working copy, or the working copy has no commit yet.
    static func of(_ path: String) -> String? {
        var folder = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL
        while folder.path != "/" {
            if let repository = repository(at: folder.appending(path: ".git")) { return head(of: repository) }
            folder.deleteLastPathComponent()
        }
        return nil
    }

    /// `.git` is the repository itself, or, in a second working copy, a file that names it.
    private static func repository(at path: URL) -> URL? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder) else { return nil }
        if isFolder.boolValue { return path }
        guard let line = firstLine(of: path), line.hasPrefix("gitdir: ") else { return nil }
        return URL(filePath: String(line.dropFirst("gitdir: ".count)), relativeTo: path.deletingLastPathComponent())
    }

    private static func head(of repository: URL) -> String? {
        guard let head = firstLine(of: repository.appending(path: "HEAD")) else { return nil }
        guard head.hasPrefix("ref: ") else { return commit(head) }
        let name = String(head.dropFirst("ref: ".count))
        // A second working copy has a HEAD of its own and shares the branches.
        let shared =
            firstLine(of: repository.appending(path: "commondir"))
            .map { URL(filePath: $0, relativeTo: URL(filePath: repository.path + "/")) } ?? repository
        if let line = firstLine(of: shared.appending(path: name)) { return commit(line) }
        let packed = text(of: shared.appending(path: "packed-refs")) ?? ""
        let line = packed.split(separator: "\n").first { $0.hasSuffix(" " + name) }
        return line.flatMap { commit(String($0.prefix { $0 != " " })) }
    }

    /// SHA-1 or SHA-256 in hex.
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
