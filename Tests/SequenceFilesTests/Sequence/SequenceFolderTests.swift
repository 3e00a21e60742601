import DripCore
import Foundation
import Glibc
import Testing

@testable import SequenceFiles

struct SequenceFolderTests {
    private let folder: TemporaryFolder
    private let zone = TimeZone(identifier: "Asia/Ho_Chi_Minh")!  // known to every system

    init() throws {
        folder = try TemporaryFolder()
    }

    private func file(_ id: String) -> String {
        "sequence: \(id)\nstart: [first_message]\nsteps: [{step: x, after: 1 h, text: x}]\n"
    }

    /// The diagnostics, the temporary folder being called `T`.
    private func problems(_ loaded: SequenceFolder) -> String {
        loaded.diagnostics.map { $0.description.replacing(folder.path, with: "T") }.joined(separator: "\n")
    }

    private func load(_ names: String...) -> SequenceFolder {
        SequenceFolder.load(paths: names.map { folder.path + $0 }, defaultZone: zone)
    }

    @Test func `a folder's sequence files are read, and nothing else in it`() throws {
        try folder.write("a.yaml", file("a"))
        try folder.write("b.yml", file("b"))
        try folder.write("c.YAML", file("c"))
        try folder.write("d.Yml", file("d"))
        try folder.write(".c.yaml", "broken: [")
        try folder.write("README.md", "broken: [")
        try folder.write("sequence.schema.json", "broken: [")
        try folder.write("a.yaml.expected", "broken: [")
        try folder.makeFolder("below.d")
        try folder.write("below.d/d.YAML", "broken: [")
        try folder.makeFolder(".hidden")
        try folder.write(".hidden/e.yaml", "broken: [")
        try folder.makeFolder("pictures")
        try folder.write("pictures/a.png", "no sequence")
        try folder.makeFolder("x.yaml.d")
        let loaded = load("")
        #expect(
            problems(loaded)
                == "T/below.d: warning: the sequence files in this folder are not read: move them up, or name the folder, too"
        )
        #expect(loaded.catalog?.sequences.keys.sorted() == ["a", "b", "c", "d"])
        #expect(loaded.catalog?.zone == zone)
        let names = ["a.yaml", "b.yml", "c.YAML", "d.Yml"]
        #expect(loaded.files.map(\.path) == names.map { "\(folder.path)/\($0)" })
    }

    @Test func `all problems of all files are found in one run, and then there is no catalog`() throws {
        try folder.write("a.yaml", file("a") + "stop: [x]\ncolour: red\n")
        try folder.write("b.yaml", "sequence: [\n")
        try folder.write("c.yaml", file("c"))
        try folder.write("d.yaml", file("e"))
        let loaded = load("/")
        #expect(
            problems(loaded) == """
                T/a.yaml:4:8: error: unknown stop 'x'
                T/a.yaml:5:1: error: unknown key 'colour' in a sequence
                T/b.yaml:2:1: error: a value is missing here: is there a ',' too many, or no ']' or '}'?
                T/d.yaml:1:11: error: the file's name and its sequence must agree, and 'd' is not 'e'; did you mean 'd'?
                """
        )
        #expect(loaded.catalog == nil)
        #expect(loaded.files.map { $0.sequence?.id } == [nil, nil, "c", nil])
    }

    @Test func `a sequence that is in two files is refused at the second`() throws {
        try folder.write("a.yaml", file("a"))
        try folder.write("a.yml", file("a"))
        let loaded = load("")
        #expect(problems(loaded) == "T/a.yml:1:11: error: sequence 'a' is already in T/a.yaml")
        #expect(loaded.catalog == nil)
    }

    @Test func `a file that is named twice, or reached by a link, is read once`() throws {
        try folder.write("a.yaml", file("a"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link.yaml",
            withDestinationPath: folder.path + "/a.yaml"
        )
        let loaded = load("/a.yaml", "", "/link.yaml")
        #expect(problems(loaded) == "")
        #expect(loaded.files.map(\.path) == [folder.path + "/a.yaml"])
    }

    @Test func `paths that lead to no file`() throws {
        try folder.makeFolder("empty")
        try folder.write("large.yaml", String(repeating: "#", count: 256 * 1024 + 1))
        try #require(mkfifo(folder.path + "/pipe.yaml", 0o600) == 0)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/broken.yaml",
            withDestinationPath: "gone.yaml"
        )
        #expect(
            problems(load("/missing", "/empty", "")) == """
                T/broken.yaml: error: no such file or folder
                T/empty: error: no sequence files (*.yaml) in this folder
                T/large.yaml: error: is larger than 256 KiB
                T/missing: error: no such file or folder
                T/pipe.yaml: error: is not a regular file
                """
        )
    }

    @Test(.disabled(if: geteuid() == 0, "root may read everything"))
    func `a file that may not be read`() throws {
        try folder.write("a.yaml", file("a"), mode: 0o000)
        #expect(problems(load("")) == "T/a.yaml: error: cannot be read: Permission denied")
    }

    @Test func `a folder whose name ends like a file's is no file`() throws {
        try folder.makeFolder("x.yaml")
        try folder.write("a.yaml", file("a"))
        #expect(problems(load("")) == "T/x.yaml: error: is a folder, not a file")
    }

    @Test func `more files than are read`() throws {
        for number in 1...1001 { try folder.write("s\(number).yaml", file("s\(number)")) }
        #expect(problems(load("")) == "T/s999.yaml: error: 1001 sequence files: at most 1000 are read")
    }

    @Test func `warnings and notes leave the catalog in force`() throws {
        try folder.write(
            "a.yaml",
            "sequence: a\nstart: [first_message]\nsteps: [{step: x, after: 1 day, text: 'Chào {{full_name}}'}]\n"
        )
        let loaded = load("")
        #expect(loaded.diagnostics.map(\.severity) == [.warning, .warning])
        #expect(loaded.catalog?.sequences.count == 1)
    }
}
