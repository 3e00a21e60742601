import Foundation

/// Which commit holds a file as it is: the one that its working copy is at, if that has the same content at the same place. The same
/// repositories and folders are read once.
struct GitCommits {
    private struct Copy {
        let folder: String
        let commit: String
        let objects: GitObjects
    }

    private var copies: [String: Copy?] = [:]
    /// Folders of commits: by the tree's name, the name of what is in it.
    private var trees: [String: [String: String]?] = [:]

    /// `c2e5945…`, or `c2e5945… + changes` where the commit has another content there, or none. `c2e5945… (not compared)` where that
    /// cannot be told, as in a copy whose objects another machine has. nil: no working copy.
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

    /// nil: cannot be told.
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
        // A working copy may have the line ends of another system.
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

    /// Each entry: the mode, a space, the name, a zero, and the object's name in bytes.
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
