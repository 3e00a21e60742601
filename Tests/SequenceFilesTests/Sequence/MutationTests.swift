import Foundation
import Testing

@testable import SequenceFiles

/// Damaged copies of the shipped files: whatever a slip of the hand makes of one, it is read or its faults are named.
struct MutationTests {
    /// Of each file; `DRIPD_COPIES=100000` makes more.
    private static let copies = ProcessInfo.processInfo.environment["DRIPD_COPIES"].flatMap(UInt64.init) ?? 1000

    private static let scraps =
        [
            ":", ": ", "- ", "? ", "&a ", "*a", "!x ", "{{", "}}", "|", "\"", "'", "[", "]", "{", "}", "#", "\t", "\n",
            "\r",
        ]
        + [
            "\n\n", "  ", "<<: ", "---\n", "%", "@", "\\", "\u{0}", "\u{2028}", "👨‍👩‍👧", "\u{301}", "-1", "1.5",
            "99999999999",
        ]

    @Test(arguments: ["cham-soc", "onboarding-en"])
    func `a thousand damaged copies of a shipped file are all answered`(name: String) throws {
        let path = ShippedSequences.folder + "/\(name).yaml"
        check(damagedCopiesOf: Array(try Data(contentsOf: URL(filePath: path))), path: path)
    }

    @Test func `a thousand damaged copies of a file with every key are all answered`() {
        check(damagedCopiesOf: Array(FullExample.text.utf8), path: "cham-soc.yaml")
    }

    private func check(damagedCopiesOf original: [UInt8], path: String) {
        for seed in 0..<Self.copies {
            var generator = SeededGenerator(seed: seed)
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.damage(&bytes, &generator) }
            let reader = SequenceReader(bytes: bytes, path: path)
            let hasErrors = reader.report.diagnostics.contains { $0.severity == .error }
            #expect(hasErrors == (reader.sequence == nil), "seed \(seed)")
            let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false).count + 1
            #expect(
                reader.report.diagnostics.allSatisfy {
                    $0.place.map { $0.line <= lines * 2 && $0.column >= 1 } ?? false
                },
                "seed \(seed)"
            )
        }
    }

    private static func damage(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        let start = Int.random(in: 0..<bytes.count, using: &generator)
        let end = min(bytes.count, start + Int.random(in: 1...40, using: &generator))
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes.removeSubrange(start..<end)
        case 1: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &generator))
        case 2: bytes[start] = UInt8.random(in: .min ... .max, using: &generator)
        case 3: bytes.insert(contentsOf: (scraps.randomElement(using: &generator) ?? "").utf8, at: start)
        default: bytes.swapAt(start, Int.random(in: 0..<bytes.count, using: &generator))
        }
        if bytes.isEmpty { bytes = [0x0a] }
    }
}
