import Foundation
import Glibc

/// Whether a secret's file is in a git repository, or would be by the next `git add`.
struct SecretInGit {
    private let path: String
    /// Of the working copy.
    private let root: String?

    /// Of a large repository some megabytes; more is not looked through.
    private static let longestIndex = 64 << 20

    init(path: String) {
        var file = path
        if let real = realpath(path, nil) {
            file = String(cString: real)
            free(real)
        }
        self.path = file
        var folder = URL(filePath: file).deletingLastPathComponent().path
        while !FileManager.default.fileExists(atPath: folder + "/.git"), folder != "/", !folder.isEmpty {
            folder = URL(filePath: folder).deletingLastPathComponent().path
        }
        root = FileManager.default.fileExists(atPath: folder + "/.git") ? folder : nil
    }

    /// In words; nil: it is in none, or git ignores it.
    var finding: String? {
        guard let root else { return nil }
        let name = String(path.dropFirst(root == "/" ? 1 : root.count + 1))
        if isTracked(name, root) {
            return "\(path) is in git, and in every copy of it: git rm --cached it, and renew the secret"
        }
        return isIgnored(name, root)
            ? nil : "\(path) is in a git working copy, which does not ignore it: add it to .gitignore"
    }

    /// The index names each path, after its length and followed by a zero byte. Version 4 shortens them: by that, a file counts as
    /// not tracked. Source: gitformat-index(5).
    private func isTracked(_ name: String, _ root: String) -> Bool {
        guard let index = try? BoundedFile(path: root + "/.git/index", limit: Self.longestIndex) else { return false }
        let bytes = Data(index.bytes)
        let wanted = Data(name.utf8) + [0]
        var start = bytes.startIndex
        while let found = bytes.range(of: wanted, in: start..<bytes.endIndex) {
            // Two bytes, of which the upper four bits are flags; two more flags may stand in between.
            let isPath = [2, 4].contains { distance in
                guard found.lowerBound >= distance else { return false }
                let length =
                    Int(bytes[found.lowerBound - distance] & 0x0f) << 8
                    | Int(bytes[found.lowerBound - distance + 1])
                return length == min(wanted.count - 1, 0xfff)
            }
            if isPath { return true }
            start = found.lowerBound + 1
        }
        return false
    }

    /// By gitignore(5), for the patterns that people write for secrets.
    private func isIgnored(_ name: String, _ root: String) -> Bool {
        let parts = name.split(separator: "/").map(String.init)
        var sources: [(file: String, below: Int)] = [(root + "/.git/info/exclude", 0)]
        for depth in 0..<parts.count {
            sources.append((([root] + parts[..<depth]).joined(separator: "/") + "/.gitignore", depth))
        }
        var isIgnored = false
        for (file, depth) in sources {
            guard let content = try? BoundedFile(path: file, limit: SourceText.longestBytes) else { continue }
            for line in String(decoding: content.bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
                var pattern = line.trimmingCharacters(in: .whitespaces)
                guard !pattern.isEmpty, !pattern.hasPrefix("#") else { continue }
                let isException = pattern.hasPrefix("!")
                if isException { pattern.removeFirst() }
                if Self.matches(pattern, Array(parts[depth...])) { isIgnored = !isException }
            }
        }
        return isIgnored
    }

    /// Whether a pattern names the file, or a folder that it is in.
    private static func matches(_ pattern: String, _ parts: [String]) -> Bool {
        var pattern = pattern[...]
        let isFolder = pattern.hasSuffix("/")
        if isFolder { pattern = pattern.dropLast() }
        let isAnchored = pattern.contains("/")
        if pattern.hasPrefix("/") { pattern = pattern.dropFirst() }
        for count in 1...parts.count where !isFolder || count < parts.count {
            let names = isAnchored ? parts[..<count].joined(separator: "/") : parts[count - 1]
            if fnmatch(String(pattern).replacing("**", with: "*"), names, FNM_PATHNAME) == 0 { return true }
        }
        return false
    }
}
