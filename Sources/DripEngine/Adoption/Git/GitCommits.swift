import Foundation

/// Finds the commit of a file: the one that its working copy has checked out, if it has the same content at the same path. Each
/// repository and folder is read once.
struct GitCommits {
    private struct Copy {
        let folder: String
        let commit: String
        let objects: GitObjects
    }

    private var copies: [String: Copy?] = [:]
    /// The trees read so far, by name: each maps its entries to the names of their objects; nil if it cannot be read.
    private var trees: [String: [String: String]?] = [:]

    /// Returns `c2e5945…`, or `c2e5945… + changes` if the commit has another content there or none, or `c2e5945… (not compared)` if
    /// the content is unknown, as in a clone whose objects are on another machine. Returns nil outside of a working copy.
    mutating func commit(of path: String, content: [UInt8]) -> String? {
        let file = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL
        guard let copy = copy(around: file.deletingLastPathComponent().path) else { return nil }
        let inside = file.path.dropFirst(copy.folder.count).split(separator: "/").map(String.init)
        switch holds(content, at: inside, copy) {
        case true: return copy.commit
        case false: return copy.commit + " + changes"
        case nil: return copy.commit + " (not compared)"
        }
    }

    /// Returns whether the commit has the content at the path; nil if that is unknown.
    private mutating func holds(_ content: [UInt8], at path: [String], _ copy: Copy) -> Bool? {
        guard let commit = copy.objects.object(copy.commit), commit.kind == .commit,
            let line = String(decoding: commit.content.prefix(80), as: UTF8.self).split(separator: "\n").first,
            line.hasPrefix("tree ")
        else { return nil }
        var name = String(line.dropFirst("tree ".count))
        for component in path {
            guard let tree = tree(name, copy) else { return nil }
            guard let next = tree[component] else { return false }
            name = next
        }
        guard let blob = copy.objects.object(name) else { return nil }
        guard blob.kind == .blob else { return false }
        // A working copy may have the line endings of another system.
        return blob.content == content || Self.withoutReturns(blob.content) == Self.withoutReturns(content)
    }

    private static func withoutReturns(_ bytes: [UInt8]) -> [UInt8] {
        bytes.filter { $0 != UInt8(ascii: "\r") }
    }

    private mutating func tree(_ name: String, _ copy: Copy) -> [String: String]? {
        if let known = trees[name] { return known }
        let read = copy.objects.object(name).flatMap { $0.kind == .tree ? Self.entries($0.content, name) : nil }
        trees[name] = .some(read)
        return read
    }

    /// Parses a tree. Each entry is a mode, a space, a name, a zero byte, and the object's name in binary.
    private static func entries(_ content: [UInt8], _ name: String) -> [String: String]? {
        let length = name.utf8.count / 2
        var entries: [String: String] = [:]
        var rest = content[...]
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")), let zero = rest[space...].firstIndex(of: 0),
                rest.endIndex - zero > length
            else { return nil }
            let object = rest[(zero + 1)...].prefix(length)
            entries[String(decoding: rest[(space + 1)..<zero], as: UTF8.self)] = object.map { byte in
                String(byte >> 4, radix: 16) + String(byte & 0x0f, radix: 16)
            }.joined()
            rest = rest[(zero + 1 + length)...]
        }
        return entries
    }

    private mutating func copy(around folder: String) -> Copy? {
        if let known = copies[folder] { return known }
        var copy: Copy?
        if let repository = GitRepository(around: folder), let commit = repository.commit {
            copy = Copy(
                folder: repository.folder == "/" ? "" : repository.folder,
                commit: commit,
                objects: GitObjects(folder: repository.shared.appending(path: "objects"))
            )
        }
        copies[folder] = .some(copy)
        return copy
    }
}
