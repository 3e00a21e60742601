import Foundation
import TestSupport
import Testing

@testable import DripEngine

/// The commit of a working copy, from the files that git keeps.
@Suite struct GitRepositoryTests {
    private let commit = String(repeating: "0123456789", count: 4)

    @Test func `no working copy has no commit`() throws {
        let folder = try TemporaryDirectory()
        #expect(GitRepository(around: folder.path + "/Sequences")?.commit == nil)
    }

    @Test func `a branch, loose or packed, and a detached HEAD`() throws {
        let folder = try TemporaryDirectory()
        try write("ref: refs/heads/main\n", folder, ".git/HEAD")
        #expect(GitRepository(around: folder.path)?.commit == nil)
        try write("# pack-refs with: peeled\n\(commit) refs/heads/main\n", folder, ".git/packed-refs")
        #expect(GitRepository(around: folder.path)?.commit == commit)
        let newer = String(commit.reversed())
        try write(newer + "\n", folder, ".git/refs/heads/main")
        #expect(GitRepository(around: folder.path)?.commit == newer)
        #expect(GitRepository(around: folder.path + "/deeper/down")?.commit == newer)
        try write(commit + "\n", folder, ".git/HEAD")
        #expect(GitRepository(around: folder.path)?.commit == commit)
    }

    @Test func `a second working copy has a HEAD of its own and shares the branches`() throws {
        let folder = try TemporaryDirectory()
        try write("\(commit)\n", folder, "main/.git/refs/heads/edit")
        try write("ref: refs/heads/edit\n", folder, "main/.git/worktrees/edit/HEAD")
        try write("../..\n", folder, "main/.git/worktrees/edit/commondir")
        try write("gitdir: \(folder.path)/main/.git/worktrees/edit\n", folder, "edit/.git")
        #expect(GitRepository(around: folder.path + "/edit/Sequences")?.commit == commit)
        try write("gitdir: ../main/.git/worktrees/edit\n", folder, "edit/.git")
        #expect(GitRepository(around: folder.path + "/edit/Sequences")?.commit == commit)
    }

    @Test(arguments: ["", "ref: refs/heads/gone", "not a commit", "gitdir: nowhere"])
    func `what is no commit is none`(head: String) throws {
        let folder = try TemporaryDirectory()
        try write(head, folder, ".git/HEAD")
        #expect(GitRepository(around: folder.path)?.commit == nil)
    }

    private func write(_ text: String, _ folder: TemporaryDirectory, _ name: String) throws {
        let path = URL(filePath: folder.path + "/" + name)
        try FileManager.default.createDirectory(
            at: path.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: path)
    }
}
