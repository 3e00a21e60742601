import Foundation

/// Files as a repository names them, for services that show a finding beside the file's lines: they know files by their paths from the
/// repository's root, and no `./`.
struct RepositoryPath {
    /// The working folder of the process.
    private let folder: String
    private let isRoot: (String) -> Bool

    /// - Parameters:
    ///   - folder: the working folder of the process.
    ///   - isRoot: whether a folder is the root of a working copy.
    init(folder: String, isRoot: @escaping (String) -> Bool = Self.hasRepository) {
        self.folder = folder
        self.isRoot = isRoot
    }

    /// From the root of the working copy around the file; where there is none, from the working folder; else the whole path.
    func path(of file: String) -> String {
        let path = Self.plain(file.hasPrefix("/") ? file : folder + "/" + file)
        for root in Self.ancestors(of: path) where isRoot(root) { return Self.path(path, below: root) ?? path }
        return Self.path(path, below: Self.plain(folder)) ?? path
    }

    private static func hasRepository(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/.git")
    }

    /// Without `.`, `..` and doubled slashes. Links stay: git does not follow them either.
    private static func plain(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func ancestors(of path: String) -> [String] {
        var parts = path.split(separator: "/").dropLast()
        var ancestors: [String] = []
        while !parts.isEmpty {
            ancestors.append("/" + parts.joined(separator: "/"))
            parts = parts.dropLast()
        }
        return ancestors
    }

    private static func path(_ path: String, below folder: String) -> String? {
        let start = folder == "/" ? "/" : folder + "/"
        return path.hasPrefix(start) ? String(path.dropFirst(start.count)) : nil
    }
}
