/// Keeps "billion laughs" from the parser. An alias within a mapping's key is hashed with all that it stands for while
/// Yams composes the tree, and nested aliases multiply: a few hundred bytes take minutes. So the aliases are counted
/// before the parser sees them. It cannot be known here what is a text, so a few are let through; the reader refuses
/// those that are real, and so few cannot multiply.
enum AliasScan {
    static let harmless = 4

    /// The first `*name` when there are more than `harmless` of them whose `&name` stands in the file too.
    static func firstOfTooMany(in source: SourceText) -> Place? {
        var anchors: Set<[UInt8]> = []
        for line in source.lines { visit("&", in: line.text) { name, _ in anchors.insert(name) } }
        guard !anchors.isEmpty else { return nil }
        var count = 0
        var first: Place?
        for (index, line) in source.lines.enumerated() {
            visit("*", in: line.text) { name, offset in
                guard anchors.contains(name) else { return }
                count += 1
                first = first ?? source.place(line: index + 1, scalarColumn: offset + 1)
            }
        }
        return count > harmless ? first : nil
    }

    /// Calls `found` with each name behind a `sign` that is not itself within a word ("Q&A"), and with the sign's offset in Unicode scalars.
    private static func visit(_ sign: Character, in line: String, found: ([UInt8], Int) -> Void) {
        guard let sign = sign.asciiValue, line.utf8.contains(sign) else { return }
        var offset = 0
        var name: [UInt8] = []
        var nameOffset: Int?
        var isWithinWord = false
        for byte in line.utf8 {
            if let start = nameOffset {
                if isNameByte(byte) {
                    name.append(byte)
                } else {
                    if !name.isEmpty { found(name, start) }
                    nameOffset = nil
                }
            }
            if byte == sign, !isWithinWord {
                nameOffset = offset
                name = []
            }
            isWithinWord = isNameByte(byte) || byte >= 0x80
            // The bytes after a scalar's first begin with the bits 10.
            if byte & 0xc0 != 0x80 { offset += 1 }
        }
        if let start = nameOffset, !name.isEmpty { found(name, start) }
    }

    /// The characters of an anchor's name in libyaml: letters, digits, '_' and '-'.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
