/// The quoted-printable encoding (RFC 2045, section 6.7): ASCII alone, in lines that every mail server takes.
enum QuotedPrintable {
    private static let longestLine = 76

    /// - Parameter text: its lines may end with CRLF, LF or CR. Other separators are text.
    /// - Returns: lines that each end with CRLF.
    static func encode(_ text: String) -> [UInt8] {
        var (encoded, line): ([UInt8], [UInt8]) = ([], [])
        var last: UInt8 = 0
        for byte in text.utf8 {
            switch byte {
            case 0x0a where last == 0x0d: break
            case 0x0a, 0x0d:
                encode(line: line, to: &encoded)
                line = []
            default: line.append(byte)
            }
            last = byte
        }
        encode(line: line, to: &encoded)
        return encoded
    }

    private static func encode(line: [UInt8], to encoded: inout [UInt8]) {
        var length = 0
        for (index, byte) in line.enumerated() {
            let isLast = index == line.count - 1
            var unit = unit(byte, atStart: length == 0, isLast: isLast)
            // A soft line break takes one character.
            if length + unit.count > (isLast ? longestLine : longestLine - 1) {
                encoded += [UInt8(ascii: "="), 0x0d, 0x0a]
                length = 0
                unit = self.unit(byte, atStart: true, isLast: isLast)
            }
            encoded += unit
            length += unit.count
        }
        encoded += [0x0d, 0x0a]
    }

    private static func unit(_ byte: UInt8, atStart: Bool, isLast: Bool) -> [UInt8] {
        let isLiteral =
            switch byte {
            // At the end of a line, servers remove it.
            case 0x20, 0x09: !isLast
            case UInt8(ascii: "="): false
            // At the start, "From" would be changed by mailboxes, and a dot has a meaning in SMTP.
            case UInt8(ascii: "F"), UInt8(ascii: "."): !atStart
            default: (0x21...0x7e).contains(byte)
            }
        guard !isLiteral else { return [byte] }
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
