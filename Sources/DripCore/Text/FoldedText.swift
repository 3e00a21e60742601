import Foundation

/// The form in which text that people typed is compared: stop words, start phrases, a comment's keywords, titles.
///
/// These do not count: case; compatibility forms (full-width and mathematical letters); the encoding of an accent; in
/// Vietnamese, the vowel that carries the tone (hoà and hòa) and the choice of y or i (ký and kí); look-alikes of Đ;
/// the kind of quotes and dashes; the kind and number of spaces; invisible characters (zero width, bidi controls,
/// variation selectors, joiners). Accents themselves always count: đúng, dùng and dừng are three words.
///
/// The work is linear in the text, and the result is bounded by `mostScalars`.
struct FoldedText: Hashable, Sendable {
    /// UTF-8, without spaces at the ends.
    let bytes: [UInt8]
    /// Whether the text was longer than the limit and was cut.
    let isCut: Bool

    /// The most marks in a row on one letter; Vietnamese needs two. Normalisation sorts such a row, which is quadratic
    /// in its length.
    private static let mostMarks = 4

    /// The form of a text that is too long to be read.
    static let cut = FoldedText(bytes: [], isCut: true)

    private init(bytes: [UInt8], isCut: Bool) {
        (self.bytes, self.isCut) = (bytes, isCut)
    }

    /// - Parameter mostScalars: the most scalars in the result.
    init(_ text: String, mostScalars: Int) {
        var writer = Writer(room: min(text.utf8.count, 4 * mostScalars))
        isCut = !Self.write(text, to: &writer, mostScalars) && Self.writeNormalized(text, to: &writer, mostScalars)
        bytes = writer.trimmed
    }

    /// Folds a text that needs no normalisation, as most texts do.
    /// - Returns: false if it needs normalisation, or is too long.
    private static func write(_ text: String, to writer: inout Writer, _ mostScalars: Int) -> Bool {
        for scalar in text.unicodeScalars {
            guard writer.count < mostScalars, writer.put(simple: scalar.value) else { return false }
        }
        return true
    }

    /// Folds any text.
    /// - Returns: whether the text is cut.
    private static func writeNormalized(_ text: String, to writer: inout Writer, _ mostScalars: Int) -> Bool {
        writer.clear()
        // Bound the text before it is normalised.
        var kept = String.UnicodeScalarView()
        var (count, marks, isCut, isSpace) = (0, 0, false, true)
        for scalar in text.unicodeScalars where !scalar.isInvisible {
            marks = scalar.isMark ? marks + 1 : 0
            if marks > mostMarks { continue }
            let wasSpace = isSpace
            isSpace = scalar.isBlank
            if isSpace, wasSpace { continue }
            guard count < mostScalars else {
                isCut = true
                break
            }
            kept.append(isSpace ? " " : scalar)
            count += 1
        }
        for scalar in String(kept).precomposedStringWithCompatibilityMapping.unicodeScalars {
            // A compatibility character becomes eighteen scalars at most.
            guard writer.count < mostScalars else { return true }
            if writer.put(simple: scalar.value) { continue }
            for lower in scalar.properties.lowercaseMapping.unicodeScalars { writer.put(lower: lower.value) }
        }
        return isCut
    }
}

extension FoldedText {
    /// Returns the text without marks, as people type it without a Vietnamese keyboard.
    static func withoutMarks(_ text: String) -> String {
        let scalars = text.decomposedStringWithCanonicalMapping.unicodeScalars.filter {
            $0.properties.canonicalCombiningClass == .notReordered
        }
        return String(String.UnicodeScalarView(scalars)).replacing("đ", with: "d").replacing("Đ", with: "D")
    }

    /// The bytes without sentence punctuation at the ends; all of them if there is nothing else.
    var core: ArraySlice<UInt8> {
        guard let first = bytes.firstIndex(where: { !Self.isPunctuation($0) }),
            let last = bytes.lastIndex(where: { !Self.isPunctuation($0) })
        else { return bytes[...] }
        return bytes[first...last]
    }

    /// Returns whether the byte is punctuation that people put around words. Not `#`, `@`, `+`, `%` and the like, which
    /// change the meaning.
    private static func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "!"), UInt8(ascii: "?"),
            UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"),
            UInt8(ascii: "-"), UInt8(ascii: "~"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "`"):
            true
        default: false
        }
    }
}

extension Unicode.Scalar {
    /// Whether it is invisible and separates nothing.
    var isInvisible: Bool {
        properties.isDefaultIgnorableCodePoint || properties.generalCategory == .control && !properties.isWhitespace
    }

    /// Whether it is white space, or the blank of Braille, which looks like it.
    var isBlank: Bool { properties.isWhitespace || value == 0x2800 }
}

/// Writes the folded form, one scalar after the other.
private struct Writer {
    private var bytes: [UInt8] = []
    private(set) var count = 0
    /// The last two scalars written.
    private var last: UInt32 = 0
    private var beforeLast: UInt32 = 0

    init(room: Int) {
        bytes.reserveCapacity(room)
    }

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        (count, last, beforeLast) = (0, 0, 0)
    }

    /// The bytes without white space at the ends. There is at most one space at the end, and none at the beginning.
    var trimmed: [UInt8] {
        last == 0x20 ? bytes.dropLast() : bytes
    }

    /// Writes a scalar that normalisation leaves as it is unless marks follow: ASCII, Vietnamese and other Latin
    /// letters, quotes, dashes, emoji.
    /// - Returns: false for any other.
    mutating func put(simple value: UInt32) -> Bool {
        switch value {
        case 0x61...0x7A, 0x21...0x40, 0x5B...0x60, 0x7B...0x7E: append(value)
        case 0x41...0x5A: append(value | 0x20)
        case 0x20, 0x09...0x0D, 0x85, 0xA0, 0x2028, 0x2029, 0x2800: space()
        case 0x00...0x1F, 0x7F...0x9F, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0xFE00...0xFE0F, 0xFEFF:
            break
        case 0xC0...0xD6, 0xD8...0xDE: put(lower: value | 0x20)
        case 0xDF...0xF6, 0xF8...0xFF: put(lower: value)
        case 0x102, 0x103, 0x110, 0x111, 0x128, 0x129, 0x168, 0x169, 0x1A0, 0x1A1, 0x1EA0...0x1EF9:
            put(lower: value | 1)
        case 0x1AF, 0x1B0: put(lower: 0x1B0)
        case 0x2018...0x201F, 0x2012...0x2015, 0x2026, 0xA1, 0xAB, 0xBB, 0xBF: put(lower: value)
        case 0x2600...0x27BF, 0x1F300...0x1FAFF: append(value)
        default: return false
        }
        return true
    }

    /// Writes a scalar in lower case.
    mutating func put(lower value: UInt32) {
        switch value {
        case 0xE0...0x1EF9:
            // Eth, and the African letter, look like Đ in upper case.
            if value == 0xF0 || value == 0x256 { return append(0x111) }
            guard Self.mayMoveTone(last), let tone = Self.tones[value] else { return append(value) }
            if let i = tone.i, last != 0x6F, last != 0x75 || beforeLast == 0x71 { return append(i) }
            guard last == tone.before else { return append(value) }
            replaceLast(by: tone.beforeWithTone)
            append(tone.plain)
        case 0x20: space()
        case 0x2018...0x201B, 0x2032, 0x2BC: append(0x27)
        case 0x201C...0x201F, 0x2033, 0xAB, 0xBB: append(0x22)
        case 0x2010...0x2015, 0x2212: append(0x2D)
        case 0x2026: for _ in 0..<3 { append(0x2E) }
        case 0x3002: append(0x2E)
        case 0x3001: append(0x2C)
        case 0xA1: append(0x21)
        case 0xBF: append(0x3F)
        default: append(value)
        }
    }

    private mutating func space() {
        if last != 0x20, count > 0 { append(0x20) }
    }

    private mutating func append(_ value: UInt32) {
        (beforeLast, last) = (last, value)
        count += 1
        if value < 0x80 { return bytes.append(UInt8(truncatingIfNeeded: value)) }
        guard let scalar = Unicode.Scalar(value) else { return }
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    /// - Precondition: the last scalar is an ASCII letter.
    private mutating func replaceLast(by value: UInt32) {
        bytes.removeLast()
        last = beforeLast
        count -= 1
        append(value)
    }

    /// Returns whether a tone may be written differently after this letter: o, u, and the consonants h, k, l, m, s, t.
    private static func mayMoveTone(_ letter: UInt32) -> Bool {
        switch letter {
        case 0x6F, 0x75, 0x68, 0x6B, 0x6C, 0x6D, 0x73, 0x74: true
        default: false
        }
    }

    /// A vowel with a tone, and the other spelling of that tone.
    private struct Tone {
        /// The vowel without the tone.
        let plain: UInt32
        /// The vowel before it, which carries the tone in the older spelling: òa, not oà.
        let before: UInt32
        let beforeWithTone: UInt32
        /// For a y, the i with this tone, which some people write instead after a consonant or qu.
        var i: UInt32?
    }

    private static let tones: [UInt32: Tone] = {
        let tones: [(a: Character, e: Character, o: Character, y: Character, u: Character, i: Character)] = [
            ("à", "è", "ò", "ỳ", "ù", "ì"), ("á", "é", "ó", "ý", "ú", "í"), ("ả", "ẻ", "ỏ", "ỷ", "ủ", "ỉ"),
            ("ã", "ẽ", "õ", "ỹ", "ũ", "ĩ"), ("ạ", "ẹ", "ọ", "ỵ", "ụ", "ị"),
        ]
        func value(_ character: Character) -> UInt32 {
            String(character).precomposedStringWithCanonicalMapping.unicodeScalars.first?.value ?? 0
        }
        var table: [UInt32: Tone] = [:]
        for tone in tones {
            table[value(tone.a)] = Tone(plain: value("a"), before: value("o"), beforeWithTone: value(tone.o))
            table[value(tone.e)] = Tone(plain: value("e"), before: value("o"), beforeWithTone: value(tone.o))
            table[value(tone.y)] = Tone(
                plain: value("y"),
                before: value("u"),
                beforeWithTone: value(tone.u),
                i: value(tone.i)
            )
        }
        return table
    }()
}
