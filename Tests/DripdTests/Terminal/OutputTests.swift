import Foundation
import Testing

@testable import dripd

struct OutputTests {
    /// Everything that commands print goes through `Output`.
    @Test func `no source file prints past it`() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/dripd")
        let files = try #require(FileManager.default.enumerator(atPath: sources.path))
        var count = 0
        for case let file as String in files where file.hasSuffix(".swift") {
            count += 1
            let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
            let past = /[^.\w]print\(|FileHandle\.standard(Output|Error)|fputs|fwrite|putchar/
            #expect(!text.replacing("static func print(_ value", with: "").contains(past), "\(file)")
        }
        #expect(count > 50)
    }

    @Test func `what cannot be written is an error`() throws {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        #expect(throws: Output.Failure.failed(errno: ENOSPC)) {
            try Output(descriptor: full, columns: nil).line("Lan")
        }
        #expect(throws: Output.Failure.failed(errno: EBADF)) {
            try Output(descriptor: -1, columns: nil).exact("{}")
        }
        #expect("\(Output.Failure.failed(errno: ENOSPC))" == "cannot write the output: no space left on device")
    }

    @Test func `for a terminal lines are folded and files made harmless, for a program nothing is`() throws {
        #expect(
            try written(columns: 30) {
                try $0.line("Error: nobody is known as this at\nall")
                try $0.exact("a,\u{1B}[2J\r\nb,c\r\n")
            } == #"""
                Error: nobody is known as this
                  at\nall
                a,\u{1B}[2J
                b,c

                """#
        )
        #expect(
            try written(columns: nil) {
                try $0.line("Error: nobody is known as \u{202E}this at all")
                try $0.exact("a,\u{1B}[2J\r\nb,c\r\n")
                try $0.progress("half")
                try $0.endProgress()
            } == "Error: nobody is known as \\u{202E}this at all\na,\u{1B}[2J\r\nb,c\r\n"
        )
        #expect(
            try written(columns: 30) { try $0.progress(String(repeating: "wide ", count: 10)) }
                == "\r\u{1B}[Kwide wide wide wide wide wid…"
        )
    }

    private func written(columns: Int?, _ body: (Output) throws -> Void) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "dripd-output-\(UUID().uuidString)")
        let descriptor = open(path.path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        defer { close(descriptor) }
        try FileManager.default.removeItem(at: path)
        try body(Output(descriptor: descriptor, columns: columns))
        lseek(descriptor, 0, SEEK_SET)
        let bytes = try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd() ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }
}
