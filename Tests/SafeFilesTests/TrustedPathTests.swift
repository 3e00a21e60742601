import Glibc
import SafeFiles
import TestSupport
import Testing

@Suite(.enabled(if: geteuid() == 0, "only root can give links to another user"))
struct TrustedPathTests {
    /// Directory `theirs` is another user's, `ours` root's; `ours/secret` is root's own file.
    private final class Tree {
        let directory: TemporaryDirectory
        var path: String { directory.path }

        static let user: uid_t = 61_234

        init() throws {
            directory = try TemporaryDirectory()
            for name in ["ours", "theirs", "theirs/in"] { try #require(mkdir(path + "/" + name, 0o755) == 0) }
            for name in ["theirs", "theirs/in"] { try #require(chown(path + "/" + name, Self.user, Self.user) == 0) }
            for name in ["ours/secret", "theirs/in/file"] {
                let descriptor = try #require(fopen(path + "/" + name, "w"))
                fclose(descriptor)
            }
        }

        func link(_ name: String, to target: String, owner: uid_t) throws {
            try #require(symlink(target, path + "/" + name) == 0 && lchown(path + "/" + name, owner, owner) == 0)
        }

        func open(_ name: String) -> String {
            do {
                close(try TrustedPath.open(path + "/" + name, O_RDONLY))
                return "opened"
            } catch {
                return error.why
            }
        }
    }

    @Test func `links of root in root's directories are followed`() throws {
        let tree = try Tree()
        try tree.link("ours/absolute", to: tree.path + "/ours", owner: 0)
        try tree.link("ours/relative", to: "./absolute/../ours/secret", owner: 0)
        try tree.link("ours/twice", to: "relative", owner: 0)
        for name in [
            "ours/secret", "ours/absolute/secret", "ours/relative", "ours/twice", "theirs/in/file",
            "theirs/../ours/secret",
        ] {
            #expect(tree.open(name) == "opened", "\(name)")
        }
    }

    @Test func `links that another user made, or could have moved, are not followed`() throws {
        let tree = try Tree()
        try tree.link("theirs/file", to: "../ours/secret", owner: Tree.user)
        try tree.link("theirs/directory", to: "../ours", owner: Tree.user)
        try tree.link("theirs/of-root", to: "../ours", owner: 0)
        try tree.link("ours/of-them", to: "secret", owner: Tree.user)
        try tree.link("ours/through", to: "../theirs/directory", owner: 0)
        let refused = { (name: String) in
            "'\(name)' is a symbolic link that user 61234 controls, and root does not follow it"
        }
        #expect(tree.open("theirs/file") == refused("file"))
        #expect(tree.open("theirs/directory/secret") == refused("directory"))
        #expect(tree.open("theirs/of-root/secret") == refused("of-root"))
        #expect(tree.open("ours/of-them") == refused("of-them"))
        #expect(tree.open("ours/through/secret") == refused("directory"))
    }

    @Test func `what leads nowhere ends`() throws {
        let tree = try Tree()
        try tree.link("ours/circle", to: "circle", owner: 0)
        try tree.link("ours/folders", to: "folders/x", owner: 0)
        #expect(tree.open("ours/circle") == "too many levels of symbolic links")
        #expect(tree.open("ours/folders/x") == "too many levels of symbolic links")
        #expect(tree.open("ours/none") == "no such file or directory")
        #expect(tree.open("ours/secret/x") == "not a directory")
        #expect(throws: FileFailure.self) { try TrustedPath.open("", O_RDONLY) }
    }

    @Test func `a directory's descriptor keeps to files of one name`() throws {
        let tree = try Tree()
        let theirs = try OpenDirectory(tree.path + "/theirs")
        try #require(link(tree.path + "/ours/secret", tree.path + "/theirs/second") == 0)
        try #require(mkfifo(tree.path + "/theirs/pipe", 0o600) == 0)
        try tree.link("theirs/link", to: "in/file", owner: Tree.user)
        func why(_ name: String) -> String {
            do throws(FileFailure) {
                close(try theirs.openFile(name, O_RDONLY))
                return "opened"
            } catch {
                return error.why
            }
        }
        #expect(why("second") == "has 2 names (hard links), so it is not used")
        #expect(why("pipe") == "is not a regular file")
        #expect(why("in") == "is not a regular file")
        #expect(why("link") == "is a symbolic link, which is not followed")
        #expect(why("../ours/secret") == "invalid argument")
        #expect(try theirs.names() == ["in", "link", "pipe", "second"])
    }

    @Test func `a directory that is missing is made, with those above it`() throws {
        let tree = try Tree()
        let made = try OpenDirectory(making: tree.path + "/ours/a/b/")
        #expect((made.owner, made.isWritableByOthers) == (0, false))
        #expect(tree.open("ours/a/b") == "opened")
        try tree.link("theirs/escape", to: "../ours", owner: Tree.user)
        #expect(throws: FileFailure.self) { try OpenDirectory(making: tree.path + "/theirs/escape/x") }
        #expect(tree.open("ours/x") == "no such file or directory")
    }
}
