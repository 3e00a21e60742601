/// Characters that look like others or are invisible. Word processors, chat apps and web pages insert them, and authors do not
/// notice.
enum StrangeCharacter {
    /// Returns the first such character in a text, as `U+201C (left double quotation mark)`; nil if there is none.
    static func named(in text: some StringProtocol) -> String? {
        guard !text.utf8.allSatisfy(isPlain) else { return nil }
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if isStrange(scalar, after: previous) { return name(of: scalar) }
            previous = scalar
        }
        return nil
    }

    /// Appends the name of the first such character to a message that quotes a text.
    static func naming(_ message: String) -> String {
        guard let name = named(in: message), !message.contains("U+") else { return message }
        return "\(message); it holds \(name)"
    }

    /// Returns the first invisible character of a text that is not part of an emoji; nil if there is none.
    static func invisible(in text: some StringProtocol) -> String? {
        guard !text.utf8.allSatisfy(isPlain) else { return nil }
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if isInvisible(scalar), !joins(scalar, after: previous) { return name(of: scalar) }
            previous = scalar
        }
        return nil
    }

    /// Returns the typographic quotation mark with which a text begins or ends; nil if there is none.
    static func quotation(around text: some StringProtocol) -> String? {
        [text.unicodeScalars.first, text.unicodeScalars.last].compactMap(\.self).first(where: isQuotation).map(name)
    }

    /// Returns the code point and name of a character: `U+00A0 (no-break space)`.
    static func name(of scalar: Unicode.Scalar) -> String {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        let number = "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        return scalar.properties.name.map { "\(number) (\($0.lowercased()))" } ?? number
    }

    /// Returns whether the character is a space other than the plain one: U+00A0 and the like.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar != " " && scalar.properties.generalCategory == .spaceSeparator
    }

    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .format, .lineSeparator, .paragraphSeparator: true
        case .control: !"\n\r\t".unicodeScalars.contains(scalar)
        default: blanks.contains(scalar.value) || (0xfe00...0xfe0f).contains(scalar.value)
        }
    }

    /// Returns a text for comparisons: without invisible characters, with plain spaces and ASCII digits.
    static func plain(_ text: String) -> String {
        guard !text.utf8.allSatisfy(isPlain) else { return text }
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !isInvisible(scalar) {
            if isSpace(scalar) {
                plain.append(" ")
            } else if (0xff10...0xff19).contains(scalar.value), let digit = Unicode.Scalar(scalar.value - 0xfee0) {
                plain.append(digit)
            } else {
                plain.append(scalar)
            }
        }
        return String(plain)
    }

    private static func isStrange(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar?) -> Bool {
        isSpace(scalar) || isQuotation(scalar) || (isInvisible(scalar) && !joins(scalar, after: previous))
    }

    static func isQuotation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .initialPunctuation, .finalPunctuation: true
        // Low quotation marks, primes, and East Asian fullwidth forms.
        default: [0x201a, 0x201e, 0x2032, 0x2033, 0xff02, 0xff07].contains(scalar.value)
        }
    }

    /// Returns whether the character is part of an emoji: a joiner, a variation selector, or the tags of a flag.
    private static func joins(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar?) -> Bool {
        guard let previous, previous.value > 0x7f || "#*0123456789".unicodeScalars.contains(previous) else {
            return false
        }
        guard !previous.properties.isAlphabetic else { return false }
        return scalar.value == 0x200d || scalar.value == 0xfe0e || scalar.value == 0xfe0f
            || (0xe0020...0xe007f).contains(scalar.value)
    }

    /// Invisible characters in the categories of letters and symbols: Hangul fillers, the blank Braille pattern, a joiner.
    private static let blanks: Set<UInt32> = [0x034f, 0x115f, 0x1160, 0x2800, 0x3164, 0xffa0]

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7e).contains(byte) || byte == 0x0a || byte == 0x0d || byte == 0x09
    }
}
