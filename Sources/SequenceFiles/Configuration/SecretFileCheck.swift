import Foundation
import Glibc

/// Checks whether other users can read or replace a secret's file.
struct SecretFileCheck {
    private let path: String
    private let facts: stat

    /// - Parameter facts: the `fstat` result of the open file.
    init(path: String, facts: stat) {
        self.path = path
        self.facts = facts
    }

    /// The reason to refuse the file, or nil: if any user may write it, any user can replace the secret and sign webhooks with
    /// the new one.
    var refusal: String? {
        facts.st_mode & S_IWOTH != 0 && isReachableByOthers
            ? "\(path) may be written by every user on this machine: chmod o= it, and renew the secret" : nil
    }

    var warnings: [String] {
        var warnings: [String] = []
        if facts.st_mode & S_IROTH != 0, isReachableByOthers {
            warnings.append("\(path) may be read by every user on this machine: chmod o= it")
        }
        if facts.st_mode & S_IWGRP != 0 {
            warnings.append("\(path) may be written by the group \(facts.st_gid): chmod g-w it")
        }
        if facts.st_uid != 0, facts.st_uid != geteuid() {
            warnings.append("\(path) belongs to another user (\(facts.st_uid)), who may read and change it: chown it")
        }
        if let folder = exchangeableFolder {
            warnings.append("\(folder) may be written by others, who may replace \(path): chmod go-w it")
        }
        if let finding = SecretInGit(path: path).finding { warnings.append(finding) }
        return warnings
    }

    /// Whether every user may pass through all folders on the path to the file.
    private var isReachableByOthers: Bool {
        folders.allSatisfy { folder in
            var status = stat()
            return stat(folder, &status) != 0 || status.st_mode & S_IXOTH != 0
        }
    }

    /// The folder that contains the file, if others may rename files in it.
    private var exchangeableFolder: String? {
        var status = stat()
        guard let folder = folders.first, stat(folder, &status) == 0 else { return nil }
        let isOpen = status.st_mode & (S_IWGRP | S_IWOTH) != 0 && status.st_mode & S_ISVTX == 0
        return isOpen ? folder : nil
    }

    /// The folders from the one that contains the file up to `/`.
    private var folders: [String] {
        guard let real = realpath(path, nil) else { return [] }
        defer { free(real) }
        var folder = String(cString: real)
        var folders: [String] = []
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            folders.append(folder.isEmpty ? "/" : folder)
        }
        return folders
    }
}

/// Checks whether a secret's file is in a git repository, or would be after the next `git add`.
struct SecretInGit {
    private let path: String
    /// The root of the working copy; nil if the file is in none.
    private let root: String?

    /// The largest index that is searched. The index of a large repository has some megabytes.
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

    /// A warning; nil if the file is in no repository or git ignores it.
    var finding: String? {
        guard let root else { return nil }
        let name = String(path.dropFirst(root == "/" ? 1 : root.count + 1))
        if isTracked(name, root) {
            return "\(path) is in git, and in every copy of it: git rm --cached it, and renew the secret"
        }
        return isIgnored(name, root)
            ? nil : "\(path) is in a git working copy, which does not ignore it: add it to .gitignore"
    }

    /// Returns whether the index lists a path. The index stores each path after its length and before a zero byte. Version 4
    /// compresses paths, so its files count as not tracked. Source: gitformat-index(5).
    private func isTracked(_ name: String, _ root: String) -> Bool {
        guard let index = try? BoundedFile(path: root + "/.git/index", limit: Self.longestIndex) else { return false }
        let bytes = Data(index.bytes)
        let wanted = Data(name.utf8) + [0]
        var start = bytes.startIndex
        while let found = bytes.range(of: wanted, in: start..<bytes.endIndex) {
            // The length has two bytes, whose upper four bits are flags. Two more bytes of flags may follow it.
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

    /// Returns whether git ignores a file. Covers the part of gitignore(5) that people use for secrets.
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

    /// Returns whether a pattern matches the file, or a folder that contains it.
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
