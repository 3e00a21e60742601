import Foundation
import TestSupport
import Testing

@testable import DripEngine

/// Which commit holds a file, in a repository that git has packed: two commits, of which the second added a line to care.yaml.
@Suite struct GitCommitsTests {
    private static let first = "47a795bfef2794b80b3e31178ae2d2554cd3199f"
    private static let second = "393a1a101d79122a42b3cb02a2e3fce65192e933"
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try write(Array("\(Self.second)\n".utf8), ".git/HEAD")
        try write(Self.pack, ".git/objects/pack/pack-1.pack")
        try write(Self.index, ".git/objects/pack/pack-1.idx")
    }

    @Test func `a file as its commit has it`() {
        #expect(commit(of: "care.yaml", Self.content) == Self.second)
        #expect(commit(of: "other.yaml", "sequence: other\n") == Self.second)
    }

    @Test func `a file that was changed, staged or not`() {
        #expect(commit(of: "care.yaml", Self.content + "#\n") == Self.second + " + changes")
        #expect(commit(of: "care.yaml", Self.earlier) == Self.second + " + changes")
    }

    @Test func `a file that was never committed`() {
        #expect(commit(of: "new.yaml", "sequence: new\n") == Self.second + " + changes")
        var commits = GitCommits()
        #expect(
            commits.commit(of: directory.path + "/elsewhere/care.yaml", content: Array(Self.content.utf8))
                == Self.second + " + changes"
        )
    }

    @Test func `an earlier commit, whose file is kept as a change to the later one`() throws {
        try write(Array("\(Self.first)\n".utf8), ".git/HEAD")
        #expect(commit(of: "care.yaml", Self.earlier) == Self.first)
        #expect(commit(of: "care.yaml", Self.content) == Self.first + " + changes")
    }

    @Test func `line ends of another system are no change`() {
        #expect(commit(of: "other.yaml", "sequence: other\r\n") == Self.second)
    }

    @Test func `objects that each have a file`() throws {
        try FileManager.default.removeItem(atPath: directory.path + "/.git/objects")
        // A stored block: what zlib writes of what it cannot make shorter.
        func loose(_ name: String, _ kind: String, _ content: [UInt8]) throws {
            let object = Array("\(kind) \(content.count)\0".utf8) + content
            let length = UInt16(object.count)
            let size = [UInt8(length & 0xff), UInt8(length >> 8), UInt8(~length & 0xff), UInt8(~length >> 8)]
            try write([0x78, 0x01, 0x01] + size + object, ".git/objects/\(name.prefix(2))/\(name.dropFirst(2))")
        }
        let (tree, folder, blob) = (
            String(repeating: "1a", count: 20), String(repeating: "2b", count: 20), String(repeating: "3c", count: 20)
        )
        try loose(Self.second, "commit", Array("tree \(tree)\nauthor a\n\ntwo\n".utf8))
        try loose(tree, "tree", Array("40000 Sequences\0".utf8) + Array(repeating: 0x2b, count: 20))
        try loose(folder, "tree", Array("100644 care.yaml\0".utf8) + Array(repeating: 0x3c, count: 20))
        try loose(blob, "blob", Array("sequence: care\n".utf8))
        #expect(commit(of: "care.yaml", "sequence: care\n") == Self.second)
        #expect(commit(of: "care.yaml", "sequence: care") == Self.second + " + changes")
    }

    @Test(arguments: ["pack", "idx"])
    func `what cannot be read cannot be compared`(ending: String) throws {
        let whole = ending == "pack" ? Self.pack : Self.index
        let path = ".git/objects/pack/pack-1.\(ending)"
        for length in stride(from: 0, to: whole.count, by: 97) {
            try write(Array(whole[..<length]), path)
            let commit = commit(of: "care.yaml", Self.content)
            // What lies before the cut may be enough.
            #expect([Self.second + " (not compared)", Self.second].contains(commit))
        }
        // Damaged at any place it says nothing wrong, and does not end the program.
        for position in stride(from: 0, to: whole.count - 40, by: 13) {
            var damaged = whole
            damaged[position] ^= 0x55
            try write(damaged, path)
            _ = commit(of: "care.yaml", Self.content)
        }
    }

    @Test func `no working copy has no commit`() throws {
        var commits = GitCommits()
        let folder = try TemporaryDirectory()
        #expect(commits.commit(of: folder.path + "/care.yaml", content: []) == nil)
    }

    private func commit(of name: String, _ content: String) -> String? {
        var commits = GitCommits()
        return commits.commit(of: directory.path + "/Sequences/" + name, content: Array(content.utf8))
    }

    private func write(_ bytes: [UInt8], _ name: String) throws {
        let path = URL(filePath: directory.path + "/" + name)
        try FileManager.default.createDirectory(
            at: path.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: path)
    }

    private static let earlier =
        "sequence: care\nsteps:\n"
        + (0..<60).map { number in
            "  - {step: s\(number), after: \(number + 1) h, text: \"Chao ban so \(number * 62_710_561 % 1_000_003)\"}\n"
        }.joined()
    private static let content = earlier + "  - {step: last, after: 90 h, text: \"Tam biet\"}\n"

    private static let pack = decoded(
        """
        UEFDSwAAAAIAAAAJmgt4nI3KUQrCMAyA4feeou+CpGmzLCDiVdI2QcG5MSp6fHcE/8ePf+xmUb05tJorCHXTbK1Oqi5eKBOkuXBCbEJh091eIx\
        ZWFqpujiylzlCz5ZR4VsOORKX1nEQ86Hvc1z1qvOjNvrpsTzu3dbnGxBMj0gQQT3AUDl0eY9hfcxifNfwABUA1SJoIeJyNyksKwjAYReF5VvHP\
        C5J3GijFrdw0VxRMU0oEl2+X4Bl+nHGSggwDhFKDoc98lOSKN9V5XRMY3bzZHOYcFT7j2U+BLLjzi3a8edt6W8WkmKwNUWuZ9JW6tL3G4F+z6j\
        vVDxpyJ1q12AF4nHXWTW4TQRCG4T2naGUdpK7frvaWK3ABJxoUJEggNhIS4u6MN1OmWp+88cKfvHifme7L9vPX9vq8ndrz+X37cLluPy6nD619\
        bH9u30/t0h/b+ct1ez81ai+P7br9vp7aw6eX81t7Or+2y1vrD3//W9CxYLAY1GVYmfExEzBT7kNHmckxUzAjIaJZZnrMDMxCSaeWmR0zBzMzCv\
        cy82M2wIydWaLMxjELMJuDnaTM4phNMPPgGTXAzNId7GSKWC1Ad0SQkVtwrg0opRCiEqTUawVKK4SwGKuO2oFSCyEuLBpaS1B6IQRmqu0N6zDF\
        ECLjZjZrDUozhNCI2/QlR6ohxGa4yFIj2RByM8IHLTUSDiM4OkePWoMTDiM4t0feag2+e8UgOJNGSK3BCYcRHOfgvrycEg4jOCJho9bghMMIjs\
        bUWoPTDSM3w6ZwrcHphpEb9bl/6jDdMHJD0bsvNRIOIzgxu+pSI+EIguO9B9UaknAEwbm99GM5LBKOIDhM+9NYd3eHE3IzhKbUGpJuBLlRZem1\
        hqQbQW7I2EetIQlHEJxw6VZrSMIRBMeGKC81Eo4gOBwy5lIj4QiCM6fS4DpMOIrgjK6mNYcmHEVwbsc+1RyacBTBITaOmkNTjiI5IeZec+jdxQ\
        bJMfUuNYemHEVy2Fx7zaEpR5Gc6bu4mkNTjiI5PgbZkiPlKJIjMXbmdZhyFMoZMZcaCccQnOjBo9awhGMIzu3ip7WGJRyDbxyenWoNSziG4Mz9\
        PjZrDUs4huD4fh77cre9uxMjOOKdpNawhGPwrOrWaw1LN4bcjD1HLDXSjSE3+0PMttRIN4bccCfnpUbCcQRn/8PeS41v58s1b+P3y8/n7+3p63\
        bdf/8Pe/jQt7ABeJwrTi0sTc1LTrVSyC/JSC3iAgA1dgXgpAJ4nDMxAAKF4NTC0tS85NRiBhbnhTu8je4/05z9QT/PTck7UuLbPQDfjw3sqwR4\
        nDM0MDAzMVFITixK1atMzM1hWB3Qmyx6cVKRl87pIzXuZ/wTih9lG0IU5ZdkpBZBVJnPjZzO8EU69lnBspitsw7fcp0zORMAFeceR6QCeJwzMQ\
        ACheDUwtLUvOTUYoYvmhyCslJFfPrCCneXHjsnHNRZFgUAxZsL5KsEeJwzNDAwMzFRSE4sStWrTMzNYbAyF/J+2W6/+fqFIE7rMJ5bayxWhRtC\
        FOWXZKQWQVSZz42czvBFOvZZwbKYrbMO33KdMzkTANaKHP1nhih4nGuVviq1IZQXAAukAqLgzOk4WW/2tCeK5ukGXzfXUHxKuA==
        """
    )

    /// The index: how many names begin with a byte or a smaller one, for each; then the names and where they are.
    private static let index: [UInt8] = {
        let tables = decoded(
            """
            BEOhuEsy3+Ypm/AvbkYiS1kY9t43nVmXAPQbXeZwply1msPaRZyTaTk6GhAdeRIqQrPLAqLj/OZRkukzOjcSS+mHP7PX0FIJO1YM2qw4qldHp5\
            W/7yeUuAs+MReK4tJVTNMZn6mhqlvVHknvtztB00DXrmOMKViWq1CNYxXRknJKLMvEfEfMT2Bz4muvzwyzsJXeo+y2qvn0U1AYRxIslfQpCBEd\
            GnIOLxMg3aXGzhNSiXZaEw74wj7TBY5hG1UyZ6rCo6sli+Nsi80xhYhvgZLajiFvTM1YAAAD2wAAA5QAAAAMAAAEpgAAAJQAAAQqAAAA/gAAA6\
            4AAARX4MzpOFlv9rQniubpBl8311B8Srhsgw6Di6SfwFZmf0nVu2JzQznHug==
            """
        )
        let first = (0..<9).map { tables[$0 * 20] }
        let counts = (UInt8.min...UInt8.max).flatMap { (byte: UInt8) -> [UInt8] in
            [0, 0, 0, UInt8(first.count { $0 <= byte })]
        }
        return [0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2] + counts + tables
    }()

    private static func decoded(_ text: String) -> [UInt8] {
        Array(Data(base64Encoded: text) ?? Data())
    }
}
