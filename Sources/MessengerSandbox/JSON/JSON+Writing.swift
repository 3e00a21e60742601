extension JSON {
    /// The value as the platform writes it: no spaces, `/` as `\/`, everything outside ASCII as `\u` and four lower-case
    /// hexadecimal digits per UTF-16 unit. Webhooks are signed over exactly these bytes:
    /// https://developers.facebook.com/docs/messenger-platform/webhooks#validate-payloads
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let bool): bytes += (bool ? "true" : "false").utf8
        case .integer(let integer): bytes += String(integer).utf8
        case .number(let number): bytes += String(number).utf8
        case .string(let string): JSON.write(string, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSON.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ string: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for unit in string.utf16 {
            switch unit {
            case 0x22: bytes += #"\""#.utf8
            case 0x5c: bytes += #"\\"#.utf8
            case 0x2f: bytes += #"\/"#.utf8
            case 0x08: bytes += #"\b"#.utf8
            case 0x0c: bytes += #"\f"#.utf8
            case 0x0a: bytes += #"\n"#.utf8
            case 0x0d: bytes += #"\r"#.utf8
            case 0x09: bytes += #"\t"#.utf8
            case 0x20..<0x7f: bytes.append(UInt8(unit))
            default:
                let digits = String(unit, radix: 16)
                bytes += (#"\u"# + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
