/// Makes text from strangers safe to show. A name can contain escape sequences that control a terminal, and marks that reverse,
/// hide or forge the text around it. Each such character is shown as its number, `\u{202E}`; nothing else changes.
enum TerminalSanitizer {
    /// Returns text that is safe in one line: line breaks are escaped, too.
    static func line(_ text: String) -> String {
        escaped(text) { scalar in
            switch scalar {
            case "\n": #"\n"#
            case "\r": #"\r"#
            case "\t": #"\t"#
            default: #"\u{\#(String(scalar.value, radix: 16, uppercase: true))}"#
            }
        }
    }

    /// Returns safe JSON. It uses JSON's own escapes, so the value stays the same.
    static func json(_ text: String) -> String {
        escaped(text) { scalar in
            // A line break between values. Within strings, JSON has escaped them already.
            if scalar == "\n" { return "\n" }
            return String(scalar).utf16.map { unit in
                let digits = String(unit, radix: 16)
                return #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }
    }

    private static func escaped(_ text: String, _ escape: (Unicode.Scalar) -> String) -> String {
        guard !text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return text }
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var marks = 0
        var flagEnd = 0
        for index in scalars.indices {
            let scalar = scalars[index]
            marks = isMark(scalar) ? marks + 1 : 0
            if scalar.value == blackFlag { flagEnd = endOfFlag(scalars, from: index) }
            let isHarmful = marks > mostMarks || index >= flagEnd && isHarmful(scalars, index)
            if isHarmful {
                result.append(contentsOf: escape(scalar).unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// The most marks on one letter. No language has more, and they would cover the lines above and below.
    private static let mostMarks = 8

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        return switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: true
        default: false
        }
    }

    private static func isHarmful(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        let scalar = scalars[index]
        switch scalar.value {
        case 0x20..<0x7F: return false
        // Interlinear annotations.
        case 0xFFF9...0xFFFB: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        default: break
        }
        if scalar.properties.isNoncharacterCodePoint { return true }
        guard scalar.properties.isDefaultIgnorableCodePoint else { return false }
        // Invisible characters are harmless only if a script or an emoji needs them.
        let before = index > 0 ? scalars[index - 1] : nil
        let after = index + 1 < scalars.count ? scalars[index + 1] : nil
        switch scalar.value {
        case 0x200D: return !(joinsEmoji(before, after) || joinsLetters(before, after))
        case 0x200C: return !joinsLetters(before, after)
        case 0xFE0E, 0xFE0F: return !(before?.properties.isEmoji ?? false)
        case 0xE0100...0xE01EF: return !(before?.properties.isIdeographic ?? false)
        case 0x180B...0x180D, 0x180F: return !(before.map { (0x1820...0x18AA).contains($0.value) } ?? false)
        default: return true
        }
    }

    private static func joinsEmoji(_ before: Unicode.Scalar?, _ after: Unicode.Scalar?) -> Bool {
        guard let before, let after else { return false }
        return (isPicture(before) || before.value == 0xFE0F) && isPicture(after)
    }

    private static func isPicture(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0xFF && scalar.properties.isEmoji
    }

    /// Whether both are in the scripts from Arabic to Myanmar, in which a joiner changes the form of letters.
    private static func joinsLetters(_ before: Unicode.Scalar?, _ after: Unicode.Scalar?) -> Bool {
        guard let before, let after else { return false }
        let scripts: ClosedRange<UInt32> = 0x600...0x109F
        return scripts.contains(before.value) && scripts.contains(after.value)
    }

    private static let blackFlag: UInt32 = 0x1F3F4

    /// Finds the end of a region's flag: a black flag, up to six invisible letters and an invisible end mark.
    /// - Returns: the index after the flag; `start` if there is none.
    private static func endOfFlag(_ scalars: [Unicode.Scalar], from start: Int) -> Int {
        for index in (start + 1)..<max(start + 1, min(start + 8, scalars.count)) {
            if scalars[index].value == 0xE007F { return index + 1 }
            guard (0xE0030...0xE007A).contains(scalars[index].value) else { return start }
        }
        return start
    }
}
