import Foundation

/// Text in header fields: encoded words (RFC 2047) and folding (RFC 5322, section 2.2.3).
enum HeaderText {
    /// The most characters of an encoded word, with its delimiters.
    private static let longestWord = 75
    /// The most characters of a line, without its line break: a recommendation (RFC 5322, section 2.1.1).
    private static let longestLine = 78
    private static let (opening, closing) = ("=?UTF-8?B?", "?=")

    /// Returns text for an unstructured field, such as `Subject`.
    /// - Parameter used: the number of characters before it in the line.
    static func unstructured(_ text: String, after used: Int) -> String {
        isPlain(text) ? text : encodedWords(text, after: used)
    }

    /// Returns a display name: as it is, in quotes, or encoded.
    static func phrase(_ text: String) -> String {
        guard isPlain(text) else { return encodedWords(text, after: "From: ".count) }
        let isAtoms = text.utf8.allSatisfy {
            $0 == 0x20 || (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
                || $0 == 0x2d
        }
        // Between atoms, readers make one space of several.
        return isAtoms && !text.contains("  ")
            ? text : "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// Whether the text can stand as it is: printable ASCII, not too long for a line, and nothing that looks encoded.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && text.utf8.count <= longestLine - 12
            && !text.contains("=?") && text.first != " " && text.last != " "
    }

    /// Splits between characters, never within one: each word must be decodable alone.
    private static func encodedWords(_ text: String, after used: Int) -> String {
        var words: [String] = []
        var bytes: [UInt8] = []
        var room = longestLine - used
        func word() -> String { opening + Data(bytes).base64EncodedString() + closing }
        for scalar in text.unicodeScalars {
            let next = bytes + Array(String(scalar).utf8)
            let length = opening.count + (next.count + 2) / 3 * 4 + closing.count
            if !bytes.isEmpty, length > min(longestWord, room) {
                words.append(word())
                bytes = Array(String(scalar).utf8)
                room = longestLine - 1
            } else {
                bytes = next
            }
        }
        if !bytes.isEmpty { words.append(word()) }
        return words.joined(separator: " ")
    }

    /// Returns a whole field, folded at spaces of its value so that its lines are short where they can be.
    static func field(_ name: String, _ value: String) -> String {
        var field = "\(name):"
        var length = field.utf8.count
        for (index, word) in value.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            // A line of spaces alone would end the header for some readers.
            if index > 0, !word.isEmpty, length + 1 + word.utf8.count > longestLine {
                field += "\r\n \(word)"
                length = 1 + word.utf8.count
            } else {
                field += " \(word)"
                length += 1 + word.utf8.count
            }
        }
        return field + "\r\n"
    }
}
