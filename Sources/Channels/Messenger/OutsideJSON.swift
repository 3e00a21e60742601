import Foundation

/// A parser for untrusted JSON of limited size but any form. JSON that would take more than linear time cannot be the
/// platform's, so it is refused.
enum OutsideJSON {
    /// The longest key, in bytes; the platform's have about thirty. A dictionary normalises its keys, which takes quadratic
    /// time for a long run of combining marks.
    private static let longestKey = 256

    /// - Returns: nil if the data is not JSON, or has a key that is too long.
    static func value(_ data: Data) -> Any? {
        guard hasPlainKeys(data) else { return nil }
        return try? JSONSerialization.jsonObject(with: data)
    }

    static func object(_ bytes: [UInt8]) -> [String: Any]? {
        value(Data(bytes)) as? [String: Any]
    }

    /// Returns whether every string before a colon is short enough. If the data is not JSON, the result does not matter.
    private static func hasPlainKeys(_ data: Data) -> Bool {
        data.withUnsafeBytes { bytes in
            var (index, length) = (0, 0)
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "\""):
                    let start = index + 1
                    index = start
                    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                        index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
                    }
                    length = index - start
                case UInt8(ascii: ":"):
                    if length > longestKey { return false }
                    length = 0
                case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): break
                default: length = 0
                }
                index += 1
            }
            return true
        }
    }
}

/// `\ud83d` without the escape of its other half: the rest of an emoji that was cut in two. Foundation rejects JSON that
/// contains one. If such a webhook were refused, the platform would repeat it, and finally end the page's subscription.
enum LoneSurrogates {
    /// Returns the JSON with U+FFFD in the place of each lone surrogate; nil if there is none.
    static func replaced(in json: Data) -> Data? {
        var bytes = Array(json)
        var isWhole = true
        var index = 0
        while let backslash = bytes[index...].firstIndex(of: UInt8(ascii: "\\")) {
            index = backslash + 2
            guard index < bytes.count else { break }
            guard let unit = unit(bytes, at: backslash), (0xD800...0xDFFF).contains(unit) else { continue }
            index = backslash + 6
            if unit < 0xDC00, let other = self.unit(bytes, at: index), (0xDC00...0xDFFF).contains(other) {
                index += 6
            } else {
                // The replacement has the same length.
                for (offset, byte) in #"\ufffd"#.utf8.enumerated() { bytes[backslash + offset] = byte }
                isWhole = false
            }
        }
        return isWhole ? nil : Data(bytes)
    }

    /// Returns the UTF-16 code unit of the escape that begins at `start`, if there is one.
    private static func unit(_ bytes: [UInt8], at start: Int) -> UInt16? {
        guard start + 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"), bytes[start + 1] == UInt8(ascii: "u") else {
            return nil
        }
        return UInt16(String(decoding: bytes[start + 2..<start + 6], as: UTF8.self), radix: 16)
    }
}
