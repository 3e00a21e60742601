import ChildProcesses
import Foundation
import TestSupport
import Testing

@testable import QRCodes

/// Programs that are not ours read what we wrote.
@Suite struct QRPictureTests {
    private static let python = "/usr/bin/python3"
    private static let reader = "/usr/bin/zbarimg"

    /// Unpacks a picture as the PNG specification says, and prints its rows of modules.
    private static let unpack = """
        import struct, sys, zlib
        data = open(sys.argv[1], 'rb').read()
        assert data[:8] == bytes([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10])
        place, chunks = 8, {}
        while place < len(data):
            size, kind = struct.unpack('>I4s', data[place:place + 8])
            body = data[place + 8:place + 8 + size]
            assert struct.unpack('>I', data[place + 8 + size:place + 12 + size])[0] == zlib.crc32(kind + body)
            chunks[kind] = body
            place += 12 + size
        width, height, depth, colour = struct.unpack('>IIBB', chunks[b'IHDR'][:10])
        pixels, stride = zlib.decompress(chunks[b'IDAT']), (width + 7) // 8 + 1
        assert (width, depth, colour, len(pixels)) == (height, 1, 0, stride * height) and chunks[b'IEND'] == b''
        for y in range(5, height, 10):
            row = pixels[y * stride + 1:(y + 1) * stride]
            print(''.join('.' if row[x // 8] >> (7 - x % 8) & 1 else '#' for x in range(5, width, 10)))
        """

    /// The longer text makes more than one block of pixels.
    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: python), "needs python3"),
        arguments: ["HELLO", String(repeating: "a", count: 2000)]
    )
    func `a picture has the code's modules`(_ text: String) async throws {
        let code = try #require(QRCode(text))
        let folder = try TemporaryDirectory()
        try Data(code.png).write(to: URL(filePath: folder.path + "/code.png"))
        let rows = code.framed.map { row in code.framed.map { code.isDark($0, row) ? "#" : "." }.joined() }
        let printed = try await output(of: Self.python, ["-c", Self.unpack, folder.path + "/code.png"], in: folder)
        #expect(printed == rows.joined(separator: "\n") + "\n")
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: reader), "needs zbarimg, of zbar-tools"),
        arguments: [
            "https://m.me/1577703145783617?ref=tiktok-tool",
            "https://m.me/1577703145783617?ref=" + String(repeating: "a", count: 300),
        ]
    )
    func `a reader reads what was written`(_ text: String) async throws {
        let folder = try TemporaryDirectory()
        try Data(try #require(QRCode(text)).png).write(to: URL(filePath: folder.path + "/code.png"))
        let printed = try await output(of: Self.reader, ["--quiet", "--raw", folder.path + "/code.png"], in: folder)
        #expect(printed == text + "\n")
    }

    private func output(of program: String, _ arguments: [String], in folder: TemporaryDirectory) async throws -> String
    {
        let file = folder.path + "/output"
        _ = try await ChildProcess(program, arguments, output: file, errors: "/dev/null").exit
        return try String(contentsOfFile: file, encoding: .utf8)
    }
}
