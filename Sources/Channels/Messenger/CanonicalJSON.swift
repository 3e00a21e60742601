import Foundation

/// A canonical form of JSON: equal values give equal text. Keys are sorted by their bytes. Foundation's `sortedKeys` compares
/// them by linguistic rules, which takes a thousand times as long.
enum CanonicalJSON {
    /// - Parameter value: a value from `JSONSerialization`.
    static func text(_ value: Any) -> String {
        var bytes: [UInt8] = []
        write(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func write(_ value: Any, to bytes: inout [UInt8]) {
        switch value {
        case let object as [String: Any]:
            bytes.append(UInt8(ascii: "{"))
            let members = object.map { (key: Array($0.key.utf8), value: $0.value) }
            for (index, member) in members.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(text: member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                write(member.value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case let list as [Any]:
            bytes.append(UInt8(ascii: "["))
            for (index, element) in list.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(element, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case let text as String: write(text: Array(text.utf8), to: &bytes)
        case is NSNull: bytes.append(contentsOf: "null".utf8)
        default:
            // A number or a boolean, in Foundation's own form.
            let data = try? JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
            bytes.append(contentsOf: data ?? Data("null".utf8))
        }
    }

    private static func write(text: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x08: bytes.append(contentsOf: #"\b"#.utf8)
            case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
            case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
            case 0x0C: bytes.append(contentsOf: #"\f"#.utf8)
            case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
            case 0x00..<0x20: bytes.append(contentsOf: #"\u00"#.utf8 + hex(byte))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Returns two hexadecimal digits.
    static func hex(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return [digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
    }
}
