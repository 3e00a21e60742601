import DripCore
import Foundation
import Glibc
import Testing

@testable import SequenceFiles

/// Pictures, videos, sounds and files that lie beside the sequence file.
@Suite struct MediaProblemsTests {
    @Test func `what lies beside the file is known by its content`() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("media")
        try folder.write("media/a.jpg", "GIF89a", mode: 0o644)
        try folder.write("a.MP4", "\0\0\0 ftypisom", mode: 0o644)
        try folder.write("media/Bảng giá.PDF", "%PDF-1.7", mode: 0o644)
        try folder.write(
            "a.yaml",
            Self.file("images: [media/a.jpg, ./media/../media/a.jpg], video: a.MP4, file: media/Bảng giá.PDF")
        )
        let loaded = SequenceFolder.load(paths: [folder.path], defaultZone: .gmt)
        #expect(loaded.diagnostics.filter { $0.severity == .error } == [])
        let step = try #require(loaded.catalog?["a"]?.steps.first)
        let hash = "610f5ae4d76e332636a17bd357fd6ce99029316a99d320280d4d77a746bf29e8"
        let video = "c1fe15cedaa3ff8cfbeb2489b3682a00449d7790b17dd97ebc260865498efbe3"
        let paths = ["media/a.jpg", "./media/../media/a.jpg"]
        #expect(
            step.images
                == paths.map { .file(MediaFile(path: $0, location: folder.path + "/" + $0, hash: hash)) }
        )
        #expect(step.video == .file(MediaFile(path: "a.MP4", location: folder.path + "/a.MP4", hash: video)))
        #expect(step.files.map(\.kind) == [.image, .image, .video, .file])
        #expect(
            loaded.files[0].media == [
                "media/a.jpg": hash, "./media/../media/a.jpg": hash, "a.MP4": video,
                "media/Bảng giá.PDF": "86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b",
            ]
        )
    }

    @Test func `what is not there, or cannot be sent`() throws {
        let folder = try TemporaryFolder()
        for name in ["media", "folder.jpg", "example.com"] { try folder.makeFolder(name) }
        try folder.write("media/empty.jpg", "", mode: 0o644)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/out.jpg",
            withDestinationPath: "/etc/hostname"
        )
        try folder.write("media/real.jpg", "GIF89a", mode: 0o644)
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
                a.yaml:6:14: error: '/srv/a.jpg': write the path from the folder of the sequence files, such as 'media/a.jpg'
                a.yaml:6:26: error: '../a.jpg' leads out of the folder of the sequence files: put the file below it
                a.yaml:6:36: error: 'media/../../a.jpg' leads out of the folder of the sequence files: put the file below it
                a.yaml:6:55: error: variables and word lists work only in 'text'
                a.yaml:6:68: error: 'a.mp4' is a video: write it in 'video'
                a.yaml:6:75: error: 'a' is not a picture by its name, which must end in 'bmp', 'gif', 'jpeg', 'jpg', 'png' or 'webp'
                a.yaml:6:78: error: 'a.svg' is not a picture by its name, which must end in 'bmp', 'gif', 'jpeg', 'jpg', 'png' or 'webp'
                a.yaml:7:12: error: 'a.mp3' is a sound: write it in 'audio'
                a.yaml:8:12: error: 'a.JPEG' is a picture: write it in 'images'
                a.yaml:9:11: error: 'a.anything' is not a document by its name, which must end in 'doc', 'docx', 'epub', 'odp', 'ods', 'odt', 'pdf', 'ppt', 'pptx', 'rtf', 'xls', 'xlsx' or 'zip', or as those of pictures, videos and sounds do
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
        try folder.write("a.jpg", "GIF89a", mode: 0o644)
        #expect(try hash()?.prefix(8) == "610f5ae4")
    }

    @Test func `what is read for an upload is what was in force, or it says what to do`() throws {
        let folder = try TemporaryFolder()
        let location = try folder.write("a.jpg", "GIF89a", mode: 0o644)
        let hash = ContentHash.hex(of: Array("GIF89a".utf8))
        let file = MediaFile(path: "a.jpg", location: location, hash: hash)
        #expect(try MediaContent.read(file, as: .image) == Array("GIF89a".utf8))
        func problem() -> String? {
            do {
                _ = try MediaContent.read(file, as: .image)
                return nil
            } catch {
                return error.description.replacing(folder.path, with: "T")
            }
        }
        try folder.write("a.jpg", "GIF89b", mode: 0o644)
        #expect(
            problem()
                == "'T/a.jpg' is not what its name says: its content is of another kind; put the file back, then `systemctl reload dripd`"
        )
        try folder.write("a.jpg", "GIF87a", mode: 0o644)
        #expect(
            problem()
                == "T/a.jpg has changed since the sequences were read: `systemctl reload dripd` puts it in force"
        )
        try FileManager.default.removeItem(atPath: location)
        #expect(problem() == "no such file: 'T/a.jpg'; put the file back, then `systemctl reload dripd`")
    }

    @Test func `nothing but media is reached, whatever it is named`() throws {
        let folder = try TemporaryFolder()
        for name in [".git", "secrets", "media", "closed", "media/.hidden", "..data", "..data/.x"] {
            try folder.makeFolder(name)
        }
        #expect(chmod(folder.path + "/closed", 0o700) == 0)
        for name in [".git/config", ".env.pdf", "secrets/page_token", "people.csv", "dripd.yaml", "notes.txt"] {
            try folder.write(name, "text", mode: 0o644)
        }
        // By their names they could be sent.
        for name in [
            "token.pdf", "token.jpg", "token.mp3", "token.mp4", "token.docx", "token.zip", "token.doc", "token.rtf",
        ] {
            try folder.write(name, "EAAB-token", mode: 0o644)
        }
        try folder.write("private.pdf", "%PDF-1.7", mode: 0o640)
        for name in ["closed/a.pdf", "media/.hidden/a.pdf", ".a.pdf", "..data/a.pdf", "..data/.x/a.pdf", "media/a.pdf"]
        {
            try folder.write(name, "%PDF-1.7", mode: 0o644)
        }
        let links = [
            "git.pdf": ".git/config", "hidden.pdf": "media/.hidden/a.pdf", "up.pdf": "media/../../x/media/a.pdf",
            "absolute.pdf": folder.path + "/media/a.pdf", "circle.pdf": "circle.pdf", "closed.pdf": "closed/a.pdf",
            "private-link.pdf": "private.pdf", "data.pdf": "..data/a.pdf", "deep.pdf": "..data/.x/a.pdf",
            "good.pdf": "./media/../media/a.pdf",
        ]
        for (name, target) in links {
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/" + name, withDestinationPath: target)
        }
        #expect(mkfifo(folder.path + "/pipe.pdf", 0o644) == 0)
        let names = [
            ".git/config", ".env.pdf", "media/.hidden/a.pdf", ".a.pdf", "..data/a.pdf", "./.git/../media/a.pdf",
            "secrets/page_token", "people.csv", "dripd.yaml", "notes.txt", "token.pdf", "token.jpg", "token.mp3",
            "token.mp4", "token.docx", "token.zip", "token.doc", "token.rtf", "private.pdf", "closed/a.pdf", "git.pdf",
            "hidden.pdf", "up.pdf", "absolute.pdf", "circle.pdf", "closed.pdf", "private-link.pdf", "deep.pdf",
            "pipe.pdf",
            "media", "a.pdf/x", "media/a.pdf/", "good.pdf", "data.pdf",
        ]
        var problems: [String] = []
        for name in names {
            let bytes = Array(Self.file("file: \"\(name)\"").utf8)
            let report = SequenceReader(bytes: bytes, path: "a.yaml", mediaFolder: .disk(folder.path)).report
            let text = report.diagnostics.first { $0.severity == .error }?.message ?? "sent"
            let kind = text.contains("is not a document by its name") ? "no document by its name" : text
            problems.append("\(name): " + kind.replacing("'\(name)': ", with: "").replacing(folder.path, with: "T"))
        }
        let closed = "which not all users may open: what customers get must be readable by all"
        let another = "is not what its name says: its content is of another kind"
        let out = "is a link out of the folder of the sequence files: put the file itself there"
        #expect(
            problems.joined(separator: "\n") == """
                .git/config: '.git' begins with a dot, and such files are not sent
                .env.pdf: '.env.pdf' begins with a dot, and such files are not sent
                media/.hidden/a.pdf: '.hidden' begins with a dot, and such files are not sent
                .a.pdf: '.a.pdf' begins with a dot, and such files are not sent
                ..data/a.pdf: '..data' begins with a dot, and such files are not sent
                ./.git/../media/a.pdf: '.git' begins with a dot, and such files are not sent
                secrets/page_token: no document by its name
                people.csv: no document by its name
                dripd.yaml: no document by its name
                notes.txt: no document by its name
                token.pdf: 'T/token.pdf' \(another)
                token.jpg: 'T/token.jpg' \(another)
                token.mp3: 'T/token.mp3' \(another)
                token.mp4: 'T/token.mp4' \(another)
                token.docx: 'T/token.docx' \(another)
                token.zip: 'T/token.zip' \(another)
                token.doc: 'T/token.doc' \(another)
                token.rtf: 'T/token.rtf' \(another)
                private.pdf: 'T/private.pdf' may not be read by all users: chmod o+r it, if it is what customers are to get
                closed/a.pdf: 'T/closed/a.pdf' is in 'closed', \(closed)
                git.pdf: '.git' begins with a dot, and such files are not sent
                hidden.pdf: '.hidden' begins with a dot, and such files are not sent
                up.pdf: 'up.pdf' \(out)
                absolute.pdf: 'absolute.pdf' \(out)
                circle.pdf: 'T/circle.pdf' cannot be read: Too many levels of symbolic links
                closed.pdf: 'T/closed.pdf' is in 'closed', \(closed)
                private-link.pdf: 'T/private-link.pdf' may not be read by all users: chmod o+r it, if it is what customers are to get
                deep.pdf: '.x' begins with a dot, and such files are not sent
                pipe.pdf: 'T/pipe.pdf' is not a regular file
                media: no document by its name
                a.pdf/x: no document by its name
                media/a.pdf/: sent
                good.pdf: sent
                data.pdf: sent
                """
        )
    }

    /// People are under way in it: it stays readable, and the file is not sent.
    @Test func `a version of before that names another file stays usable, and sends nothing of it`() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder(".git")
        try folder.write(".git/config", "text")
        try folder.write("a.anything", "text", mode: 0o644)
        let bytes = Array(Self.file("file: .git/config").utf8)
        let other = Array(Self.file("file: a.anything").utf8)
        for bytes in [bytes, other] {
            let sequence = try #require(SequenceFolder.sequence(of: bytes, path: folder.path + "/a.yaml"))
            let file = try #require(sequence.steps.first?.files.first?.file)
            #expect(file.hash == nil)
            #expect(throws: MediaContentError.self) { try MediaContent.read(file, as: .file) }
        }
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static let samples: [(String, MediaKind, [UInt8])] = [
        ("a.png", .image, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
        ("a.jpg", .image, [0xff, 0xd8, 0xff, 0xe0]),
        ("a.webp", .image, text("RIFF....WEBP")), ("a.bmp", .image, text("BM....\0\0\0\0\0\0\0\0")),
        ("a.mov", .video, text("....moov")), ("a.avi", .video, text("RIFF....AVI ")),
        ("a.webm", .video, [0x1a, 0x45, 0xdf, 0xa3]), ("a.3gp", .video, text("....ftyp3gp4")),
        ("a.mp3", .audio, text("ID3")), ("a.mp3", .audio, [0xff, 0xfb, 0x90, 0x64]),
        ("a.aac", .audio, [0xff, 0xf1, 0x50, 0x80]), ("a.m4a", .audio, text("....ftypM4A ")),
        ("a.ogg", .audio, text("OggS")), ("a.wav", .audio, text("RIFF....WAVE")), ("a.amr", .audio, text("#!AMR")),
        ("a.docx", .file, text("PK\u{3}\u{4}")), ("a.xls", .file, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
        ("a.rtf", .file, text("{\\rtf1")), ("a.jpg", .file, [0xff, 0xd8, 0xff]), ("a.mp4", .file, text("....ftypisom")),
    ]

    @Test(arguments: samples)
    func `what each program writes is taken`(name: String, kind: MediaKind, bytes: [UInt8]) throws {
        let folder = try TemporaryFolder()
        try Data(bytes).write(to: URL(filePath: folder.path + "/" + name))
        #expect(try MediaContent.read(name, as: kind, in: folder.path) == bytes)
    }

    private static func file(_ media: String) -> String {
        "sequence: a\nstart: [first_message]\nsteps: [{step: x, after: 1 h, \(media)}]\n"
    }
}
