import DripCore
import Foundation
import Testing

@testable import SequenceFiles

/// Pictures, videos, sounds and files that lie beside the sequence file.
@Suite struct MediaProblemsTests {
    @Test func `what lies beside the file is known by its content`() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("media")
        try folder.write("media/a.jpg", "abc")
        try folder.write("a.MP4", "abc")
        try folder.write("media/Bảng giá.xyz", "abc")
        try folder.write(
            "a.yaml",
            Self.file("images: [media/a.jpg, ./media/../media/a.jpg], video: a.MP4, file: media/Bảng giá.xyz")
        )
        let loaded = SequenceFolder.load(paths: [folder.path], defaultZone: .gmt)
        #expect(loaded.diagnostics.filter { $0.severity == .error } == [])
        let step = try #require(loaded.catalog?["a"]?.steps.first)
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let paths = ["media/a.jpg", "./media/../media/a.jpg"]
        #expect(
            step.images
                == paths.map { .file(MediaFile(path: $0, location: folder.path + "/" + $0, hash: hash)) }
        )
        #expect(step.video == .file(MediaFile(path: "a.MP4", location: folder.path + "/a.MP4", hash: hash)))
        #expect(step.files.map(\.kind) == [.image, .image, .video, .file])
        #expect(
            loaded.files[0].media == [
                "media/a.jpg": hash, "./media/../media/a.jpg": hash, "a.MP4": hash, "media/Bảng giá.xyz": hash,
            ]
        )
    }

    @Test func `what is not there, or cannot be sent`() throws {
        let folder = try TemporaryFolder()
        for name in ["media", "folder.jpg", "example.com"] { try folder.makeFolder(name) }
        try folder.write("media/empty.jpg", "")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/out.jpg",
            withDestinationPath: "/etc/hostname"
        )
        try folder.write("media/real.jpg", "x")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/in.jpg",
            withDestinationPath: "media/real.jpg"
        )
        let large = folder.path + "/large.jpg"
        try folder.write("large.jpg", "")
        try #require(FileHandle(forWritingAtPath: large)).truncate(atOffset: 25_000_001)
        try folder.write(
            "a.yaml",
            Self.file(
                "images: [media/b.jpg, folder.jpg, media/empty.jpg, out.jpg, in.jpg, large.jpg, example.com/b.jpg]"
            )
        )
        let loaded = SequenceFolder.load(paths: [folder.path], defaultZone: .gmt)
        #expect(
            loaded.diagnostics.map { $0.description.replacing(folder.path, with: "T") }.joined(separator: "\n") == """
                T/a.yaml:3:40: error: no such file: 'T/media/b.jpg'
                T/a.yaml:3:53: error: 'T/folder.jpg' is a folder, not a file
                T/a.yaml:3:65: error: 'T/media/empty.jpg' is empty
                T/a.yaml:3:82: error: 'out.jpg' is a link out of the folder of the sequence files: put the file itself there
                T/a.yaml:3:99: error: 'T/large.jpg' has more than 25 MB, and Messenger takes no more
                T/a.yaml:3:110: error: no such file: 'T/example.com/b.jpg'; did you mean 'https://example.com/b.jpg'?
                """
        )
    }

    @Test func `paths that lead elsewhere, and endings of another kind`() {
        #expect(
            problems(
                """
                sequence: a
                start: [manual]
                steps:
                  - step: x
                    after: 1 h
                    images: [/srv/a.jpg, ../a.jpg, media/../../a.jpg, "{{a}}.jpg", a.mp4, a, a.svg]
                    video: a.mp3
                    audio: a.JPEG
                    file: a.anything
                """
            ) == """
                a.yaml:6:14: error: '/srv/a.jpg': write where it lies from the folder of the sequence files, such as 'media/a.jpg'
                a.yaml:6:26: error: '../a.jpg' leads out of the folder of the sequence files: put the file below it
                a.yaml:6:36: error: 'media/../../a.jpg' leads out of the folder of the sequence files: put the file below it
                a.yaml:6:55: error: variables and word lists work only in 'text'
                a.yaml:6:68: error: 'a.mp4' is a video: write it in 'video'
                a.yaml:6:75: error: 'a' is not a picture by its name, which must end in 'bmp', 'gif', 'jpeg', 'jpg', 'png' or 'webp'
                a.yaml:6:78: error: 'a.svg' is not a picture by its name, which must end in 'bmp', 'gif', 'jpeg', 'jpg', 'png' or 'webp'
                a.yaml:7:12: error: 'a.mp3' is a sound: write it in 'audio'
                a.yaml:8:12: error: 'a.JPEG' is a picture: write it in 'images'
                """
        )
    }

    /// A version that was kept is looked up where its file lay; a file that is gone since refuses nothing.
    @Test func `a version that was kept takes what lies there today`() throws {
        let folder = try TemporaryFolder()
        let bytes = Array(Self.file("images: [a.jpg]").utf8)
        let path = folder.path + "/a.yaml"
        func hash() throws -> String? {
            let step = try #require(SequenceFolder.sequence(of: bytes, path: path)?.steps.first)
            return step.files[0].file.hash
        }
        #expect(try hash() == nil)
        try folder.write("a.jpg", "abc")
        #expect(try hash()?.prefix(8) == "ba7816bf")
    }

    @Test func `what is read for an upload is what was in force, or it says what to do`() throws {
        let folder = try TemporaryFolder()
        let location = try folder.write("a.jpg", "abc")
        let hash = ContentHash.hex(of: Array("abc".utf8))
        let file = MediaFile(path: "a.jpg", location: location, hash: hash)
        #expect(try MediaContent.read(file) == Array("abc".utf8))
        func problem() -> String? {
            do {
                _ = try MediaContent.read(file)
                return nil
            } catch {
                return error.description.replacing(folder.path, with: "T")
            }
        }
        try folder.write("a.jpg", "abd")
        #expect(
            problem()
                == "T/a.jpg is not the file that it was when the sequences were read: `systemctl reload dripd` puts it in force"
        )
        try FileManager.default.removeItem(atPath: location)
        #expect(problem() == "T/a.jpg: no such file or folder; put the file back, then `systemctl reload dripd`")
    }

    private static func file(_ media: String) -> String {
        "sequence: a\nstart: [first_message]\nsteps: [{step: x, after: 1 h, \(media)}]\n"
    }
}
