/// Makes damaged copies of outside data, as from a broken client or an attacker.
package struct Damage {
    private var random: SeededRandom
    private static let scraps = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "-", "0", "1e999", "-1e999", "9223372036854775808",
        "-9223372036854775809", "1.5", "\"\"", "{}", "[]", "\u{0}", "\u{feff}", "\\u0000", "\\ud800", "👨‍👩‍👧", "\r\n",
        "%00",
        String(repeating: "[", count: 600), String(repeating: "{\"a\":", count: 600),
        String(repeating: "9", count: 400),
    ]

    package init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    package mutating func damaged(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty { damage(&bytes) }
        return bytes
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        let start = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, start + Int.random(in: 1...40, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.removeSubrange(start..<end)
        case 1: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &random))
        case 2: bytes[start] = UInt8.random(in: .min ... .max, using: &random)
        case 3: bytes.insert(contentsOf: (Self.scraps.randomElement(using: &random) ?? "").utf8, at: start)
        case 4: bytes.replaceSubrange(start..<end, with: (Self.scraps.randomElement(using: &random) ?? "").utf8)
        default: bytes.swapAt(start, Int.random(in: 0..<bytes.count, using: &random))
        }
    }
}
