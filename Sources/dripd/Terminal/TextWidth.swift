/// How many cells of a terminal text takes.
enum TextWidth {
    static func of(_ text: some StringProtocol) -> Int {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        if first.value < 0x300, scalars.count == 1 { return 1 }
        if isWide(first) { return 2 }
        // A sign that is an emoji only with the mark behind it, as in a keycap or a red heart.
        if first.properties.isEmoji, scalars.contains("\u{FE0F}") { return 2 }
        return switch first.properties.generalCategory {
        // A mark without a letter is put on what is before it.
        case .nonspacingMark, .enclosingMark, .format: 0
        default: 1
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x1100 else { return false }
        return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
    }

    /// Wide and fullwidth by Unicode's EastAsianWidth.txt (version 16), apart from emoji, which the standard library knows.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2329...0x232A, 0x2630...0x2637, 0x268A...0x268F, 0x2E80...0x303E, 0x3041...0x3247,
        0x3250...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
        0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1D300...0x1D376, 0x1F200...0x1F265,
        0x20000...0x2FFFD, 0x30000...0x3FFFD,
    ]
}

extension String {
    /// With spaces behind it, up to a width in cells.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - TextWidth.of(self)))
    }

    /// At most so many cells wide; what had to be cut ends with an ellipsis.
    func cut(to width: Int) -> String {
        guard TextWidth.of(self) > width else { return self }
        var result = ""
        var left = width - 1
        for character in self {
            left -= TextWidth.of(character)
            guard left >= 0 else { break }
            result.append(character)
        }
        return width > 0 ? result + "…" : ""
    }
}
